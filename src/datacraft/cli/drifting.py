"""What `datacraft drift` does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from pydantic import ValidationError

from datacraft.cli.edge import EXIT_ANSWERED, EXIT_DRIFTED, EXIT_UNKNOWN
from datacraft.cli.output.drift import drift_table
from datacraft.cli.output.talk import say, say_load_warnings
from datacraft.cli.parts import require_monitoring_parts
from datacraft.contracts.errors import ConfigError, InputError, RegistryError
from datacraft.contracts.profile import DataProfile

if TYPE_CHECKING:
    from datacraft.config import Settings
    from datacraft.contracts.drift import DriftReport
    from datacraft.contracts.semantic import SemanticModel

PRODUCTION = "production"
_LONG_S = 10.0
_EXIT = {"steady": EXIT_ANSWERED, "drifted": EXIT_DRIFTED, "unknown": EXIT_UNKNOWN}


def compare_data(settings: Settings, baseline: str, reports: Sequence[Path], alpha: float) -> int:
    """Compare the data of the settings with a baseline, write the reports, return the exit code.

    Raises:
        InputError: the baseline is nothing that can be compared with, or a report has no known kind.
        DataLoadError: data can't be read.
        ConfigError: a part is not installed, or a report can't be written.
        RegistryError: the release can't be read.
    """
    require_monitoring_parts()
    from datacraft.profiles.drift import compare_profiles

    writers = [(path, _writer(path)) for path in reports]
    model = meaning(settings)
    name, old = read_baseline(settings, baseline, model)
    new = profile_of(settings, settings.asked_about, model, like=old)
    found = compare_profiles(old, new, alpha=alpha, names=(name, ", ".join(map(str, settings.asked_about))))
    for path, write in writers:
        _written(path, write(found))
    typer.echo(drift_table(found))
    say(found.words)
    return _EXIT[found.verdict]


def read_baseline(settings: Settings, baseline: str, model: SemanticModel | None) -> tuple[str, DataProfile]:
    """Return the name and the profile of what the data are compared with."""
    path = Path(baseline)
    if path.suffix.lower() == ".json" and path.is_file():
        found = _profile_in(path)
        if found is not None:
            return baseline, found
    if path.exists() or "://" in baseline:
        return baseline, profile_of(settings, [baseline if "://" in baseline else path], model)
    return _of_release(settings, baseline)


def _profile_in(path: Path) -> DataProfile | None:
    """Return the profile that a file holds; None where it is JSON of another kind, which may be data."""
    try:
        return DataProfile.model_validate_json(path.read_bytes())
    except ValidationError:
        return None
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror}.") from error


def _of_release(settings: Settings, name: str) -> tuple[str, DataProfile]:
    import datetime as dt

    from datacraft.monitoring.baseline import profile_in_release
    from datacraft.registry import open_store
    from datacraft.registry.served import find_served, read_release

    store = open_store(settings.registry_url, settings.gcp.project_id, endpoint=settings.registry.endpoint)
    try:
        metadata = (
            find_served(store, PRODUCTION, None, dt.datetime.now(dt.UTC)).metadata
            if name == PRODUCTION
            else read_release(store, name)
        )
    except RegistryError as error:
        raise InputError(
            f"{name} is no file, and no release that can be read: {error.message}",
            hint="Name a data file, a profile, or a release of `datacraft releases list`.",
        ) from error
    profile = profile_in_release(store, metadata)
    if profile is None:
        which = (
            f"The release {metadata.release_id} holds"
            if metadata.release_id
            else f"No release serves in {store.url}, so that there is"
        )
        raise InputError(
            f"{which} no profile to compare with.",
            hint="Publish a new one with `datacraft pipeline run`, or compare with the data itself.",
        )
    return metadata.release_id, profile


def profile_of(
    settings: Settings,
    paths: Sequence[Path | str],
    model: SemanticModel | None,
    *,
    like: DataProfile | None = None,
) -> DataProfile:
    """Profile data, like another profile where there is one."""
    from datacraft.profiles import measuring_connection, profile_data
    from datacraft.profiles.measuring.estimate import estimate_of
    from datacraft.serving.assembly import open_warehouse

    with closing(open_warehouse(settings, paths, settings.state_dir / "cache")) as warehouse:
        say_load_warnings(warehouse)
        rows = {table.name: (table.row_count, len(table.columns)) for table in warehouse.tables()}
        cost = estimate_of(rows.values())
        if cost.seconds >= _LONG_S:
            say(f"Measuring {cost.rows:,} rows: about {cost.seconds:.0f} s and {cost.mebibytes:.0f} MiB.")
        with closing(measuring_connection(warehouse)) as connection:
            return profile_data(connection, model=model, like=like)


def meaning(settings: Settings) -> SemanticModel | None:
    """Return what the data mean, where somebody wrote that down."""
    from datacraft.profiles import read_semantic

    path = settings.data.semantic
    return read_semantic(path) if path.exists() else None


def _writer(path: Path) -> Callable[[DriftReport], str]:
    from datacraft.monitoring.drift_report import markdown, page

    kinds: Mapping[str, Callable[[DriftReport], str]] = {
        ".html": page,
        ".md": markdown,
        ".json": lambda report: report.model_dump_json(indent=1) + "\n",
    }
    try:
        return kinds[path.suffix.lower()]
    except KeyError:
        raise InputError(
            f"{path} is none of .html, .json and .md.", hint="The ending says what is written."
        ) from None


def _written(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"{path} can't be written: {error.strerror}.", hint="Choose another place with --report."
        ) from error
    say(f"The report is in {path}.")
