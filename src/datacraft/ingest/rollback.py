"""Going back: an earlier version of a table becomes its newest one. Nothing is deleted."""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from pathlib import Path

from datacraft import __version__
from datacraft.contracts.errors import InputError
from datacraft.ingest.report.model import IngestReport
from datacraft.ingest.store.catalogue import Version
from datacraft.ingest.store.opening import read_store, writing_store
from datacraft.ingest.store.reading import Store
from datacraft.ingest.store.writing import LoadWriter
from datacraft.ingest.workspace import load_workspace
from datacraft.warehouse.cache import LOADER_VERSION
from datacraft.warehouse.loading.load import staging_connection
from datacraft.warehouse.settings import WarehouseSettings


def roll_back(
    warehouse: Path, table: str, load_id: int | None, settings: WarehouseSettings | None = None
) -> Version:
    """Bring back what a table was after a load; by default, after the one before the last.

    Raises:
        InputError: there is no such table, load, or earlier version.
        DataLoadError: the warehouse can't be opened.
    """
    started = _now()
    with read_store(warehouse) as store:
        _wanted(store, table, load_id)
    with (
        load_workspace(warehouse.absolute().parent) as workspace,
        closing(
            staging_connection(workspace / "work.duckdb", workspace, settings or WarehouseSettings())
        ) as connection,
        writing_store(connection, warehouse) as store,
    ):
        wanted = _wanted(store, table, load_id)
        writer = LoadWriter(store, started, _now)
        version = writer.restore(wanted)
        report = IngestReport(
            status="loaded",
            load_id=writer.load_id,
            warehouse=str(warehouse),
            started_at=started,
            code_version=__version__,
        )
        writer.finish(__version__, LOADER_VERSION, "", report.model_dump_json())
    return version


def _wanted(store: Store, table: str, load_id: int | None) -> Version:
    if load_id is not None:
        return store.version_of_load(table, load_id)
    history = store.history(store.require(table).table)
    if len(history) < 2:
        raise InputError(f"{table} has only ever been loaded once.", hint="There is nothing to go back to.")
    return history[-2]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
