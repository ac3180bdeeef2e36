"""AND, OR and division, with no more parentheses than a reader needs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from sqlglot import exp


def all_of(parts: Iterable[exp.Expr]) -> exp.Expr:
    """Return the conjunction of one or more conditions."""
    return _joined(exp.And, exp.Or, list(parts))


def any_of(parts: Iterable[exp.Expr]) -> exp.Expr:
    """Return the disjunction of one or more conditions."""
    return _joined(exp.Or, exp.And, list(parts))


def _joined(kind: type[exp.Connector], grouped: type[exp.Connector], parts: list[exp.Expr]) -> exp.Expr:
    if len(parts) == 1:
        return parts[0]
    operands = (exp.Paren(this=part) if isinstance(part, grouped) else part for part in parts)
    return reduce(lambda left, right: kind(this=left, expression=right), operands)


def divide(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """Return `left / right`; null where `right` is zero. Both dialects' `/` keeps fractions."""
    if not (isinstance(right, exp.Literal) and float(right.this) != 0):
        right = exp.Nullif(this=right, expression=exp.Literal(this="0", is_string=False))
    return exp.Div(this=grouped(left, exp.Add, exp.Sub), expression=right, typed=False, safe=False)


def grouped(value: exp.Expr, *kinds: type[exp.Expr]) -> exp.Expr:
    """Return `value`, in parentheses when it is one of `kinds`."""
    return exp.Paren(this=value) if isinstance(value, kinds) else value
