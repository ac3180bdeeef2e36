"""`open_data`: from paths to a warehouse that is ready for questions."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb
from pydantic import ValidationError

from datacraft.warehouse.cache import cached_database
from datacraft.warehouse.duckdb_warehouse import DuckDBWarehouse
from datacraft.warehouse.loading.sources import Source, find_sources
from datacraft.warehouse.report import Finding
from datacraft.warehouse.settings import WarehouseSettings


def open_data(
    paths: Sequence[Path | str], *, cache_dir: Path | None = None, settings: WarehouseSettings | None = None
) -> DuckDBWarehouse:
    """Open files, folders or databases as one warehouse; what it found is in its `report`.

    With a `cache_dir` the data is read once and opened from there as long as the files don't change.

    Raises:
        DataLoadError: a path is missing, unreadable, empty, damaged or of no supported kind.
        ConfigError: the cache folder can't be written.
        LimitExceeded: loading needs more memory than it may have.
    """
    chosen = settings or WarehouseSettings()
    sources, findings = find_sources(paths)
    named = frozenset(Path(path).expanduser().resolve() for path in paths)

    def build(target: Path) -> None:
        _build(sources, findings, target, chosen, named)

    if cache_dir is None:
        folder = Path(tempfile.mkdtemp(prefix="datacraft-"))
        try:
            build(folder / "data.duckdb")
            return DuckDBWarehouse(folder / "data.duckdb", chosen, owned_folder=folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    database = cached_database(cache_dir, sources, chosen, build)
    try:
        return DuckDBWarehouse(database, chosen)
    except (duckdb.IOException, duckdb.SerializationException, duckdb.CatalogException, ValidationError):
        # The cached file is damaged or was replaced by something else: it can always be made again.
        database.unlink(missing_ok=True)
        return DuckDBWarehouse(cached_database(cache_dir, sources, chosen, build), chosen)


def _build(
    sources: Sequence[Source],
    findings: Sequence[Finding],
    target: Path,
    settings: WarehouseSettings,
    named: frozenset[Path],
) -> None:
    # Opening what is cached must not pay for importing the readers.
    from datacraft.warehouse.loading.load import load

    load(sources, findings, target, settings, named)
