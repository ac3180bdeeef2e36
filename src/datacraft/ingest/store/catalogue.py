"""The catalogue's tables and what their rows are in Python. They lie in the schema `_datacraft` of the file."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import duckdb

from datacraft.warehouse.loading.quoting import identifier
from datacraft.warehouse.model import ColumnInfo

SCHEMA = "_datacraft"
STORE = "store"
"""What the warehouse file is called on the connection that it is attached to."""
LINE = "_line"
"""The column of a part that holds the line of each row, where no offset tells it."""
CATALOGUE_VERSION = 1

Mode = Literal["append", "replace", "upsert"]
VersionKind = Literal["append", "replace", "upsert", "rollback", "review"]

_TABLES = {
    "format": "version INTEGER",
    "loads": "load_id BIGINT PRIMARY KEY, started_at TIMESTAMP, finished_at TIMESTAMP, code_version VARCHAR, "
    "reader_version INTEGER, request_sha256 VARCHAR, report VARCHAR",
    "sources": "source_id BIGINT PRIMARY KEY, load_id BIGINT, path VARCHAR, place VARCHAR, sha256 VARCHAR, "
    "size_bytes BIGINT",
    "parts": "part_id BIGINT PRIMARY KEY, load_id BIGINT, source_id BIGINT, table_name VARCHAR, row_count BIGINT, "
    "line_offset BIGINT, has_lines BOOLEAN, contract_sha256 VARCHAR, columns VARCHAR",
    "versions": "version_id BIGINT PRIMARY KEY, load_id BIGINT, table_name VARCHAR, kind VARCHAR, "
    "created_at TIMESTAMP, parts BIGINT[], hides BIGINT[], row_count BIGINT, columns VARCHAR, restores BIGINT",
    "hidden": "hide_id BIGINT, part_id BIGINT, row_id BIGINT",
    "set_aside": "load_id BIGINT, source_id BIGINT, table_name VARCHAR, line BIGINT, reason VARCHAR, content VARCHAR",
    "places": "part_id BIGINT, row_id BIGINT, column_name VARCHAR, page BIGINT, left_pt DOUBLE, top_pt DOUBLE, "
    "right_pt DOUBLE, bottom_pt DOUBLE, confidence DOUBLE, seen VARCHAR, doubt VARCHAR, item_id BIGINT, "
    "decision VARCHAR",
    "reviewed": "part_id BIGINT, of_part_id BIGINT",
    "decisions": "load_id BIGINT, item_id BIGINT, table_name VARCHAR, column_name VARCHAR, verb VARCHAR, value VARCHAR, "
    "who VARCHAR, reason VARCHAR",
}


@dataclass(frozen=True)
class SourceRecord:
    """Where rows came from: a file (or a file in an archive), the place in it, and what it held."""

    source_id: int
    load_id: int
    path: str
    place: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class Part:
    """Rows of one table from one source of one load; never changed once written.

    Attributes:
        line_offset: row n (from 1) is line n + offset of the source; None where the part holds lines, or where
            nothing is known but the row's number.
        has_lines: the part has a column with the line of each row.
        contract_sha256: of the contract that its rows were checked by; empty without one.
    """

    part_id: int
    load_id: int
    source_id: int
    table: str
    row_count: int
    line_offset: int | None
    has_lines: bool
    contract_sha256: str
    columns: tuple[ColumnInfo, ...]

    @property
    def name(self) -> str:
        """Return the quoted name of its table in the warehouse file."""
        return identifier(STORE, SCHEMA, f"part_{self.part_id}")


@dataclass(frozen=True)
class Version:
    """What a table was from one load on.

    Attributes:
        hides: sets of rows that a later row with the same key has taken the place of.
        restores: the load whose version a rollback brought back.
    """

    version_id: int
    load_id: int
    table: str
    kind: VersionKind
    created_at: dt.datetime
    parts: tuple[int, ...]
    hides: tuple[int, ...]
    row_count: int
    columns: tuple[ColumnInfo, ...]
    restores: int | None = None


@dataclass(frozen=True)
class LoadRecord:
    """One run that changed the warehouse file, and its report as JSON.

    Attributes:
        request_sha256: of the content of its files and all that decided what became of them.
    """

    load_id: int
    started_at: dt.datetime
    finished_at: dt.datetime
    code_version: str
    reader_version: int
    request_sha256: str
    report: str


def catalogue(table: str) -> str:
    """Return the quoted name of one of the catalogue's tables."""
    return identifier(STORE, SCHEMA, table)


def create_catalogue(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the catalogue in a warehouse file that has none; part of the first load's transaction."""
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {identifier(STORE, SCHEMA)}")
    for name, columns in _TABLES.items():
        connection.execute(f"CREATE TABLE IF NOT EXISTS {catalogue(name)} ({columns})")
    connection.execute(
        f"INSERT INTO {catalogue('format')} SELECT ? WHERE NOT EXISTS (SELECT 1 FROM {catalogue('format')})",
        [CATALOGUE_VERSION],
    )


def has_catalogue(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the attached file is a warehouse of ours."""
    found = connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE database_name = ? AND schema_name = ? AND table_name = 'format'",
        [STORE, SCHEMA],
    ).fetchone()
    return found is not None


def is_empty(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the attached file holds no tables and views at all."""
    found = connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE database_name = $1 UNION ALL "
        "SELECT 1 FROM duckdb_views() WHERE database_name = $1 AND NOT internal",
        [STORE],
    ).fetchone()
    return found is None
