"""`ingest`: from paths to a new state of the warehouse, or to none."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import duckdb

from datacraft import __version__
from datacraft.contracts.errors import DataLoadError, LimitExceeded
from datacraft.ingest.applying import Rejected, TargetPlan, apply_plan, contract_digest, plan_for
from datacraft.ingest.files import FoundFile, find_files, require_unchanged
from datacraft.ingest.files.finding import renamed
from datacraft.ingest.likeness import ReadTable, Target, targets_of
from datacraft.ingest.options import IngestOptions
from datacraft.ingest.report.model import IngestReport
from datacraft.ingest.store.opening import read_store, store_exists, writing_store
from datacraft.ingest.store.places import as_loaded
from datacraft.ingest.store.reading import Store
from datacraft.ingest.store.writing import LoadWriter
from datacraft.ingest.workspace import load_workspace
from datacraft.warehouse.cache import LOADER_VERSION
from datacraft.warehouse.loading.load import load_source, staging_connection
from datacraft.warehouse.loading.names import clean_name
from datacraft.warehouse.report import Finding


def ingest(paths: Sequence[Path], options: IngestOptions) -> IngestReport:
    """Load files into the warehouse, all of them or none.

    The same files with the same options are loaded once: the second time nothing happens.

    Raises:
        InputError: the options don't fit the data.
        DataLoadError: a file can't be read, changed meanwhile, or the warehouse can't be opened.
        LimitExceeded: memory or disk does not suffice.
    """
    started = _now()
    with load_workspace(options.warehouse.absolute().parent) as workspace:
        options.say("Looking for files ...")
        files, findings = find_files(paths, workspace, options.limits)
        request = _request(files, options)
        report = IngestReport(
            status="loaded",
            load_id=None,
            warehouse=str(options.warehouse),
            started_at=started,
            code_version=__version__,
            findings=findings,
        )
        known = _loaded_before(request, options)
        if known is not None:
            return report.model_copy(update={"status": "unchanged", "load_id": known})
        with closing(
            staging_connection(workspace / "work.duckdb", workspace, options.settings)
        ) as connection:
            targets = _read(connection, files, workspace, options, report.findings)
            plans = [plan_for(connection, target, options) for target in targets]
            options.say(f"Checking and writing {', '.join(target.name for target in targets)} ...")
            try:
                _write(connection, plans, files, request, report, options)
            except Rejected:
                return report.model_copy(update={"status": "rejected", "load_id": None})
        for plan in plans:
            plan.keep_contract()
    return report


def _write(
    connection: duckdb.DuckDBPyConnection,
    plans: Sequence[TargetPlan],
    files: Sequence[FoundFile],
    request: str,
    report: IngestReport,
    options: IngestOptions,
) -> None:
    """Write every table in one transaction.

    Raises:
        Rejected: a contract does not let the load in; the report says why.
        DataLoadError: a file changed meanwhile.
    """
    with writing_store(connection, options.warehouse) as store:
        writer = LoadWriter(store, report.started_at, _now)
        report.load_id = writer.load_id
        for plan in plans:
            report.tables.append(apply_plan(writer, plan, options, report.started_at))
        if any(check.outcome == "rejected" for table in report.tables for check in table.all_checks):
            raise Rejected("A contract does not let this load in.")
        for file in files:
            require_unchanged(file)
        writer.finish(__version__, LOADER_VERSION, request, report.model_dump_json())


def _read(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[FoundFile],
    workspace: Path,
    options: IngestOptions,
    findings: list[Finding],
) -> list[Target]:
    """Read every file into the staging database; a file of a folder that can't be read is passed over."""
    tables: list[ReadTable] = []
    for file in files:
        options.say(f"Reading {file.shown} ...")
        taken = [table.staged_name for table in tables]
        try:
            loaded = load_source(
                connection, file.source, workspace, taken, options.settings, keep_unread=True
            )
        except DataLoadError as error:
            told = renamed(error, file.source.path, file.shown)
            if not file.group:
                raise told from error
            reason = told.message.replace(file.shown, "it").rstrip(".")
            message = f"{file.shown} was passed over: {reason}."
            findings.append(Finding(code="skipped_source", message=message, count=1))
            continue
        except (duckdb.IOException, duckdb.FatalException, duckdb.TransactionException, OSError) as error:
            raise LimitExceeded(
                f"{file.shown} could not be read into {workspace}: {str(error).splitlines()[0]}",
                hint="Check that the disk has room left. Nothing was changed.",
            ) from error
        except duckdb.OutOfMemoryException as error:
            raise LimitExceeded(
                f"Loading {file.shown} needs more than the {options.settings.memory_mb} MB of memory it may use.",
                hint="Raise warehouse.memory, or convert the file to Parquet.",
            ) from error
        tables += [ReadTable(file, table) for table in loaded]
    if not tables:
        raise DataLoadError(
            "None of the files could be read as a table.", hint=" ".join(f.message for f in findings[:3])
        )
    name = None if options.table is None else clean_name(options.table, "data")
    return targets_of(tables, name)


def _request(files: Sequence[FoundFile], options: IngestOptions) -> str:
    """Return what identifies a load: the content of every file, and all that decides what becomes of it."""
    content = {
        "on_violation": options.on_violation,
        "files": sorted([file.shown, file.sha256] for file in files),
        "mode": options.mode,
        "table": options.table,
        "key": options.key,
        "day_first": options.settings.day_first,
        "reader": LOADER_VERSION,
    }
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _loaded_before(request: str, options: IngestOptions) -> int | None:
    """Return the load that did the very same, where its tables still are as it left them."""
    if not store_exists(options.warehouse):
        return None
    with read_store(options.warehouse) as store:
        load_id = store.load_of_request(request)
        return load_id if load_id is not None and _still_stands(store, load_id, options) else None


def _still_stands(store: Store, load_id: int, options: IngestOptions) -> bool:
    """Whether the tables of a load are what it made of them, and their contracts those that it knew."""
    for version in store.versions_of_load(load_id):
        current = store.require(version.table)
        brought = store.parts(store.part_ids(load_id, version.table))
        standing = as_loaded(store, current.parts)
        if version.kind == "append":
            if not {part.part_id for part in brought} <= set(standing):
                return False
        elif standing != as_loaded(store, version.parts) or current.hides != version.hides:
            return False
        digest = contract_digest(version.table, options)
        if any(part.contract_sha256 != digest for part in brought):
            return False
    return True


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
