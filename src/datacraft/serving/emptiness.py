"""Why a result is empty: which of the plan's filters left no rows, found by counting without each of them.

The counts go through the guard like everything else, and both their number and their time are bounded: what
is not found out in that time is not said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from datacraft.contracts.answer import Cell
from datacraft.contracts.errors import DataCraftError
from datacraft.contracts.plan import (
    Aggregate,
    AggregateFunction,
    ColumnRef,
    Output,
    Predicate,
    QueryPlan,
    TimeRange,
)
from datacraft.contracts.semantic import SemanticModel
from datacraft.serving.english import counted, listed
from datacraft.serving.explain import Explainer
from datacraft.sql.render.walk import flatten, tables_of

_ASKED = "datacraft_rows"  # the name of the counting plan's only output


def is_empty(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether a result says nothing: no rows, or the one row of nulls that aggregates of nothing give."""
    return not rows or (len(rows) == 1 and all(value is None for value in rows[0]))


@dataclass(frozen=True, slots=True)
class EmptyResult:
    """Finds out why a plan gave no rows.

    Attributes:
        count: runs a counting plan and returns its number; raises a `DataCraftError` where it can't.
        time_left: tells whether there is time for one more count.
        queries: how many counts may be run.
    """

    explainer: Explainer
    model: SemanticModel
    count: Callable[[QueryPlan], int]
    time_left: Callable[[], bool]
    queries: int

    def explain(self, plan: QueryPlan) -> str:
        """Return one sentence that says what left no rows, or that nothing matches where that stays open."""
        filters = list(flatten(plan.filters))
        clauses = [self.explainer.condition(plan, item) for item in filters]
        if not filters:
            return self._without_filters(plan)
        budget = _Budget(self)
        if plan.having and (budget.count(plan, filters) or 0) > 0:
            return f"Rows match, but for no group {self.explainer.thresholds(plan)}."
        if len(filters) == 1:
            return f"Nothing matches {clauses[0]}.{self._range(filters[0])}"
        return self._among(plan, filters, clauses, budget)

    def _among(self, plan: QueryPlan, filters: list[Predicate], clauses: list[str], budget: _Budget) -> str:
        """Say which of several filters matches nothing alone, or which must go for rows to be left."""
        freed: list[str] = []
        for position, clause in enumerate(clauses):
            rest = filters[:position] + filters[position + 1 :]
            left = budget.count(plan, rest)
            if left:
                freed.append(f"without “{clause}” there would be {counted(left, 'row')}")
                if not budget.count(plan, [filters[position]], otherwise=1):
                    return f"Nothing matches {clause}.{self._range(filters[position])} The other filters match {counted(left, 'row')}."
        if freed:
            return f"Nothing matches {listed(clauses)} together: {listed(freed, 'or')}."
        for position, clause in enumerate(clauses):
            if budget.count(plan, [filters[position]], otherwise=1) == 0:
                return f"Nothing matches {clause}, and the other filters leave nothing either.{self._range(filters[position])}"
        return f"Nothing matches {listed(clauses)} together."

    def _without_filters(self, plan: QueryPlan) -> str:
        if plan.having:
            return f"For no group {self.explainer.thresholds(plan)}."
        return "The data holds no rows for this."

    def _range(self, item: Predicate) -> str:
        """Say over which dates the data goes, where a period lies outside of them."""
        if not isinstance(item, TimeRange) or not isinstance(item.left, ColumnRef):
            return ""
        try:
            column = self.model.column(item.left.table, item.left.column)
        except KeyError:
            return ""
        if column.minimum is None or column.maximum is None:
            return ""
        return f" The data goes from {str(column.minimum)[:10]} to {str(column.maximum)[:10]}."


class _Budget:
    """Counts while there are queries and time left."""

    def __init__(self, result: EmptyResult) -> None:
        self._result = result
        self._left = result.queries

    def count(self, plan: QueryPlan, filters: list[Predicate], otherwise: int | None = None) -> int | None:
        """Return how many rows pass `filters`; `otherwise` where that can't be found out any more."""
        if self._left < 1 or not self._result.time_left():
            return otherwise
        self._left -= 1
        try:
            return self._result.count(counting_plan(plan, filters))
        except DataCraftError:  # the answer stands without this; the caller has logged it
            self._left = 0
            return otherwise


def counting_plan(plan: QueryPlan, filters: Sequence[Predicate]) -> QueryPlan:
    """Return the plan that counts the rows that `plan` would work on if it had these filters."""
    expressions = [output.expression for output in plan.outputs]
    grains = [e.grain for e in expressions if isinstance(e, Aggregate) and e.grain]
    grain = None
    if plan.source is None:
        grain = next(iter(grains), None) or plan.root or next(iter(tables_of(*expressions)), None)
    count = Aggregate(function=AggregateFunction.COUNT, grain=grain)
    return QueryPlan(
        root=plan.root,
        source=plan.source,
        outputs=(Output(name=_ASKED, expression=count),),
        joins=plan.joins,
        filters=tuple(filters),
    )
