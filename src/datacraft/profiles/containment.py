"""How many of one column's values occur in another: the measured evidence for a join."""

from __future__ import annotations

from dataclasses import dataclass

from datacraft.contracts.semantic import ColumnType
from datacraft.profiles.connection import Connection
from datacraft.profiles.facts import ColumnFacts, quoted

_SAMPLE = 20_000


@dataclass(frozen=True, slots=True)
class Containment:
    """The share of distinct values found, and of how many; `share` is None where there were none."""

    share: float | None
    values: int


class ContainmentMeter:
    """Measures containment on one connection, each pair of columns once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[str, str, str, str], Containment] = {}

    def measure(self, inner: ColumnFacts, outer: ColumnFacts) -> Containment:
        """Return the share of the distinct values of `inner` (at most 20,000 of them) that `outer` holds."""
        key = (inner.table, inner.name, outer.table, outer.name)
        if key not in self._known:
            self._known[key] = self._measure(inner, outer)
        return self._known[key]

    def _measure(self, inner: ColumnFacts, outer: ColumnFacts) -> Containment:
        if not inner.filled or not outer.filled:
            return Containment(None, 0)
        if _ranges_apart(inner, outer):
            return Containment(0.0, inner.distinct)
        value, target = quoted(inner.name), quoted(outer.name)
        cast = "::VARCHAR" if inner.type is ColumnType.TEXT else ""
        found = self._connection.execute(
            f"SELECT count(*), count(*) FILTER (v IN (SELECT {target}{cast} FROM {quoted(outer.table)} "
            f"WHERE {target} IS NOT NULL)) FROM (SELECT DISTINCT {value}{cast} AS v FROM {quoted(inner.table)} "
            f"WHERE {value} IS NOT NULL LIMIT {_SAMPLE})"
        ).fetchone()
        if found is None or not found[0]:
            return Containment(None, 0)
        return Containment(found[1] / found[0], int(found[0]))


def _ranges_apart(inner: ColumnFacts, outer: ColumnFacts) -> bool:
    """Two ranges of numbers that don't overlap need no query."""
    a, b, c, d = inner.minimum, inner.maximum, outer.minimum, outer.maximum
    if (
        isinstance(a, str | None)
        or isinstance(b, str | None)
        or isinstance(c, str | None)
        or isinstance(d, str | None)
    ):
        return False
    return b < c or d < a
