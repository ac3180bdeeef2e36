"""`build_handler`: puts the parts of a question's path together, as the settings say."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from datacraft.config import Settings
from datacraft.contracts.errors import DataLoadError, InputError
from datacraft.contracts.model_config import ModelConfig
from datacraft.contracts.proposal import Turn
from datacraft.engines.semantic import SemanticEngine
from datacraft.registry import MetadataLoader, ServedModel, served_by_settings
from datacraft.serving.answerers import Answerers, always_config, model_access
from datacraft.serving.copying import Copies
from datacraft.serving.handler import QueryHandler
from datacraft.serving.limits import Limits
from datacraft.serving.meaning import Meaning, load_meaning
from datacraft.serving.sessions import Sessions
from datacraft.serving.telemetry import TelemetryPolicy, TelemetryWriter
from datacraft.serving.telemetry.hash_key import hash_key
from datacraft.warehouse import Warehouse, WarehouseSettings, open_data
from datacraft.warehouse.bigquery import BigQueryAddress, BigQueryLimits, bigquery_address, open_bigquery
from datacraft.warehouse.objects import fetch, object_address

if TYPE_CHECKING:
    from datacraft.engines.llm.opening import DataSetParts
    from datacraft.serving.telemetry.table import TableSender

_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?([KMGT])(i?)B")
_MEASURING_S = 120.0  # statistics of a large table take longer than a question may
_POWERS = {"K": 1, "M": 2, "G": 3, "T": 4}


def build_handler(
    settings: Settings,
    data_paths: Sequence[Path | str] | None = None,
    *,
    semantic_file: bool = True,
    anew: bool = False,
    restore: Callable[[str], Sequence[Turn]] | None = None,
    copied: bool = False,
    shadow: ServedModel | None = None,
) -> QueryHandler:
    """Return a handler for the data, ready for questions; closing it closes all that it opened.

    Args:
        settings: that hold.
        data_paths: files, folders, databases or one address of BigQuery to ask about; by default those of
            the settings, else the BigQuery data set of the settings.
        semantic_file: use the semantic file of the settings where it describes this data; an uploaded file
            is better asked about without.
        anew: measure the data again, whatever is kept from the last time.
        restore: gives the turns of an earlier session; see `Sessions`.
        copied: what it answers may be copied for a shadow: it serves people, about the data of the settings.
        shadow: a release that answers copies, whatever the settings and the registry say: no telemetry is written.

    Raises:
        DataLoadError: there is no data, or it can't be read.
        ConfigError: the semantic file, the registry's address or a folder is wrong.
        LimitExceeded: loading needs more memory than it may have.
    """
    paths = list(settings.asked_about if data_paths is None else data_paths)
    with ExitStack() as resources:
        cache_dir = _cache_dir(settings, resources)
        warehouse = open_warehouse(settings, paths, cache_dir)
        resources.callback(warehouse.close)
        semantic = settings.data.semantic if semantic_file else None
        meaning = load_meaning(warehouse, semantic=semantic, cache_dir=cache_dir, anew=anew)
        resources.callback(meaning.values.close)
        engine = SemanticEngine(meaning.model, meaning.values)
        always = always_config(settings) if shadow is None else None
        answerers = Answerers(
            partial(data_parts, engine, meaning, warehouse, settings.warehouse.row_limit),
            engine,
            model_access(settings),
            minimum_confidence=settings.engine.minimum_confidence,
            always=always,
        )
        resources.callback(answerers.close)
        telemetry = copies = None
        if shadow is None:
            sender = _sender(settings)
            if sender is not None:
                resources.callback(sender.close)
            telemetry = _telemetry(settings, warehouse.dialect, sender)
            resources.callback(telemetry.close)
            if copied and settings.telemetry.questions == "stored":
                copies = Copies(settings.state_dir)
                resources.callback(copies.close)
        return QueryHandler(
            engine,
            warehouse,
            meaning.model,
            served=_served_by(settings, always) if shadow is None else lambda: shadow,
            answerer_of=answerers.of_release,
            telemetry=telemetry,
            copies=copies,
            sessions=Sessions(restore=restore),
            limits=_limits(settings),
            resources=resources.pop_all(),
        )


def open_warehouse(settings: Settings, paths: Sequence[Path | str], cache_dir: Path) -> Warehouse:
    """Open data as the settings say: files, folders and databases, here or in Cloud Storage, or one data set of BigQuery.

    Args:
        settings: that hold.
        paths: of the data, addresses in Cloud Storage, or the address of a BigQuery data set.
        cache_dir: where loaded and copied files are kept.

    Raises:
        DataLoadError: there is no data, or it can't be read.
        ConfigError: a folder can't be written.
        LimitExceeded: loading needs more memory than it may have.
    """
    address = _bigquery(settings, paths)
    if address is not None:
        return open_bigquery(
            address, limits=_bigquery_limits(settings), endpoint=settings.gcp.bigquery_endpoint
        )
    if not paths:
        raise DataLoadError(
            "There is no data to ask about.", hint="Name it with --data, or set data.paths in datacraft.yaml."
        )
    local = [_here(settings, path, cache_dir) for path in paths]
    return open_data(local, cache_dir=cache_dir, settings=warehouse_settings(settings))


def _here(settings: Settings, path: Path | str, cache_dir: Path) -> Path | str:
    """Return a path on this machine: what lies in Cloud Storage is copied first."""
    address = object_address(path)
    if address is None:
        return path
    return fetch(address, cache_dir, project=settings.gcp.project_id, endpoint=settings.registry.endpoint)


def _bigquery(settings: Settings, paths: Sequence[Path | str]) -> BigQueryAddress | None:
    """Return the data set of BigQuery that is asked about, or None where it is files.

    Raises:
        InputError: an address is not a whole one, or is named beside other data.
    """
    addresses = [bigquery_address(path, project=settings.gcp.project_id) for path in paths]
    found = next((address for address in addresses if address is not None), None)
    if found is not None and len(addresses) > 1:
        raise InputError(
            f"{found} can't be asked about together with other data.",
            hint="Name one BigQuery data set alone, or files without it.",
        )
    return found


def _bigquery_limits(settings: Settings) -> BigQueryLimits:
    return BigQueryLimits(
        maximum_bytes_billed=settings.gcp.maximum_bytes_billed,
        timeout_s=max(settings.warehouse.timeout_s, _MEASURING_S),
    )


def _cache_dir(settings: Settings, resources: ExitStack) -> Path:
    """Return where loaded data is kept; without a cache, a folder that is gone when all is closed."""
    if settings.data.cache:
        return settings.state_dir / "cache"
    return Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="datacraft-")))


def warehouse_settings(settings: Settings) -> WarehouseSettings:
    """Return what the embedded warehouse may use, as it is set."""
    return WarehouseSettings(
        memory_mb=max(128, _megabytes(settings.warehouse.memory)), threads=settings.warehouse.threads
    )


def _megabytes(size: str) -> int:
    """Return "2GB" as 2000: units of 10^6 bytes; "2GiB" counts 2^30 each."""
    match = _SIZE.fullmatch(size)
    if match is None:
        raise ValueError(f"{size!r} is no size")  # the settings have checked it
    number, unit, binary = match.groups()
    return int(float(number) * (1024 if binary else 1000) ** _POWERS[unit] / 1e6)


def _sender(settings: Settings) -> TableSender | None:
    """Return what copies telemetry to its table; None where it has none."""
    telemetry = settings.telemetry
    if telemetry.table is None:
        return None
    from datacraft.serving.telemetry.table import TableSender, TelemetryTable

    return TableSender(
        TelemetryTable(
            telemetry.table, endpoint=settings.gcp.bigquery_endpoint, keep_days=telemetry.keep_days
        )
    )


def _telemetry(settings: Settings, dialect: str, sender: TableSender | None) -> TelemetryWriter:
    telemetry = settings.telemetry
    policy = TelemetryPolicy(
        questions=telemetry.questions,
        values=telemetry.log_values,
        dialect=dialect,
        key=hash_key(settings.state_dir / "telemetry.key") if telemetry.questions == "hashed" else b"",
    )
    return TelemetryWriter(
        settings.state_dir / "telemetry",
        policy=policy,
        channel=settings.channel,
        keep_days=telemetry.keep_days,
        pass_on=None if sender is None else sender.put,
    )


def _limits(settings: Settings) -> Limits:
    return Limits(
        question_characters=settings.serve.max_question_chars,
        timeout_s=settings.warehouse.timeout_s,
        rows=settings.warehouse.row_limit,
        minimum_confidence=settings.engine.minimum_confidence,
    )


def _served_by(settings: Settings, always: ModelConfig | None) -> Callable[[], ServedModel]:
    """Return what tells which model answers: the one that the settings name, else what the registry says."""
    if always is None:
        return MetadataLoader(settings=settings).current
    named = served_by_settings(always, dt.datetime.now(dt.UTC))
    return lambda: named


def data_parts(
    engine: SemanticEngine, meaning: Meaning, warehouse: Warehouse, row_limit: int
) -> DataSetParts:
    """Return what language models are told about the data, made ready; linking is prepared here.

    Args:
        engine: the built-in one, over the same data.
        meaning: of the data.
        warehouse: holds the data.
        row_limit: of results.
    """
    from datacraft.engines.linking import SchemaLinker
    from datacraft.engines.llm.opening import DataSetParts

    return DataSetParts(
        model=meaning.model,
        values=meaning.values,
        linker=SchemaLinker(meaning.model, meaning.values),
        builtin=engine,
        dialect=warehouse.dialect,
        row_limit=row_limit,
        content=warehouse.identity,
    )
