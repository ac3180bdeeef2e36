"""Reading text as the type that a contract wants, in whatever notation most of its values are written."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from datacraft.contracts.semantic import ColumnType
from datacraft.ingest.contract.model import TableContract
from datacraft.warehouse.formats import candidate_formats, most_fitting
from datacraft.warehouse.loading.quoting import identifier
from datacraft.warehouse.model import ColumnInfo

_VALUES = 1_000
_SHARE = 0.2
_SAME = {
    ColumnType.INTEGER: {ColumnType.INTEGER},
    ColumnType.NUMBER: {ColumnType.INTEGER, ColumnType.NUMBER},
    ColumnType.DATE: {ColumnType.DATE, ColumnType.TIMESTAMP},
    ColumnType.TIMESTAMP: {ColumnType.DATE, ColumnType.TIMESTAMP},
    ColumnType.BOOLEAN: {ColumnType.BOOLEAN},
    ColumnType.TIME: {ColumnType.TIME},
}


def text_readers(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[ColumnInfo],
    contract: TableContract,
) -> dict[str, str]:
    """Return SQL that reads a text column as the contract's type, for each column that stayed text but should not.

    A column stays text where too many of its values are of no type; here those few that are not become
    violations with their lines, and all others values.
    """
    readers: dict[str, str] = {}
    for column in columns:
        wanted = contract.columns.get(column.name)
        if wanted is None or column.type is not ColumnType.TEXT or wanted.type not in _SAME:
            continue
        name = identifier(column.name)
        rows = connection.execute(
            f"SELECT {name} FROM {relation} WHERE {name} IS NOT NULL GROUP BY 1 LIMIT {_VALUES}"
        ).fetchall()
        values = [value for (value,) in rows]
        formats = [
            format_
            for format_ in candidate_formats(values, column.header, dates_only=False)
            if format_.type in _SAME[wanted.type]
        ]
        best = most_fitting(formats, values, _SHARE)[:1]
        if best:
            readers[column.name] = best[0].parse(name)
    return readers
