"""`Outline`: what a query does with its rows, as far as charts and sentences are concerned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datacraft.contracts.plan import Aggregate, Order, Output, OutputRef, QueryPlan, Window
from datacraft.sql.render.walk import holds


@dataclass(frozen=True, slots=True)
class Outline:
    """The shape of a query, whether a plan or SQL says it.

    Attributes:
        order: the sort keys; each is the place of an output, or None where it is none, and whether it descends.
        limit: of the rows; None without one.
        grouped: some output is an aggregate.
        nested: the rows come from another query, so that what they are is not known.
        distinct: equal rows are one.
        windows: places of outputs that are computed over the rows of the result.
    """

    order: tuple[tuple[int | None, bool], ...] = ()
    limit: int | None = None
    grouped: bool = False
    nested: bool = False
    distinct: bool = False
    windows: frozenset[int] = frozenset()

    def main_measure(self, places: Sequence[int]) -> int:
        """Return which of the measures at `places` a result is about: what it is sorted by, compares, or shows first.

        Args:
            places: of measures among the outputs; at least one.
        """
        for place, _ in self.order:
            if place is not None and place in places:
                return place
        compared = [place for place in places if place in self.windows]
        return (compared or list(places))[0]

    def descending(self, place: int) -> bool | None:
        """Return whether the rows come highest first in an output; None where they are not sorted by it first."""
        if not self.order or self.order[0][0] != place:
            return None
        return self.order[0][1]


def outline_of(plan: QueryPlan) -> Outline:
    """Return the outline of a plan."""
    return Outline(
        order=tuple((_place(key, plan.outputs), key.descending) for key in plan.order),
        limit=plan.limit,
        grouped=any(holds(output.expression, Aggregate) for output in plan.outputs),
        nested=plan.source is not None,
        distinct=plan.distinct,
        windows=frozenset(
            place for place, output in enumerate(plan.outputs) if isinstance(output.expression, Window)
        ),
    )


def sorts_by(key: Order, output: Output) -> bool:
    """Whether a sort key is that output, by its name or its expression."""
    return key.expression in (output.expression, OutputRef(name=output.name))


def _place(key: Order, outputs: Sequence[Output]) -> int | None:
    return next((place for place, output in enumerate(outputs) if sorts_by(key, output)), None)
