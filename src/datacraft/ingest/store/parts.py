"""From a table of the staging database to a part: its rows, and the line that each of them is from."""

from __future__ import annotations

import duckdb

from datacraft.ingest.store.catalogue import LINE
from datacraft.ingest.store.writing import NewPart
from datacraft.warehouse.arrow import number_array
from datacraft.warehouse.loading.build import TARGET
from datacraft.warehouse.loading.load import LoadedTable
from datacraft.warehouse.loading.quoting import identifier

_LINES = "lines_of_rows"


def new_part(
    connection: duckdb.DuckDBPyConnection, table: str, source_id: int, loaded: LoadedTable
) -> NewPart:
    """Return what is to be written of a table that was read.

    Row n of a table that was read has row id n - 1, so an offset tells its line; else the lines are kept.
    """
    info, lines = loaded.report.table, loaded.lines
    columns = ", ".join(identifier(column.name) for column in info.columns)
    staged = identifier(TARGET, "main", info.name)
    if lines.lines is None:
        query = f"SELECT {columns} FROM {staged}"
        return NewPart(table, source_id, query, tuple(info.columns), lines.offset, False)
    _register_lines(connection, loaded)
    query = f"SELECT {columns}, {LINE} FROM {staged} POSITIONAL JOIN {_LINES}"
    return NewPart(table, source_id, query, tuple(info.columns), None, True)


def _register_lines(connection: duckdb.DuckDBPyConnection, loaded: LoadedTable) -> None:
    import numpy as np
    import pyarrow as pa  # type: ignore[import-untyped]

    numbers = number_array(np.asarray(loaded.lines.lines, dtype="i8"))
    connection.register(_LINES, pa.table([numbers], names=[LINE]))
