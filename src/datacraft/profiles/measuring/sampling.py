"""Rows to look at before a table is measured: spread over all of it, and pairs of neighbouring periods of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import duckdb
import numpy as np
from numpy.typing import NDArray

from datacraft.contracts.semantic import ColumnType
from datacraft.profiles.facts import column_type, quoted
from datacraft.profiles.measuring.planning import LARGEST, SAMPLE_ROWS, TEXT_LENGTHS
from datacraft.profiles.measuring.stretches import BLOCKS

_NUMBERS = {ColumnType.INTEGER, ColumnType.NUMBER}
_TIMES = {ColumnType.DATE, ColumnType.TIMESTAMP}
_ROWS_PER_BLOCK, _ROWS_OF_BLOCKS = 500, 40_000

Masked: TypeAlias = "np.ma.MaskedArray[Any, Any]"


def sample_rows(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[tuple[str, str]], rows: int
) -> Mapping[str, Masked]:
    """Return about `SAMPLE_ROWS` rows by column, in the table's order."""
    chosen = _chosen(columns)
    found = connection.execute(
        f"SELECT {chosen} FROM {_source(connection, table, columns, rows)}"
    ).fetchnumpy()
    return {
        name: np.ma.masked_array(values) for (name, _), values in zip(columns, found.values(), strict=True)
    }


def neighbouring_blocks(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[tuple[str, str]],
    by_time: str,
    times: Masked,
    rows: int,
) -> tuple[Mapping[str, Masked], NDArray[np.int64]]:
    """Return all rows of some pairs of short periods that follow one another, and the period of each row."""
    known = np.sort(times.compressed())
    starts = known[(np.linspace(0.02, 0.95, BLOCKS // 2) * len(known)).astype(np.int64)]
    span = float(known[-1] - known[0])
    unit = 86_400.0 if dict(columns)[by_time].upper() == "DATE" else 1.0
    width = unit * max(1.0, round(span * _ROWS_PER_BLOCK / rows / unit))
    starts = np.unique(starts // unit * unit)
    most = max(2, int(_ROWS_OF_BLOCKS * span / max(1.0, 2 * rows * width)))
    starts = starts[:: -(-len(starts) // most)]
    number = number_of(quoted(by_time), ColumnType.TIMESTAMP)
    periods = " OR ".join(f"(n >= {start!r} AND n < {start + 2 * width!r})" for start in map(float, starts))
    chosen = _chosen(columns)
    found = connection.execute(
        f"SELECT {chosen} FROM {quoted(table)} WHERE rowid IN "
        f"(SELECT r FROM (SELECT rowid AS r, {number} AS n FROM {quoted(table)}) WHERE {periods})"
    ).fetchnumpy()
    read = {
        name: np.ma.masked_array(values) for (name, _), values in zip(columns, found.values(), strict=True)
    }
    when = read[by_time].filled(-np.inf)
    period = np.maximum(0, np.searchsorted(starts, when, side="right") - 1)
    return read, 2 * period + (when >= starts[period] + width)


def _chosen(columns: Sequence[tuple[str, str]]) -> str:
    """Return the columns as they are sampled: as numbers, which are told apart faster than texts."""
    return ", ".join(
        f"{_sampled_as(name, column_type(native))} AS {quoted(name)}" for name, native in columns
    )


def _sampled_as(name: str, kind: ColumnType) -> str:
    if kind in _NUMBERS or kind in _TIMES:
        return number_of(quoted(name), kind)
    if kind is ColumnType.BOOLEAN:
        return f"{quoted(name)}::BIGINT"
    return (
        f"CASE WHEN {quoted(name)} IS NOT NULL THEN {_text_code(quoted(name))} END"
        if kind is ColumnType.TEXT
        else "NULL::BIGINT"
    )


def _text_code(name: str) -> str:
    """Return SQL for a number that stands for a text: its hash, and its length in the last bits; see `planning`."""
    length = f"least(length({name}::VARCHAR), {TEXT_LENGTHS - 1})"
    return f"((hash({name}) // {2 * TEXT_LENGTHS}) * {TEXT_LENGTHS} + {length})::BIGINT"


def _source(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[tuple[str, str]], rows: int
) -> str:
    name = quoted(table)
    if rows <= SAMPLE_ROWS:
        return name
    if not has_row_numbers(connection, table, columns):
        return f"{name} USING SAMPLE reservoir({SAMPLE_ROWS} ROWS) REPEATABLE (7)"
    # Reading row numbers first and then only the chosen rows takes a third of the time of filtering them all.
    step = rows // SAMPLE_ROWS
    return f"{name} WHERE rowid IN (SELECT rowid FROM {name} WHERE hash(rowid) % {step} = 0)"


def has_row_numbers(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[tuple[str, str]]
) -> bool:
    """Tell whether `rowid` is the number of a row; views have none."""
    stored = connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE table_name = ? AND database_name = current_database()", [table]
    ).fetchone()
    return stored is not None and all(column.lower() != "rowid" for column, _ in columns)


def number_of(name: str, kind: ColumnType) -> str:
    """Return SQL for a value as a finite number, or null."""
    if kind is ColumnType.INTEGER:
        return f"{name}::DOUBLE"
    if kind in _TIMES:
        return f"CASE WHEN isfinite({name}) THEN epoch({name})::DOUBLE END"
    if kind is ColumnType.NUMBER:  # not-a-number is larger than all others to DuckDB
        return f"CASE WHEN abs({name}::DOUBLE) < {LARGEST} THEN {name}::DOUBLE END"
    return f"length({name}::VARCHAR)::DOUBLE"
