"""Comparisons of an expression with a number, as they are said or denied."""

from __future__ import annotations

from datacraft.contracts.plan import Between, Comparison, Constant, Expression, Not, Predicate
from datacraft.engines.semantic.frame import Condition

FLIP = {"gt": "le", "ge": "lt", "lt": "ge", "le": "gt", "eq": "ne", "ne": "eq"}
_SIGNS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "eq": "=", "ne": "!="}


def sign_of(condition: Condition) -> str:
    """Return the sign of a comparison, turned round where it is denied."""
    return _SIGNS[FLIP[condition.operator] if condition.negated else condition.operator]


def compared_with(left: Expression, condition: Condition, negated: bool, percent: bool = False) -> Predicate:
    """Return the comparison of an expression with the number or the range of a condition."""
    assert condition.number is not None
    low = _number(condition.number.value, condition.number.unit, percent)
    if condition.operator == "between" and condition.upper is not None:
        made: Predicate = Between(
            left=left,
            low=low,
            high=_number(condition.upper.value, condition.upper.unit or condition.number.unit, percent),
        )
        return Not(item=made) if negated else made
    operator = FLIP[condition.operator] if negated else condition.operator
    return Comparison(left=left, operator=_SIGNS[operator], right=low)


def _number(value: float | int, unit: str, percent: bool) -> Constant:
    """A percentage is kept as a fraction where the column's unit is "%"."""
    return Constant(value=value / 100 if percent and unit == "%" else value)
