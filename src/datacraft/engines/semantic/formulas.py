"""Named measures and filters are written as SQL over one table; here they become parts of a plan."""

from __future__ import annotations

from functools import lru_cache

from sqlglot import exp, parse_one

from datacraft.contracts.errors import ConfigError
from datacraft.contracts.plan import (
    Aggregate,
    AggregateFunction,
    AllOf,
    AnyOf,
    Arithmetic,
    Between,
    ColumnRef,
    Comparison,
    Constant,
    Expression,
    InValues,
    IsNull,
    Not,
    Predicate,
)

_AGGREGATES: dict[type[exp.Expr], AggregateFunction] = {
    exp.Sum: AggregateFunction.SUM,
    exp.Avg: AggregateFunction.AVG,
    exp.Min: AggregateFunction.MIN,
    exp.Max: AggregateFunction.MAX,
    exp.Median: AggregateFunction.MEDIAN,
    exp.Stddev: AggregateFunction.STDDEV,
}
_ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}
_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "!=", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<=",
}  # fmt: skip


@lru_cache(maxsize=1000)
def measure_expression(formula: str, table: str) -> Expression:
    """Return the expression of a named measure's formula.

    Raises:
        ConfigError: the formula uses something that a plan can't hold.
    """
    return _expression(parse_one(formula, dialect="duckdb"), table)


@lru_cache(maxsize=1000)
def filter_predicate(condition: str, table: str) -> Predicate:
    """Return the predicate of a named filter's condition.

    Raises:
        ConfigError: the condition uses something that a plan can't hold.
    """
    return _predicate(parse_one(condition, dialect="duckdb"), table)


def _unsupported(node: exp.Expr) -> ConfigError:
    return ConfigError(
        f"The semantic model's formula uses {node.sql(dialect='duckdb')!r}, which a named measure or filter can't hold.",
        hint="Use sum, avg, min, max, median, count, + - * /, comparisons, and, or, not, in, between, is null.",
    )


def _expression(node: exp.Expr, table: str) -> Expression:
    if isinstance(node, exp.Paren):
        return _expression(node.this, table)
    if isinstance(node, exp.Column):
        return ColumnRef(table=table, column=node.name)
    if isinstance(node, exp.Literal):
        return Constant(
            value=node.this if node.is_string else float(node.this) if "." in node.this else int(node.this)
        )
    if isinstance(node, exp.Boolean):
        return Constant(value=bool(node.this))
    if isinstance(node, exp.Neg):
        return Arithmetic(operator="-", left=Constant(value=0), right=_expression(node.this, table))
    if isinstance(node, exp.Count):
        return _count(node, table)
    for kind, function in _AGGREGATES.items():
        if isinstance(node, kind):
            return Aggregate(function=function, argument=_expression(node.this, table), grain=table)
    for kind, sign in _ARITHMETIC.items():
        if isinstance(node, kind):
            return Arithmetic(
                operator=sign, left=_expression(node.this, table), right=_expression(node.expression, table)
            )
    if isinstance(node, exp.Nullif):  # division by zero gives null anyway
        return _expression(node.this, table)
    raise _unsupported(node)


def _count(node: exp.Count, table: str) -> Expression:
    inner = node.this
    if isinstance(inner, exp.Distinct):
        return Aggregate(
            function=AggregateFunction.COUNT_DISTINCT,
            argument=_expression(inner.expressions[0], table),
            grain=table,
        )
    argument = None if inner is None or isinstance(inner, exp.Star) else _expression(inner, table)
    return Aggregate(function=AggregateFunction.COUNT, argument=argument, grain=table)


def _predicate(node: exp.Expr, table: str) -> Predicate:
    if isinstance(node, exp.Paren):
        return _predicate(node.this, table)
    if isinstance(node, exp.And):
        return AllOf(items=(_predicate(node.this, table), _predicate(node.expression, table)))
    if isinstance(node, exp.Or):
        return AnyOf(items=(_predicate(node.this, table), _predicate(node.expression, table)))
    if isinstance(node, exp.Not):
        return Not(item=_predicate(node.this, table))
    if isinstance(node, exp.Is):
        return IsNull(left=_expression(node.this, table))
    if isinstance(node, exp.Between):
        low, high = node.args["low"], node.args["high"]
        return Between(
            left=_expression(node.this, table), low=_expression(low, table), high=_expression(high, table)
        )
    if isinstance(node, exp.In):
        constants = tuple(_expression(value, table) for value in node.expressions)
        values = tuple(constant.value for constant in constants if isinstance(constant, Constant))
        return InValues(left=_expression(node.this, table), values=values)
    for kind, sign in _COMPARISONS.items():
        if isinstance(node, kind):
            return Comparison(
                left=_expression(node.this, table), operator=sign, right=_expression(node.expression, table)
            )
    if isinstance(node, exp.Column):
        return Comparison(left=_expression(node, table), operator="=", right=Constant(value=True))
    raise _unsupported(node)
