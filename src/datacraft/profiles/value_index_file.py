"""Writes the value index: every text value of the data in one SQLite file, by its normalised form and its words."""

from __future__ import annotations

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from datacraft.contracts.semantic import Column, ColumnType, Role, SemanticModel
from datacraft.profiles.connection import Connection
from datacraft.profiles.facts import quoted
from datacraft.profiles.normal import normalise, squeezed
from datacraft.profiles.value_index import FORMAT, LeftOut

MAX_COLUMN_VALUES = 200_000
MAX_VALUES = 2_000_000
MAX_MEAN_LENGTH = 80.0
_MAX_VALUE_LENGTH = 400
_MAX_WORDS = 16
_BATCH = 20_000

_TABLES = """
CREATE TABLE columns (id INTEGER PRIMARY KEY, table_name TEXT NOT NULL, column_name TEXT NOT NULL);
CREATE TABLE entries (
    id INTEGER PRIMARY KEY, column_id INTEGER NOT NULL, value TEXT NOT NULL, norm TEXT NOT NULL,
    tight TEXT, rows INTEGER NOT NULL
);
CREATE TABLE words (word TEXT NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (word, entry)) WITHOUT ROWID;
CREATE TABLE vocabulary (word TEXT PRIMARY KEY, length INTEGER, head TEXT, tail TEXT, entries INTEGER) WITHOUT ROWID;
CREATE TABLE left_out (table_name TEXT NOT NULL, column_name TEXT NOT NULL, reason TEXT NOT NULL);
"""
_INDEXES = """
CREATE INDEX entries_norm ON entries (norm);
CREATE INDEX entries_tight ON entries (tight) WHERE tight IS NOT NULL;
CREATE INDEX vocabulary_head ON vocabulary (head, length);
CREATE INDEX vocabulary_tail ON vocabulary (tail, length);
"""


@dataclass(slots=True)
class IndexReport:
    """What building the value index did."""

    values: int = 0
    columns: int = 0
    left_out: list[LeftOut] = field(default_factory=list)


def build_value_index(connection: Connection, model: SemanticModel, path: Path) -> IndexReport:
    """Write all distinct values of text columns to `path`; whole or not at all.

    Columns with more than 200,000 different values, long free text and sensitive columns are left out,
    and so is everything after two million values; the report names them.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    report = IndexReport()
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".value-index-") as folder:
        unfinished = Path(folder) / "index.sqlite"
        index = sqlite3.connect(unfinished, isolation_level=None)
        try:
            index.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES)
            index.execute("BEGIN")
            _fill(connection, model, index, report)
            index.execute("COMMIT")
            index.executescript(_INDEXES + f"PRAGMA user_version = {FORMAT}; ANALYZE;")
        finally:
            index.close()
        unfinished.replace(path)
    return report


def _fill(
    connection: Connection,
    model: SemanticModel,
    index: sqlite3.Connection,
    report: IndexReport,
) -> None:
    frequency: Counter[str] = Counter()
    for table in model.tables:
        for column in table.columns:
            if not _is_searchable(column):
                continue
            reason = _why_not(connection, table.name, column, report.values)
            if reason is not None:
                report.left_out.append(LeftOut(table.name, column.name, reason))
                continue
            report.columns += 1
            index.execute("INSERT INTO columns VALUES (?, ?, ?)", (report.columns, table.name, column.name))
            for batch in _values(connection, table.name, column.name):
                report.values += _insert(index, report.columns, report.values, batch, frequency)
    index.executemany(
        "INSERT INTO vocabulary VALUES (?, ?, ?, ?, ?)",
        ((word, len(word), word[0], word[-2:], count) for word, count in sorted(frequency.items())),
    )
    index.executemany(
        "INSERT INTO left_out VALUES (?, ?, ?)", ((x.table, x.column, x.reason) for x in report.left_out)
    )


def _is_searchable(column: Column) -> bool:
    return column.type is ColumnType.TEXT and column.role is not Role.FLAG and column.time_part is None


def _why_not(connection: Connection, table: str, column: Column, so_far: int) -> str | None:
    if column.sensitive:
        return "holds personal data"
    name = quoted(column.name)
    found = connection.execute(
        f"SELECT approx_count_distinct({name}), avg(length({name}::VARCHAR)) FROM {quoted(table)}"
    ).fetchone()
    distinct, length = (int(found[0] or 0), float(found[1] or 0.0)) if found else (0, 0.0)
    if length > MAX_MEAN_LENGTH:
        return f"holds long texts ({length:.0f} characters on average)"
    if distinct > MAX_COLUMN_VALUES:
        return f"has about {distinct:,} different values"
    if so_far + distinct > MAX_VALUES:
        return f"the index is full ({MAX_VALUES:,} values)"
    return None


def _values(connection: Connection, table: str, column: str) -> Iterator[list[tuple[str, int]]]:
    name = quoted(column)
    found = connection.execute(
        f"SELECT {name}::VARCHAR, count(*) FROM {quoted(table)} WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    while batch := found.fetchmany(_BATCH):
        yield batch


def _insert(
    index: sqlite3.Connection, column: int, start: int, batch: list[tuple[str, int]], frequency: Counter[str]
) -> int:
    """Insert one batch and return how many entries it made."""
    entries: list[tuple[int, int, str, str, str | None, int]] = []
    words: list[tuple[str, int]] = []
    for value, rows in batch:
        norm = normalise(value[:_MAX_VALUE_LENGTH])
        if not norm:
            continue
        entry = start + len(entries) + 1
        tight = squeezed(norm)
        entries.append((entry, column, value, norm, tight if tight != norm else None, rows))
        distinct = set(norm.split(" ")[:_MAX_WORDS])
        frequency.update(distinct)
        words.extend((word, entry) for word in distinct)
    index.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", entries)
    index.executemany("INSERT INTO words VALUES (?, ?)", words)
    return len(entries)
