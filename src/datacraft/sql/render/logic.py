"""Conditions joined by AND and OR, with no more parentheses than a reader needs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from sqlglot import exp


def all_of(parts: Iterable[exp.Expr]) -> exp.Expr:
    """Return the conjunction of one or more conditions."""
    return reduce(
        lambda left, right: exp.And(this=left, expression=right),
        (exp.Paren(this=part) if isinstance(part, exp.Or) else part for part in parts),
    )


def any_of(parts: Iterable[exp.Expr]) -> exp.Expr:
    """Return the disjunction of one or more conditions."""
    return reduce(
        lambda left, right: exp.Or(this=left, expression=right),
        (exp.Paren(this=part) if isinstance(part, exp.And) else part for part in parts),
    )
