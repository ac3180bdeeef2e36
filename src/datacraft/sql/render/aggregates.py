"""Aggregates as SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlglot import exp

from datacraft.contracts.errors import InputError
from datacraft.contracts.plan import Aggregate, AggregateFunction, Expression
from datacraft.contracts.semantic import ColumnType
from datacraft.sql.render.dialects import cast
from datacraft.sql.render.operators import all_of, divide

if TYPE_CHECKING:
    from datacraft.sql.render.scope import Scope

_SIMPLE: dict[AggregateFunction, type[exp.Func]] = {
    AggregateFunction.SUM: exp.Sum,
    AggregateFunction.AVG: exp.Avg,
    AggregateFunction.MIN: exp.Min,
    AggregateFunction.MAX: exp.Max,
    AggregateFunction.STDDEV: exp.Stddev,
    AggregateFunction.VARIANCE: exp.Variance,
}
_SET_VALUED = frozenset({AggregateFunction.MIN, AggregateFunction.MAX, AggregateFunction.COUNT_DISTINCT})
_KEEPS_BOOLEAN = _SET_VALUED | {AggregateFunction.COUNT}
COUNTS = frozenset({AggregateFunction.COUNT, AggregateFunction.COUNT_DISTINCT})


def is_insensitive(node: Aggregate) -> bool:
    """Whether rows that occur several times leave the aggregate's value as it is."""
    return node.function in _SET_VALUED


def write(node: Aggregate, scope: Scope) -> exp.Expr:
    """Write an aggregate over the rows of `scope`.

    Raises:
        InputError: the aggregate lacks something that its function needs.
    """
    condition = scope.condition(node.where)
    if node.function is AggregateFunction.COUNT:
        return _count(node, scope, condition)
    if node.argument is None:
        raise InputError(f"The plan's aggregate `{node.function}` has no argument.", hint="Say of what.")
    if node.weight is not None:
        return _weighted_average(node, node.argument, node.weight, scope)
    return _apply(_builder(node, scope), _argument(node, node.argument, scope), condition, scope)


def _apply(
    build: Callable[[exp.Expr], exp.Expr],
    argument: exp.Expr,
    condition: exp.Expr | None,
    scope: Scope,
) -> exp.Expr:
    if condition is None:
        return build(argument)
    return scope.context.dialect.only_where(build, argument, condition)


def _builder(node: Aggregate, scope: Scope) -> Callable[[exp.Expr], exp.Expr]:
    dialect = scope.context.dialect
    match node.function:
        case AggregateFunction.COUNT_DISTINCT:
            return _count_distinct
        case AggregateFunction.MEDIAN:
            return lambda value: dialect.percentile(value, 0.5)
        case AggregateFunction.PERCENTILE:
            fraction = node.fraction
            if fraction is None:
                raise InputError("The plan's percentile has no `fraction`.", hint="0.9 is the 90th.")
            return lambda value: dialect.percentile(value, fraction)
        case AggregateFunction.CORRELATION:
            if node.second is None:
                raise InputError("The plan's correlation has no `second` variable.", hint="Say with what.")
            second = scope.expression(node.second)
            return lambda value: exp.Corr(this=value, expression=second)
        case simple:
            return lambda value: _SIMPLE[simple](this=value)


def _argument(node: Aggregate, argument: Expression, scope: Scope) -> exp.Expr:
    value = scope.expression(argument)
    if node.function not in _KEEPS_BOOLEAN and scope.type_of(argument) is ColumnType.BOOLEAN:
        return cast(value, exp.DType.INT)
    return value


def _count(node: Aggregate, scope: Scope, condition: exp.Expr | None) -> exp.Expr:
    if scope.row_key is not None:
        return _apply(_count_distinct, scope.expression(scope.row_key), condition, scope)
    counted = exp.Star() if node.argument is None else scope.expression(node.argument)
    return _apply(lambda value: exp.Count(this=value, big_int=True), counted, condition, scope)


def _count_distinct(value: exp.Expr) -> exp.Expr:
    return exp.Count(this=exp.Distinct(expressions=[value]), big_int=True)


def _weighted_average(node: Aggregate, argument: Expression, weight: Expression, scope: Scope) -> exp.Expr:
    """Write sum(x * w) / sum(w), the weights of rows without an x left out."""
    product = exp.Mul(
        this=exp.Paren(this=scope.expression(argument)), expression=exp.Paren(this=scope.expression(weight))
    )
    total = _apply(lambda value: exp.Sum(this=value), product, scope.condition(node.where), scope)
    there = exp.Not(this=exp.Is(this=scope.expression(argument), expression=exp.Null()))
    condition = scope.condition(node.where)
    counted = there if condition is None else all_of([condition, there])
    weights = _apply(lambda value: exp.Sum(this=value), scope.expression(weight), counted, scope)
    return divide(total, weights)
