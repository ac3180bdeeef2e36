"""Single predicates as SQL conditions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from datacraft.contracts.plan import (
    Aggregate,
    AllOf,
    AnyOf,
    Between,
    ColumnRef,
    Comparison,
    Constant,
    Expression,
    InPlan,
    InValues,
    IsNull,
    Not,
    Output,
    OutputRef,
    Predicate,
    QueryPlan,
    TextMatch,
    TimeRange,
    Window,
)
from datacraft.contracts.semantic import ColumnType
from datacraft.sql.render.dialects import cast, text
from datacraft.sql.render.expressions import moment
from datacraft.sql.render.operators import all_of, any_of
from datacraft.sql.render.rows import TableRows
from datacraft.sql.render.values import is_day, literal
from datacraft.sql.render.walk import holds

if TYPE_CHECKING:
    from datacraft.sql.render.scope import Scope

_COMPARISONS: dict[str, type[exp.Binary]] = {
    "=": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}
_MIRRORED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def write(node: Predicate, scope: Scope) -> exp.Expr:
    """Write a predicate whose columns can all be read in `scope`."""
    match node:
        case Comparison():
            return _comparison(node, scope)
        case Between(left=left, low=low, high=high):
            value, (lower, upper) = _alike(left, (low, high), scope)
            return exp.Between(this=value, low=lower, high=upper)
        case InValues():
            return _in_values(node, scope)
        case InPlan():
            return _in_plan(node, scope)
        case IsNull(left=left, negated=negated):
            return is_not_null(scope.expression(left)) if negated else is_null(scope.expression(left))
        case TextMatch():
            return _text_match(node, scope)
        case TimeRange():
            return _time_range(node, scope)
        case AllOf(items=items):
            return all_of(write(item, scope) for item in items)
        case AnyOf(items=items):
            return any_of(write(item, scope) for item in items)
        case Not(item=item):
            holds = exp.Is(this=exp.Paren(this=write(item, scope)), expression=exp.Boolean(this=True))
            return exp.Not(this=holds)


def is_null(value: exp.Expr) -> exp.Expr:
    """Return `value IS NULL`."""
    return exp.Is(this=value, expression=exp.Null())


def is_not_null(value: exp.Expr) -> exp.Expr:
    """Return `NOT value IS NULL`."""
    return exp.Not(this=is_null(value))


def _comparison(node: Comparison, scope: Scope) -> exp.Expr:
    left, right = node.left, node.right
    operator: str = node.operator
    if isinstance(left, Constant) and not isinstance(right, Constant):
        left, operator, right = right, _MIRRORED[operator], left
    if isinstance(right, Constant) and right.value is None and operator in ("=", "!="):
        value = scope.expression(left)
        return is_null(value) if operator == "=" else is_not_null(value)
    value, (other,) = _alike(left, (right,), scope)
    return _COMPARISONS[operator](this=value, expression=other)


def _alike(left: Expression, others: Sequence[Expression], scope: Scope) -> tuple[exp.Expr, list[exp.Expr]]:
    """Write `left` and what it is compared with so that they compare: constants take its type.

    A moment that is compared with whole days is compared by its day, so that "on" and "up to" a day mean
    all of it.
    """
    kind = scope.type_of(left)
    values = [other.value for other in others if isinstance(other, Constant)]
    by_day = kind is ColumnType.TIMESTAMP and bool(values) and all(map(is_day, values))
    value = scope.expression(left)
    if by_day:
        value, kind = cast(value, exp.DType.DATE), ColumnType.DATE
    dialect = scope.context.dialect
    written = [
        literal(other.value, kind, dialect) if isinstance(other, Constant) else scope.expression(other)
        for other in others
    ]
    return value, written


def _in_values(node: InValues, scope: Scope) -> exp.Expr:
    there = [Constant(value=value) for value in node.values if value is not None]
    with_null = len(there) < len(node.values)
    if not there:
        value = scope.expression(node.left)
        return is_not_null(value) if node.negated else is_null(value)
    value, written = _alike(node.left, there, scope)
    one_of: exp.Expr
    if len(written) == 1:
        compare = exp.NEQ if node.negated else exp.EQ
        one_of = compare(this=value, expression=written[0])
    else:
        one_of = exp.In(this=value, expressions=written)
        one_of = exp.Not(this=one_of) if node.negated else one_of
    if with_null == node.negated:
        return one_of  # `x NOT IN (...)` alone leaves nulls out, as it should when null is one of the values
    return any_of([one_of, is_null(scope.expression(node.left))])


def _text_match(node: TextMatch, scope: Scope) -> exp.Expr:
    value = scope.expression(node.left)
    if scope.type_of(node.left) not in (ColumnType.TEXT, None):
        value = cast(value, exp.DType.TEXT)
    if node.mode == "equals":
        compare = exp.NEQ if node.negated else exp.EQ
        matches: exp.Expr = compare(this=exp.Lower(this=value), expression=text(node.value.lower()))
    else:
        matches = scope.context.dialect.text_match(node, value)
        matches = exp.Not(this=matches) if node.negated else matches
    if not node.negated:
        return matches
    return any_of([matches, is_null(scope.expression(node.left))])


def _time_range(node: TimeRange, scope: Scope) -> exp.Expr:
    kind = scope.type_of(node.left)
    kind = ColumnType.DATE if kind is ColumnType.DATE else ColumnType.TIMESTAMP

    def bound(day: dt.date) -> exp.Expr:
        return literal(day, kind, scope.context.dialect)

    parts: list[exp.Expr] = []
    if node.start is not None:
        parts.append(exp.GTE(this=moment(node.left, scope), expression=bound(node.start)))
    if node.end is not None:
        parts.append(exp.LT(this=moment(node.left, scope), expression=bound(node.end)))
    if not parts:
        return is_not_null(moment(node.left, scope))
    return all_of(parts)


def _in_plan(node: InPlan, scope: Scope) -> exp.Expr:
    query = scope.context.query(_membership(node.plan, without_nulls=node.negated))
    among = exp.In(this=scope.expression(node.left), query=exp.Subquery(this=query))
    if not node.negated:
        return among
    # Neither side's nulls may decide: one on the right would make NOT IN unknown for every row, and one on
    # the left is among nothing, so that its row stays.
    outside = exp.Not(this=among)
    if _is_key(node.left, scope):
        return outside
    return any_of([outside, is_null(scope.expression(node.left))])


def _membership(plan: QueryPlan, *, without_nulls: bool) -> QueryPlan:
    """Return a plan with nothing but the first output of `plan`."""
    first = plan.outputs[0]
    if len(plan.outputs) == 1 and not without_nulls:
        return plan
    is_plain = not (plan.combine or plan.limit or holds(first.expression, (Aggregate, Window)))
    if len(plan.outputs) == 1 and is_plain:
        there = IsNull(left=first.expression, negated=True)
        return plan.model_copy(update={"filters": (*plan.filters, there)})
    reference = OutputRef(name=first.name)
    return QueryPlan(
        source=plan,
        outputs=(Output(name=first.name, expression=reference),),
        filters=(IsNull(left=reference, negated=True),) if without_nulls else (),
    )


def _is_key(node: Expression, scope: Scope) -> bool:
    """Whether `node` is the primary key of the rows, which is never null."""
    if not (isinstance(node, ColumnRef) and isinstance(scope.rows, TableRows)):
        return False
    key = scope.context.schema.table(node.table).primary_key
    return node.table == scope.rows.start and node.column in key
