"""Which columns follow from which: measured functional dependencies within one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datacraft.contracts.semantic import ColumnType
from datacraft.profiles.connection import Connection
from datacraft.profiles.facts import ColumnFacts, TableFacts, quoted

_ROWS_LOOKED_AT = 300_000


@dataclass(frozen=True, slots=True)
class Dependence:
    """How far columns follow from a key.

    Attributes:
        groups: how many values of the key have two rows or more; only they prove anything.
        holds: for each column, the share of those values with one value of the column.
    """

    groups: int
    holds: dict[str, float]


def measure_dependence(
    connection: Connection, table: TableFacts, key: ColumnFacts, columns: Sequence[ColumnFacts]
) -> Dependence:
    """Measure how far `columns` follow from `key`, on about 300,000 rows."""
    wanted = [c for c in columns if c.type is not ColumnType.OTHER and c.name != key.name]
    if not wanted:
        return Dependence(0, {})
    name = quoted(key.name)
    inner = ", ".join(
        f"min({quoted(c.name)}) AS lo{i}, max({quoted(c.name)}) AS hi{i}" for i, c in enumerate(wanted)
    )
    outer = ", ".join(f"count(*) FILTER (lo{i} IS NOT DISTINCT FROM hi{i})" for i in range(len(wanted)))
    row = connection.execute(
        f"SELECT count(*), {outer} FROM (SELECT {inner} FROM {_some_rows(table, key)} "
        f"GROUP BY {name} HAVING count(*) > 1)"
    ).fetchone()
    if row is None or not row[0]:
        return Dependence(0, {})
    return Dependence(int(row[0]), {c.name: count / row[0] for c, count in zip(wanted, row[1:], strict=True)})


def _some_rows(table: TableFacts, key: ColumnFacts) -> str:
    """Return SQL for about 300,000 rows: all of some keys where there are many keys, else some of every key."""
    source, name = quoted(table.name), quoted(key.name)
    step = table.rows // _ROWS_LOOKED_AT
    if step < 2:
        return f"(SELECT * FROM {source} WHERE {name} IS NOT NULL)"
    if key.distinct > 1000 * step:
        return f"(SELECT * FROM {source} WHERE {name} IS NOT NULL AND hash({name}) % {step} = 0)"
    return (
        f"(SELECT * FROM {source} WHERE {name} IS NOT NULL USING SAMPLE {100 / step:.4f} PERCENT (system, 1))"
    )
