"""Plan expressions as SQL expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from datacraft.contracts.errors import InputError
from datacraft.contracts.plan import (
    Aggregate,
    Arithmetic,
    Bucket,
    ColumnRef,
    Constant,
    DateDiff,
    DatePartOf,
    DateTrunc,
    Expression,
    OutputRef,
    QueryPlan,
    ScalarPlan,
    Window,
)
from datacraft.contracts.semantic import ColumnType
from datacraft.sql.render import aggregates, windows
from datacraft.sql.render.dialects import cast, number
from datacraft.sql.render.operators import divide, grouped
from datacraft.sql.render.values import is_day, literal

if TYPE_CHECKING:
    from datacraft.sql.render.scope import Scope

_OPERATORS: dict[str, type[exp.Binary]] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul, "/": exp.Div}


def write(node: Expression, scope: Scope) -> exp.Expr:
    """Write an expression, none of which is known in `scope` as a whole."""
    dialect = scope.context.dialect
    match node:
        case ColumnRef():
            return scope.rows.column(node)
        case OutputRef():
            return scope.rows.output(node)
        case Constant(value=value):
            return literal(value, None, dialect)
        case Aggregate():
            return aggregates.write(node, scope)
        case Arithmetic():
            return _arithmetic(node, scope)
        case DateTrunc(unit=unit, argument=argument):
            return dialect.date_trunc(unit, moment(argument, scope), scope.type_of(argument))
        case DatePartOf(part=part, argument=argument):
            return dialect.date_part(part, moment(argument, scope))
        case DateDiff(unit=unit, start=start, end=end):
            return dialect.date_diff(unit, moment(start, scope), moment(end, scope))
        case Bucket(argument=argument, width=width):
            return _bucket(scope.expression(argument), width)
        case Window():
            return windows.write(node, scope)
        case ScalarPlan(plan=plan):
            return _single_value(plan, scope)


def _single_value(plan: QueryPlan, scope: Scope) -> exp.Expr:
    if len(plan.outputs) != 1:
        names = ", ".join(output.name for output in plan.outputs)
        raise InputError(
            f"The plan takes a single value from a plan with {len(plan.outputs)} outputs: {names}.",
            hint="Leave one output.",
        )
    return exp.Subquery(this=scope.context.query(plan))


def moment(node: Expression, scope: Scope) -> exp.Expr:
    """Write a date or time; text is read as one, and is null where it isn't one."""
    if isinstance(node, Constant):
        if is_day(node.value):
            return literal(node.value, ColumnType.DATE, scope.context.dialect)
        return cast(literal(node.value, ColumnType.TEXT, scope.context.dialect), exp.DType.TIMESTAMP)
    value = scope.expression(node)
    if scope.type_of(node) is not ColumnType.TEXT:
        return value
    return exp.TryCast(this=value, to=exp.DataType(this=exp.DType.TIMESTAMP, nested=False), safe=True)


def _arithmetic(node: Arithmetic, scope: Scope) -> exp.Expr:
    left, right = _number(node.left, scope), _number(node.right, scope)
    if node.operator == "/":
        return divide(left, right)
    if node.operator == "*":
        left = grouped(left, exp.Add, exp.Sub)
    return _OPERATORS[node.operator](this=left, expression=grouped(right, exp.Binary))


def _number(node: Expression, scope: Scope) -> exp.Expr:
    value = scope.expression(node)
    return cast(value, exp.DType.INT) if scope.type_of(node) is ColumnType.BOOLEAN else value


def _bucket(value: exp.Expr, width: float) -> exp.Expr:
    edge = repr(int(width)) if width == int(width) else repr(width)
    steps = divide(value, number(edge))
    return exp.Mul(this=exp.Floor(this=steps), expression=number(edge))
