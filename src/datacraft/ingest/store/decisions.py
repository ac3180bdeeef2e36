"""Who decided on uncertain cells, how and why, kept beside the load that wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datacraft.ingest.store.catalogue import SCHEMA, STORE, catalogue
from datacraft.ingest.store.reading import Store


@dataclass(frozen=True)
class DecidedCell:
    """What became of a cell, and who said so.

    Attributes:
        value: what it is now, as it was given or read; None where it stays empty.
        reason: why; empty where none was given.
    """

    item_id: int
    table: str
    column: str
    verb: str
    value: str | None
    who: str
    reason: str


def write_decisions(store: Store, load_id: int, decided: Sequence[DecidedCell]) -> None:
    """Keep decisions; part of the transaction that fills in their cells."""
    store.connection.executemany(
        f"INSERT INTO {catalogue('decisions')} VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [[load_id, c.item_id, c.table, c.column, c.verb, c.value, c.who, c.reason] for c in decided],
    )


def read_decisions(store: Store, load_id: int) -> list[DecidedCell]:
    """Return what was decided by one load; nothing where the file is older than such records."""
    known = store.connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE database_name = ? AND schema_name = ? AND table_name = 'decisions'",
        [STORE, SCHEMA],
    ).fetchone()
    if known is None:
        return []
    rows = store.connection.execute(
        "SELECT item_id, table_name, column_name, verb, value, who, reason "
        f"FROM {catalogue('decisions')} WHERE load_id = ? ORDER BY item_id",
        [load_id],
    ).fetchall()
    return [DecidedCell(*row) for row in rows]
