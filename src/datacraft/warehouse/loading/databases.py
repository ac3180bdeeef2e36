"""Tables of DuckDB and SQLite files, with the keys that they declare."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import duckdb

from datacraft.contracts.errors import DataLoadError
from datacraft.warehouse.loading.nested import flat_columns
from datacraft.warehouse.loading.quoting import identifier, literal
from datacraft.warehouse.loading.sources import Source
from datacraft.warehouse.loading.staged import RawColumn, StagedTable, Staging
from datacraft.warehouse.model import ForeignKey
from datacraft.warehouse.report import Finding

_BATCH = 50_000
_ATTACHED = "attached"
_OURS = "_datacraft"  # the schema of what `datacraft ingest` knows about its tables, which are views


def read_duckdb(source: Source, staging: Staging) -> Iterator[StagedTable]:
    """Refer to every table of a DuckDB file (its views only where it has no tables).

    Raises:
        DataLoadError: it is damaged, in use by a writer, of a newer version, or has no tables.
    """
    connection = staging.connection
    try:
        connection.execute(f"ATTACH {literal(str(source.path))} AS {_ATTACHED} (READ_ONLY)")
    except duckdb.Error as error:
        raise DataLoadError(
            f"{source.path} can't be opened as a DuckDB database: {str(error).splitlines()[0]}",
            hint="Close the program that writes to it; if it is damaged, restore a copy.",
        ) from error
    try:
        tables = _duckdb_names(connection, "duckdb_tables()", "table_name")
        names = tables or _duckdb_names(connection, "duckdb_views()", "view_name")
        if not names:
            raise DataLoadError(f"{source.path} has no tables.", hint="Choose a database that holds data.")
        for schema, name in names:
            relation = identifier(_ATTACHED, schema, name)
            staged = StagedTable(
                name=name,
                source=f"{source.path}, table {name}",
                relation=relation,
                columns=flat_columns(connection, relation),
                typing="dates",
                declared_names=True,
            )
            _duckdb_keys(connection, schema, name, staged)
            yield staged
    finally:
        connection.execute(f"DETACH {_ATTACHED}")


def _duckdb_names(connection: duckdb.DuckDBPyConnection, catalog: str, column: str) -> list[tuple[str, str]]:
    return connection.execute(
        f"SELECT schema_name, {column} FROM {catalog} "
        "WHERE database_name = ? AND NOT internal AND schema_name <> ? ORDER BY 1, 2",
        [_ATTACHED, _OURS],
    ).fetchall()


def _duckdb_keys(connection: duckdb.DuckDBPyConnection, schema: str, name: str, staged: StagedTable) -> None:
    rows = connection.execute(
        "SELECT constraint_type, constraint_column_names, referenced_table, referenced_column_names "
        "FROM duckdb_constraints() WHERE database_name = ? AND schema_name = ? AND table_name = ?",
        [_ATTACHED, schema, name],
    ).fetchall()
    for kind, columns, table, referenced in rows:
        if kind == "PRIMARY KEY":
            staged.primary_key = list(columns)
        elif kind == "FOREIGN KEY":
            staged.foreign_keys.append(
                ForeignKey(columns=list(columns), table=table, referenced=list(referenced))
            )


def read_sqlite(source: Source, staging: Staging) -> Iterator[StagedTable]:
    """Stage every table of a SQLite file, each column in the narrowest type that holds all its values.

    Raises:
        DataLoadError: it is damaged, protected or has no tables.
    """
    uri = f"{source.path.as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as database:
            # Text that isn't UTF-8 must not stop the load; what can't be decoded shows as U+FFFD.
            database.text_factory = lambda data: data.decode("utf-8", errors="replace")
            names = [
                row[0]
                for row in database.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
                    "ORDER BY name"
                )
            ]
            if not names:
                raise DataLoadError(
                    f"{source.path} has no tables.", hint="Choose a database that holds data."
                )
            for name in names:
                yield _stage_sqlite(source, database, name, staging)
    except sqlite3.Error as error:
        raise DataLoadError(
            f"{source.path} can't be read as a SQLite database: {error}.",
            hint="If it is damaged, restore a copy or run SQLite's .recover on it.",
        ) from error


def _stage_sqlite(source: Source, database: sqlite3.Connection, name: str, staging: Staging) -> StagedTable:
    quoted = identifier(name)
    described = database.execute(f"PRAGMA table_xinfo({quoted})").fetchall()
    declared = [(row[1], row[2].upper(), row[5]) for row in described if row[6] != 1]
    natives = [_storage(database, quoted, column, kind) for column, kind, _ in declared]
    table = staging.new_table()
    _copy_sqlite(database, quoted, [c for c, _, _ in declared], natives, table, staging)
    staged = StagedTable(
        name=name,
        source=f"{source.path}, table {name}",
        relation=table,
        columns=[RawColumn(column, f"c{i}", natives[i]) for i, (column, _, _) in enumerate(declared)],
        typing="dates",
        declared_names=True,
    )
    staged.primary_key = [column for column, _, key in sorted(declared, key=lambda d: d[2]) if key]
    keys: dict[int, ForeignKey] = {}
    for number, _, other, column, referenced, *_ in database.execute(f"PRAGMA foreign_key_list({quoted})"):
        key = keys.setdefault(number, ForeignKey(columns=[], table=other, referenced=[]))
        key.columns.append(column)
        if referenced is not None:
            key.referenced.append(referenced)
    staged.foreign_keys = list(keys.values())
    for (column, kind, _), native in zip(declared, natives, strict=True):
        if native == "VARCHAR" and any(
            word in kind for word in ("INT", "REAL", "DOUB", "FLOA", "NUMERIC", "DECIMAL")
        ):
            message = f"{column} is declared {kind} but also holds text; it is kept as text."
            staged.findings.append(Finding(code="kept_as_text", message=message, column=column))
    return staged


def _storage(database: sqlite3.Connection, table: str, column: str, declared: str) -> str:
    """Return the DuckDB type for what a column really holds; SQLite checks no types itself."""
    quoted = identifier(column)
    kinds = {
        row[0]
        for row in database.execute(
            f"SELECT DISTINCT typeof({quoted}) FROM {table} WHERE {quoted} IS NOT NULL"
        )
    }
    if not kinds:
        return _affinity(declared)
    if kinds == {"integer"}:
        low, high = database.execute(f"SELECT min({quoted}), max({quoted}) FROM {table}").fetchone()
        if declared.startswith("BOOL") and low >= 0 and high <= 1:
            return "BOOLEAN"
        return "DOUBLE" if any(word in declared for word in ("REAL", "DOUB", "FLOA")) else "BIGINT"
    return "DOUBLE" if kinds <= {"integer", "real"} else "VARCHAR"


def _affinity(declared: str) -> str:
    """Return the type of a column without values from its declaration, by SQLite's own rules."""
    if "INT" in declared:
        return "BIGINT"
    return "DOUBLE" if any(word in declared for word in ("REAL", "FLOA", "DOUB", "NUM", "DEC")) else "VARCHAR"


def _copy_sqlite(
    database: sqlite3.Connection,
    quoted: str,
    columns: list[str],
    natives: list[str],
    table: str,
    staging: Staging,
) -> None:
    staging.insert_columns(table, [()] * len(columns), natives)
    selected = ", ".join(
        f"CAST({identifier(column)} AS TEXT)" if native == "VARCHAR" else identifier(column)
        for column, native in zip(columns, natives, strict=True)
    )
    cursor = database.execute(f"SELECT {selected} FROM {quoted}")
    while rows := cursor.fetchmany(_BATCH):
        values = [
            _values(column, native) for column, native in zip(zip(*rows, strict=True), natives, strict=True)
        ]
        staging.insert_columns(table, values, natives)


def _values(values: tuple[Any, ...], native: str) -> Sequence[Any]:
    if native == "BOOLEAN":
        return [None if value is None else bool(value) for value in values]
    if native == "DOUBLE":
        return [None if value is None else float(value) for value in values]
    return values
