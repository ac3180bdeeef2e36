"""`profile_data`: what the data look like at one time, for releases to keep and drift to compare."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence, Set

import duckdb

from datacraft.contracts.profile import DataProfile, TableProfile
from datacraft.contracts.semantic import SemanticModel
from datacraft.profiles.connection import Connection
from datacraft.profiles.facts import list_columns, quoted
from datacraft.profiles.measuring import native, portable

SAME_TABLE = 0.6
"""A table of another name with so much of the columns of one that is gone is that one: files are renamed more often."""


def profile_data(
    connection: Connection,
    now: dt.datetime | None = None,
    *,
    model: SemanticModel | None = None,
    like: DataProfile | None = None,
) -> DataProfile:
    """Measure every table and view of the main schema.

    Args:
        connection: read only.
        now: when the profile was taken, by default now; UTC.
        model: what the data mean; of columns that it calls sensitive no value is kept.
        like: a profile to compare with; its bins and values are counted, so that nothing is interpolated. How the
            data move by themselves is left out then: it is the baseline's movement that counts.
    """
    meanings = {table.name: table for table in model.tables} if model else {}
    listed = list_columns(connection)
    likes = _paired(listed, like.tables) if like else {}
    tables: list[TableProfile] = []
    digest = hashlib.sha256()
    for table, columns in listed.items():
        meaning, other = meanings.get(table), likes.get(table)
        if isinstance(connection, duckdb.DuckDBPyConnection):
            profile = native.measure_table(connection, table, columns, meaning=meaning, like=other)
        else:
            profile = portable.measure_table(connection, table, columns, meaning=meaning, like=other)
        tables.append(profile)
        digest.update(_content(connection, table, columns, profile.rows).encode())
    return DataProfile(
        created_at=now or dt.datetime.now(dt.UTC),
        data_hash=digest.hexdigest(),
        hashed_by=f"duckdb {duckdb.__version__}"
        if isinstance(connection, duckdb.DuckDBPyConnection)
        else None,
        tables=tables,
    )


def _paired(
    listed: Mapping[str, Sequence[tuple[str, str]]], others: Sequence[TableProfile]
) -> dict[str, TableProfile]:
    """Return by table the profile that it is measured like: of the same name, else of nearly the same columns."""
    found = {table.name: table for table in others if table.name in listed}
    free = [table for table in others if table.name not in listed]
    for name, columns in listed.items():
        if name not in found and free:
            names = {column for column, _ in columns}
            alike = max(free, key=lambda table: same_columns(names, table))
            if same_columns(names, alike) >= SAME_TABLE:
                found[name] = alike
                free.remove(alike)
    return found


def same_columns(names: Set[str], table: TableProfile) -> float:
    """Return the share of the columns of both that both have."""
    others = {column.name for column in table.columns}
    return len(names & others) / max(1, len(names | others))


def _content(connection: Connection, table: str, columns: Sequence[tuple[str, str]], rows: int) -> str:
    """Return a text that changes with the content of a table, but not with the order of its rows.

    Rows are hashed by DuckDB and the hashes added up, so that one parallel pass does it. The hash is the
    same for equal data under one version of DuckDB.
    """
    names = ", ".join(quoted(column) for column, _ in columns)
    row = connection.execute(
        f"SELECT sum(hash({names})::HUGEINT), bit_xor(hash({names})) FROM {quoted(table)}"
    ).fetchone()
    schema = ";".join(f"{column!r} {kind}" for column, kind in columns)
    return f"{table!r}({schema}):{rows}:{row}\n"
