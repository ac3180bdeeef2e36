"""The join graph of a semantic model: shortest connections between tables, and which way they multiply rows."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from datacraft.contracts.plan import PlanJoin
from datacraft.contracts.semantic import Join, SemanticModel, Table

Cardinality = Literal["many_to_one", "one_to_many", "one_to_one", "many_to_many"]


@dataclass(frozen=True, slots=True)
class Edge:
    """A join as it is walked from `left` to `right`."""

    left: str
    right: str
    columns: tuple[tuple[str, str], ...]
    cardinality: Cardinality
    cost: float
    verbs: tuple[str, ...] = ()

    def as_plan(self) -> PlanJoin:
        """Return the edge as a part of a query plan."""
        return PlanJoin.model_construct(
            left=self.left, right=self.right, columns=self.columns, cardinality=self.cardinality
        )

    @property
    def multiplies(self) -> bool:
        """Whether one row on the left may meet several on the right."""
        return self.cardinality in ("one_to_many", "many_to_many")


Path = tuple[Edge, ...]


def _both_ways(join: Join, bridges: set[str]) -> tuple[Edge, Edge]:
    columns = tuple((a, b) for a, b in join.columns)
    back = tuple((b, a) for a, b in join.columns)
    reverse: Cardinality = "one_to_many" if join.cardinality == "many_to_one" else join.cardinality
    cost = 1.0 + 0.5 * (1.0 - join.confidence)
    if join.left in bridges or join.right in bridges:
        cost *= 0.6  # two hops through a bridge are little more than one relation
    if join.cardinality == "many_to_many":
        cost += 0.75
    verbs = tuple(join.verbs)
    return (
        Edge(join.left, join.right, columns, join.cardinality, cost, verbs),
        Edge(join.right, join.left, back, reverse, cost, verbs),
    )


def _associates(table: Table, model: SemanticModel) -> bool:
    """Whether a table's rows are pairs of other tables' rows: a composite key made of foreign keys."""
    foreign = {a for join in model.joins if join.left == table.name for a, _ in join.columns}
    return len(table.primary_key) > 1 and set(table.primary_key) <= foreign


class JoinGraph:
    """Shortest paths between tables. Immutable after construction apart from a cache of paths."""

    def __init__(self, model: SemanticModel) -> None:
        bridges = {table.name for table in model.tables if table.bridge or _associates(table, model)}
        self._bridges = frozenset(bridges)
        self._edges: dict[str, list[Edge]] = {table.name: [] for table in model.tables}
        for join in model.joins:
            forth, back = _both_ways(join, bridges)
            self._edges[join.left].append(forth)
            self._edges[join.right].append(back)
        self._paths: dict[str, dict[str, tuple[float, Path]]] = {}

    def is_bridge(self, table: str) -> bool:
        """Whether a table's rows are pairs of other tables' rows."""
        return table in self._bridges

    def edges(self, table: str) -> list[Edge]:
        """Return the joins that leave `table`."""
        return self._edges.get(table, [])

    def path(self, start: str, end: str) -> Path | None:
        """Return the cheapest connection, empty where both are one table, None where there is none."""
        hit = self._from(start).get(end)
        return hit[1] if hit else None

    def distance(self, start: str, end: str) -> float:
        """Return the cost of the cheapest connection; infinite where there is none."""
        hit = self._from(start).get(end)
        return hit[0] if hit else float("inf")

    def near(self, start: str, within: float) -> list[str]:
        """Return the tables closer than `within` to `start`, itself first, the nearest first."""
        found = [(distance, name) for name, (distance, _) in self._from(start).items() if distance < within]
        return [name for _, name in sorted(found)]

    def determined(self, start: str, end: str) -> bool:
        """Whether each row of `start` has at most one row of `end` (no step multiplies)."""
        path = self.path(start, end)
        return path is not None and not any(edge.multiplies for edge in path)

    def nearest(self, starts: Iterable[str], end: str) -> str | None:
        """Return the one of `starts` that is closest to `end`, the first where they tie."""
        best = min(((self.distance(s, end), i, s) for i, s in enumerate(starts)), default=None)
        return best[2] if best and best[0] != float("inf") else None

    def _from(self, start: str) -> dict[str, tuple[float, Path]]:
        known = self._paths.get(start)
        if known is None:
            known = self._paths[start] = self._dijkstra(start)
        return known

    def _dijkstra(self, start: str) -> dict[str, tuple[float, Path]]:
        done: dict[str, tuple[float, Path]] = {}
        queue: list[tuple[float, int, str, Path]] = [(0.0, 0, start, ())]
        counter = 0
        while queue:
            cost, _, table, path = heapq.heappop(queue)
            if table in done:
                continue
            done[table] = (cost, path)
            # A path through the fact side and out again (many-to-one after one-to-many) stays possible,
            # but a little dearer than one that only follows keys.
            for edge in self._edges.get(table, []):
                if edge.right in done:
                    continue
                counter += 1
                step = edge.cost + (0.05 if edge.multiplies else 0.0)
                heapq.heappush(queue, (cost + step, counter, edge.right, (*path, edge)))
        return done
