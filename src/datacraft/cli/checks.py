"""The checks of `datacraft doctor`. Each looks at one part and says what to do where it is missing."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from datacraft.cli.parts import (
    GCP_MODULES,
    LLM_MODULES,
    PAGE_MODULES,
    POSTGRES_MODULES,
    find_browser,
    missing_modules,
)
from datacraft.contracts.errors import DataCraftError

if TYPE_CHECKING:
    from datacraft.config import Settings

State = Literal["ok", "missing", "optional"]


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found; `optional` is missing, but not needed for these settings."""

    name: str
    state: State
    detail: str
    hint: str = ""

    @property
    def failed(self) -> bool:
        """Whether something that is needed is missing."""
        return self.state == "missing"

    def line(self) -> str:
        """Return the check as a line for a person."""
        hint = f" {self.hint}" if self.hint else ""
        return f"{self.state:<8}  {self.name:<14}  {self.detail}{hint}"


def run_checks(settings: Settings) -> Iterator[Check]:
    """Yield every check, the quick ones first."""
    from datacraft import __version__

    yield Check("datacraft", "ok", f"{__version__} on Python {platform.python_version()}.")
    yield check_state_folder(settings.state_dir)
    yield from check_extras(settings)
    yield check_port(settings)
    yield check_registry(settings)
    if settings.llm.answer_with is not None:
        yield check_model(settings)
    yield check_semantic(settings.data.semantic)
    yield check_data(settings)


def check_state_folder(folder: Path) -> Check:
    """Check that history, telemetry and the cache can be written."""
    existing = next((parent for parent in (folder, *folder.parents) if parent.exists()), folder)
    if existing.is_dir() and os.access(existing, os.W_OK):
        return Check("state folder", "ok", f"{folder} can be written.")
    return Check(
        "state folder", "missing", f"{folder} can't be written.", "Set state_dir to a folder of yours."
    )


def check_extras(settings: Settings) -> Iterator[Check]:
    """Check the parts that are installed apart; one that the settings name is needed."""
    wanted = {
        "ui": (PAGE_MODULES, "the web page", False),
        "gcp": (GCP_MODULES, "Google Cloud", _needs_google(settings)),
        "llm": (LLM_MODULES, "language models", settings.llm.answer_with is not None),
        "postgres": (POSTGRES_MODULES, "PostgreSQL", settings.database_url.startswith("postgres")),
    }
    for extra, (modules, purpose, needed) in wanted.items():
        if missing := missing_modules(modules):
            state: State = "missing" if needed else "optional"
            hint = f"In the project's folder: pip install '.[{extra}]'"
            yield Check(f"extra {extra}", state, f"{', '.join(missing)} is not installed ({purpose}).", hint)
        else:
            yield Check(f"extra {extra}", "ok", f"{purpose} can be used.")
    browser = find_browser()
    detail = browser or "no Chromium; only the page's own tests need one."
    yield Check("browser", "ok" if browser else "optional", detail)


def _needs_google(settings: Settings) -> bool:
    """Tell whether the registry or the data is in Google Cloud."""
    from datacraft.warehouse.bigquery.address import BIGQUERY_SCHEME

    named = (str(path).startswith(BIGQUERY_SCHEME) for path in settings.asked_about)
    return settings.registry_url.startswith("gs://") or any(named)


def check_port(settings: Settings) -> Check:
    """Check that the page could listen."""
    from datacraft.http.server import bind

    place = f"{settings.serve.host}:{settings.serve.port}"
    try:
        bind(settings.serve.host, settings.serve.port).close()
    except DataCraftError as error:
        return Check("port", "optional", error.message, error.hint or "")
    return Check("port", "ok", f"{place} is free.")


def check_registry(settings: Settings) -> Check:
    """Check that the model that answers can be read."""
    from datacraft.registry import MetadataLoader

    try:
        served = MetadataLoader(settings=settings).current()
    except DataCraftError as error:
        return Check("registry", "missing", error.message, error.hint or "")
    return Check("registry", "ok", f"{served.metadata.selected_model} answers ({settings.registry_url}).")


def check_model(settings: Settings) -> Check:
    """Check that the model that the settings name could be called; nothing is called."""
    from datacraft.engines.configs import find_config

    try:
        config = find_config(str(settings.llm.answer_with), settings.llm.configs)
        if config.provider != "builtin":
            from datacraft.engines.llm.providers import open_model
            from datacraft.serving.answerers import model_access

            open_model(config, model_access(settings).endpoints)
    except DataCraftError as error:
        return Check("model", "missing", error.message, error.hint or "")
    hint = "`datacraft models check` makes a call."
    return Check("model", "ok", f"{config.title} ({config.config_id}) has all that it needs.", hint)


def check_semantic(path: Path) -> Check:
    """Check that the semantic file is right, where there is one."""
    if not path.exists():
        hint = "`datacraft profile` writes one."
        return Check(
            "semantic file", "optional", f"{path} is not there; what the data means is inferred.", hint
        )
    from datacraft.profiles import read_semantic

    try:
        model = read_semantic(path)
    except DataCraftError as error:
        return Check("semantic file", "missing", error.message, error.hint or "")
    return Check("semantic file", "ok", f"{path} describes {_count(len(model.tables), 'table')}.")


def check_data(settings: Settings) -> Check:
    """Check that the data can be read, by reading it."""
    if not settings.asked_about:
        hint = "Name it with --data, or set data.paths in datacraft.yaml."
        return Check("data", "optional", "none is named.", hint)
    from datacraft.cli.start import open_handler

    try:
        with open_handler(settings) as handler:
            tables, warehouse = handler.warehouse.tables(), handler.warehouse
            warnings = len(warehouse.report.warnings())
            told = [finding.message for finding in warehouse.report.findings if finding.severity == "info"]
    except DataCraftError as error:
        return Check("data", "missing", error.message, error.hint or "")
    rows = sum(table.row_count for table in tables)
    hint = f"{_count(warnings, 'warning')}: `datacraft profile` shows them." if warnings else ""
    found = " ".join([f"{_count(len(tables), 'table')} with {rows:,} rows.", *told])
    return Check("data", "ok", found, hint)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
