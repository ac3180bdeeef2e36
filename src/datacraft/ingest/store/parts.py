"""From a table of the staging database to a part: its rows, and the line that each of them is from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from datacraft.ingest.store.catalogue import LINE
from datacraft.ingest.store.writing import NewPart
from datacraft.warehouse.arrow import number_array
from datacraft.warehouse.loading.build import unread_name
from datacraft.warehouse.loading.quoting import identifier
from datacraft.warehouse.loading.staged import LineMap
from datacraft.warehouse.model import ColumnInfo

_LINES = "lines_of_rows"


@dataclass(frozen=True)
class StagedRows:
    """A table that was read, and what of it is kept.

    Attributes:
        relation: its quoted name; row n of the source's table has row id n - 1.
        columns: SQL of each column, by its name.
        unread: columns with a column beside that holds the text which could not be read.
        left_out: the table of the row ids that are not kept, with reasons; None: all are kept.
    """

    relation: str
    columns: Mapping[str, str]
    kept: tuple[ColumnInfo, ...]
    lines: LineMap
    unread: frozenset[str] = frozenset()
    left_out: str | None = None


def new_part(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    source_id: int,
    rows: StagedRows,
    contract_sha256: str,
) -> NewPart:
    """Return what is to be written of a table that was read.

    Where all rows are kept and one follows the other, an offset tells their lines; else each row keeps its own.
    """
    columns = ", ".join(f"{sql} AS {identifier(name)}" for name, sql in rows.columns.items())
    if rows.lines.lines is None and rows.left_out is None:
        query = f"SELECT {columns} FROM {rows.relation}"
        return NewPart(table, source_id, query, rows.kept, rows.lines.offset, False, contract_sha256)
    query = f"SELECT {columns}, {LINE} FROM {_with_lines(connection, rows)}"
    if rows.left_out is not None:
        query += f" WHERE _row NOT IN (SELECT row_id FROM {rows.left_out})"
    return NewPart(table, source_id, query, rows.kept, None, True, contract_sha256)


def set_aside_sql(connection: duckdb.DuckDBPyConnection, rows: StagedRows) -> str:
    """Return the SELECT of the rows that are not kept: line, reason, and the row as JSON."""
    cells = ", ".join(f"{identifier(c.name)} := {_as_it_was(c.name, rows)}" for c in rows.kept)
    content = f"(SELECT rowid AS _at, to_json(struct_pack({cells})) AS content FROM {rows.relation})"
    return (
        f"SELECT l.{LINE}, b.reason, c.content FROM {rows.left_out} AS b "
        f"JOIN {_with_lines(connection, rows)} AS l ON l._row = b.row_id "
        f"JOIN {content} AS c ON c._at = b.row_id ORDER BY b.row_id"
    )


def _as_it_was(column: str, rows: StagedRows) -> str:
    name = identifier(column)
    if column in rows.unread:
        return f"coalesce(CAST({name} AS VARCHAR), {identifier(unread_name(column))})"
    return name


def _with_lines(connection: duckdb.DuckDBPyConnection, rows: StagedRows) -> str:
    """Return a FROM item of the rows with two columns more: their row id, and their line."""
    if rows.lines.lines is None:
        line = f"CAST(rowid + {1 + (rows.lines.offset or 0)} AS BIGINT)"
        return f"(SELECT *, rowid AS _row, {line} AS {LINE} FROM {rows.relation})"
    import numpy as np
    import pyarrow as pa  # type: ignore[import-untyped]

    numbers = number_array(np.asarray(rows.lines.lines, dtype="i8"))
    connection.register(_LINES, pa.table([numbers], names=[LINE]))
    return f"(SELECT s.*, s.rowid AS _row, l.{LINE} FROM {rows.relation} AS s POSITIONAL JOIN {_LINES} AS l)"
