"""How tables are reached from one another, and where a join would multiply rows."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

from datacraft.contracts.errors import InputError
from datacraft.contracts.plan import PlanJoin

_FANS_OUT = {"many_to_one": False, "one_to_one": False, "one_to_many": True, "many_to_many": True}
_REVERSED = {
    "many_to_one": "one_to_many",
    "one_to_many": "many_to_one",
    "one_to_one": "one_to_one",
    "many_to_many": "many_to_many",
}


@dataclass(frozen=True, slots=True)
class Edge:
    """A join seen from one side; `fan_out` when a row of `near` may meet several rows of `far`."""

    near: str
    far: str
    columns: tuple[tuple[str, str], ...]
    fan_out: bool


@dataclass(frozen=True, slots=True)
class Step:
    """The last edge on the way to a table; `branch` is the first edge of the way that fans out, if any."""

    edge: Edge
    branch: Edge | None


class JoinTree:
    """The ways from one table to every table that the plan's joins connect with it.

    Where several ways lead to a table, the one with the fewest fan-outs is taken, then the shortest.
    """

    def __init__(self, start: str, joins: Iterable[PlanJoin]) -> None:
        self.start = start
        self.steps: dict[str, Step] = {}
        edges = _edges(joins)
        queue: list[tuple[int, int, int, Step]] = []
        count = 0

        def push(table: str, fan_outs: int, hops: int, branch: Edge | None) -> None:
            nonlocal count
            for edge in edges.get(table, ()):
                first = branch or (edge if edge.fan_out else None)
                count += 1
                heapq.heappush(queue, (fan_outs + edge.fan_out, hops + 1, count, Step(edge, first)))

        push(start, 0, 0, None)
        while queue:
            fan_outs, hops, _, step = heapq.heappop(queue)
            table = step.edge.far
            if table != start and table not in self.steps:
                self.steps[table] = step
                push(table, fan_outs, hops, step.branch)

    def branch(self, table: str) -> Edge | None:
        """Return the first fan-out on the way to `table`; None when it is reached to-one.

        Raises:
            InputError: no join of the plan leads there.
        """
        return None if table == self.start else self.step(table).branch

    def step(self, table: str) -> Step:
        """Return the last step on the way to `table`.

        Raises:
            InputError: no join of the plan leads there.
        """
        try:
            return self.steps[table]
        except KeyError:
            raise InputError(
                f"The plan uses the table {table!r}, but none of its joins connects it with {self.start!r}.",
                hint=f"Joined with {self.start!r} are: {', '.join(self.steps) or 'none'}.",
            ) from None

    def reaches_one(self, table: str) -> bool:
        """Whether each row of the start meets at most one row of `table`."""
        return table == self.start or (table in self.steps and self.steps[table].branch is None)


def _edges(joins: Iterable[PlanJoin]) -> dict[str, list[Edge]]:
    edges: dict[str, list[Edge]] = {}
    for join in joins:
        if join.left == join.right:
            raise InputError(
                f"The plan joins the table {join.left!r} with itself, which one name cannot tell apart.",
                hint="Take one side from a `source` plan or compare with an `in_plan`.",
            )
        backwards = tuple((right, left) for left, right in join.columns)
        forward = Edge(join.left, join.right, join.columns, _FANS_OUT[join.cardinality])
        back = Edge(join.right, join.left, backwards, _FANS_OUT[_REVERSED[join.cardinality]])
        edges.setdefault(join.left, []).append(forward)
        edges.setdefault(join.right, []).append(back)
    return edges
