"""A whole plan in words: what is computed, by what, where, which groups, in which order, how many."""

from __future__ import annotations

from dataclasses import replace

from datacraft.contracts.plan import (
    Aggregate,
    Arithmetic,
    ColumnRef,
    DatePartOf,
    DateTrunc,
    Order,
    Output,
    OutputRef,
    Predicate,
    QueryPlan,
    ScalarPlan,
    SetOperation,
    TimeRange,
    Window,
)
from datacraft.contracts.semantic import ColumnType, SemanticModel
from datacraft.serving.english import listed, plural_phrase, spoken
from datacraft.serving.explain.expressions import Expressions, Scope
from datacraft.serving.explain.names import Names
from datacraft.serving.explain.predicates import Predicates, say_period
from datacraft.serving.outline import sorts_by
from datacraft.sql.render.walk import flatten, holds, tables_of

_DATES = frozenset({ColumnType.DATE, ColumnType.TIMESTAMP})
_COMBINED = {"union": "together with", "intersect": "only those also among", "except": "without those among"}


class Plans:
    """Says plans in words. One instance serves a whole semantic model."""

    def __init__(self, model: SemanticModel) -> None:
        self.names = Names(model)
        self._model = model
        self._expressions = Expressions(self.names)
        self._predicates = Predicates(self._expressions)

    def say(self, plan: QueryPlan) -> str:
        """Return `plan` as one phrase that starts in lower case and has no full stop."""
        rows = self._row_scope(plan)
        result = self._result_scope(plan, rows)
        said = self._subject(plan, rows) + self._filters(plan, rows)
        if plan.source is not None:
            said += f", from [{self.say(plan.source)}]"
        if plan.having:
            said += f"; only where {self._predicates.say_all(plan.having, result)}"
        said += self._cut(plan, result)
        return said + "".join(self._combined(operation) for operation in plan.combine)

    def members(self, plan: QueryPlan) -> str:
        """Return what the values of the plan's first output are: "customers whose number of orders is 1"."""
        key = plan.outputs[0].expression
        if (
            plan.source is not None
            or plan.combine
            or holds(key, Aggregate)
            or not (plan.having or plan.limit)
        ):
            return self.say(plan)
        rows = self._row_scope(plan)
        result = self._result_scope(plan, rows)
        said = plural_phrase(self._group(plan.outputs[0], rows)) + self._filters(plan, rows)
        if plan.having:
            said += f" whose {self._predicates.say_all(plan.having, result)}"
        return said + self._cut(plan, result)

    def condition(self, plan: QueryPlan, predicate: Predicate) -> str:
        """Return one of the plan's filters in words."""
        return self._predicates.say(predicate, self._row_scope(plan))

    def conditions(self, plan: QueryPlan, predicates: tuple[Predicate, ...]) -> str:
        """Return conditions on the plan's groups in words."""
        return self._predicates.say_all(predicates, self._result_scope(plan, self._row_scope(plan)))

    def _row_scope(self, plan: QueryPlan) -> Scope:
        """What references mean in filters and outputs: the outputs of the source."""
        if plan.source is None:
            return self._scope({}, {})
        source = self._row_scope(plan.source)
        return self._result_scope(plan.source, source)

    def _result_scope(self, plan: QueryPlan, rows: Scope) -> Scope:
        """What references mean in `having` and `order`: this plan's own outputs."""
        labels = {output.name: self._label(output, rows) for output in plan.outputs}
        units = {
            output.name: output.unit or self._expressions.unit(output.expression, rows)
            for output in plan.outputs
        }
        scope = self._scope({**rows.labels, **labels}, {**rows.units, **units})
        named = tuple((o.expression, o.label) for o in plan.outputs if _is_named(o))
        return replace(scope, named=named)

    def _scope(self, labels: dict[str, str], units: dict[str, str | None]) -> Scope:
        say_all = self._predicates.say_all
        return Scope(plan=self.say, members=self.members, conditions=say_all, labels=labels, units=units)

    def _label(self, output: Output, scope: Scope) -> str:
        """Return what an output goes by once it has been told: its name only where it was told with it."""
        return output.label if _is_named(output) else self._expressions.say(output.expression, scope)

    def _subject(self, plan: QueryPlan, scope: Scope) -> str:
        labels = {output.name: output.label or spoken(output.name) for output in plan.outputs}
        scope = self._scope({**labels, **scope.labels}, dict(scope.units))
        measures = [o for o in plan.outputs if holds(o.expression, (Aggregate, Window))]
        groups = [o for o in plan.outputs if o not in measures]
        grouped = any(holds(o.expression, Aggregate) for o in measures)
        if grouped:
            said = listed([self._measure(o, scope) for o in measures])
            return f"{said} by {listed([self._group(o, scope) for o in groups])}" if groups else said
        said = listed([self._measure(o, scope) for o in plan.outputs])
        if plan.distinct:
            said = f"every different {said}"
        things = self._things(plan)
        return f"{said} of {things}" if things else said

    def _things(self, plan: QueryPlan) -> str | None:
        if plan.source is not None:
            return None
        table = plan.root or next(iter(tables_of(*(o.expression for o in plan.outputs))), None)
        return self.names.entities(table) if table else None

    def _measure(self, output: Output, scope: Scope) -> str:
        """Say a measure by what is computed, with its name in front where that alone would be long-winded."""
        said = self._expressions.say(output.expression, scope)
        return f"{output.label} ({said})" if _is_named(output) and output.label != said else said

    def _group(self, output: Output, scope: Scope) -> str:
        """Say what is grouped by; the key of a thing stands for the thing."""
        thing = self.names.thing(output.expression) if isinstance(output.expression, ColumnRef) else None
        return thing or self._expressions.say(output.expression, scope)

    def _filters(self, plan: QueryPlan, scope: Scope) -> str:
        filters = list(flatten(plan.filters))
        periods = [f for f in filters if isinstance(f, TimeRange)]
        others = [f for f in filters if not isinstance(f, TimeRange)]
        said = " and".join(self._period(period, scope) for period in periods)
        return f"{said} where {self._predicates.say_all(others, scope)}" if others else said

    def _period(self, period: TimeRange, scope: Scope) -> str:
        if isinstance(period.left, ColumnRef) and self._is_only_date(period.left):
            return f" {say_period(period)}"
        return f" with {self._expressions.say(period.left, scope)} {say_period(period)}"

    def _is_only_date(self, ref: ColumnRef) -> bool:
        """Whether its table has no other date that a period could mean."""
        table = next((t for t in self._model.tables if t.name == ref.table), None)
        dates = [c.name for c in table.columns if c.type in _DATES] if table else []
        return dates == [ref.column]

    def _cut(self, plan: QueryPlan, scope: Scope) -> str:
        own = {output.name: output.expression for output in plan.outputs}
        keys = tuple(
            Order(expression=own.get(key.expression.name, key.expression), descending=key.descending)
            if isinstance(key.expression, OutputRef)
            else key
            for key in plan.order
        )
        order = self._expressions.orders(keys, scope) if keys else ""
        if plan.limit is None:
            return f"; sorted by {order}" if order and not self._is_natural(plan) else ""
        said = "; the first" + (f" {plan.limit:,}" if plan.limit > 1 else "")
        if plan.limit_per:
            said += f" in each {listed([scope.labels.get(name) or spoken(name) for name in plan.limit_per])}"
        said += f" by {order}" if order else ""
        return said + (", ties included" if plan.with_ties else "")

    def _is_natural(self, plan: QueryPlan) -> bool:
        """Whether the rows simply come in the order of time, which needs no word."""
        times = [output for output in plan.outputs if isinstance(output.expression, DateTrunc | DatePartOf)]
        return all(
            not key.descending and any(sorts_by(key, output) for output in times) for key in plan.order[:1]
        )

    def _combined(self, operation: SetOperation) -> str:
        return f"; {_COMBINED[operation.operator]} [{self.say(operation.plan)}]"


def _is_named(output: Output) -> bool:
    """Whether the output's own name says more than its long-winded expression."""
    return bool(output.label) and isinstance(output.expression, Arithmetic | ScalarPlan)
