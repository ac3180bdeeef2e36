"""Columns of typed sources as plain columns: structs opened up, exotic types as text, times in UTC."""

from __future__ import annotations

import duckdb

from datacraft.warehouse.loading.quoting import identifier, literal
from datacraft.warehouse.loading.staged import RawColumn

_MAX_DEPTH = 3
_PLAIN = {
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT",
    "FLOAT", "DOUBLE", "BOOLEAN", "DATE", "TIME", "TIMESTAMP", "VARCHAR",
}  # fmt: skip


def flat_columns(connection: duckdb.DuckDBPyConnection, relation: str) -> list[RawColumn]:
    """Return the columns of a relation, each with the SQL that brings it to a plain type."""
    result: list[RawColumn] = []
    for name, native in _describe(connection, f"SELECT * FROM {relation}"):
        result += _flatten(connection, relation, name, identifier(name), native, 1)
    return result


def _describe(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in connection.execute(f"DESCRIBE {query}").fetchall()]


def _flatten(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    header: str,
    expression: str,
    native: str,
    depth: int,
) -> list[RawColumn]:
    if native.startswith("STRUCT") and not native.endswith("]") and depth <= _MAX_DEPTH:
        members = _describe(connection, f"SELECT unnest({expression}) FROM {relation}")
        return [
            column
            for name, inner in members
            for column in _flatten(
                connection,
                relation,
                f"{header}_{name}",
                f"struct_extract({expression}, {literal(name)})",
                inner,
                depth + 1,
            )
        ]
    plain, type_name = _plain(expression, native)
    return [RawColumn(header, plain, type_name)]


def _plain(expression: str, native: str) -> tuple[str, str]:
    """Return SQL and type of a column after bringing it to a type that every layer knows."""
    if native in _PLAIN or native.startswith("DECIMAL"):
        return expression, native
    if native in {"TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ"}:
        return f"({expression} AT TIME ZONE 'UTC')", "TIMESTAMP"
    if native.startswith("TIMESTAMP"):
        return f"CAST({expression} AS TIMESTAMP)", "TIMESTAMP"
    if native.startswith("TIME"):
        return f"CAST({expression} AS TIME)", "TIME"
    if native.startswith(("STRUCT", "MAP", "UNION")) or native.endswith("]"):
        return f"CAST(to_json({expression}) AS VARCHAR)", "VARCHAR"
    if native == "BLOB":
        return f"hex({expression})", "VARCHAR"
    return f"CAST({expression} AS VARCHAR)", "VARCHAR"
