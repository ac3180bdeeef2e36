"""Conditions of a plan in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from datacraft.contracts.plan import (
    AllOf,
    AnyOf,
    Between,
    Comparison,
    Constant,
    Expression,
    InPlan,
    InValues,
    IsNull,
    Not,
    Predicate,
    TextMatch,
    TimeRange,
)
from datacraft.serving.english import listed
from datacraft.serving.explain.expressions import Expressions, Scope, say_part, say_value

_COMPARED = {
    "=": "is",
    "!=": "is not",
    "<": "is below",
    "<=": "is at most",
    ">": "is above",
    ">=": "is at least",
}
_COMPARED_MOMENTS = {"<": "is before", "<=": "is not after", ">": "is after", ">=": "is not before"}
_MATCHED = {"equals": "is", "contains": "contains", "starts_with": "starts with", "ends_with": "ends with"}
_NOT_MATCHED = {
    "equals": "is not",
    "contains": "does not contain",
    "starts_with": "does not start with",
    "ends_with": "does not end with",
}
_LINKS = (
    "in ",
    "on ",
    "since ",
    "from ",
    "before ",
    "after ",
    "until ",
    "between ",
    "during ",
    "up to ",
    "to ",
)


class Predicates:
    """Says conditions in words."""

    def __init__(self, expressions: Expressions) -> None:
        self._expressions = expressions

    def say_all(self, items: Sequence[Predicate], scope: Scope) -> str:
        """Return conditions that all hold: "region is East and sales is above 100"."""
        return " and ".join(self._inner(item, scope, AnyOf) for item in items)

    def say(self, node: Predicate, scope: Scope) -> str:
        """Return a condition as a clause: "region is East"."""
        match node:
            case Comparison():
                return self._comparison(node, scope)
            case Between(left=left, low=low, high=high):
                ends = f"{self._value(low, left, scope)} and {self._value(high, left, scope)}"
                return f"{self._subject(left, scope)} is between {ends}"
            case InValues():
                return self._in_values(node, scope)
            case InPlan(left=left, plan=plan, negated=negated):
                link = "is not among" if negated else "is among"
                return f"{self._subject(left, scope)} {link} [{scope.members(plan)}]"
            case IsNull(left=left, negated=negated):
                return f"{self._subject(left, scope)} is {'not ' if negated else ''}missing"
            case TextMatch(left=left, mode=mode, value=value, negated=negated):
                link = (_NOT_MATCHED if negated else _MATCHED)[mode]
                return f'{self._subject(left, scope)} {link} "{value}"'
            case TimeRange(left=left):
                return f"{self._subject(left, scope)} is {say_period(node)}"
            case AllOf(items=items):
                return " and ".join(self._inner(item, scope, AnyOf) for item in items)
            case AnyOf(items=items):
                return " or ".join(self._inner(item, scope, AllOf) for item in items)
            case Not(item=item):
                return f"not ({self.say(item, scope)})"

    def _inner(self, node: Predicate, scope: Scope, bracketed: type[AllOf] | type[AnyOf]) -> str:
        said = self.say(node, scope)
        return f"({said})" if isinstance(node, bracketed) and len(node.items) > 1 else said

    def _comparison(self, node: Comparison, scope: Scope) -> str:
        words = _COMPARED[node.operator]
        if self._expressions.is_moment(node.left) or self._expressions.is_moment(node.right):
            words = _COMPARED_MOMENTS.get(node.operator, words)
        return f"{self._subject(node.left, scope)} {words} {self._value(node.right, node.left, scope)}"

    def _in_values(self, node: InValues, scope: Scope) -> str:
        unit = self._expressions.unit(node.left, scope)
        values = [say_part(node.left, value) or say_value(value, unit) for value in node.values]
        subject = self._subject(node.left, scope)
        if len(values) == 1:
            return f"{subject} {'is not' if node.negated else 'is'} {values[0]}"
        return f"{subject} is {'none of' if node.negated else 'one of'} {listed(values, 'or')}"

    def _subject(self, node: Expression, scope: Scope) -> str:
        return self._expressions.say(node, scope)

    def _value(self, node: Expression, beside: Expression, scope: Scope) -> str:
        """Say the right side of a comparison; a constant gets the unit of what it is compared with."""
        if isinstance(node, Constant):
            return say_part(beside, node.value) or say_value(
                node.value, self._expressions.unit(beside, scope)
            )
        return self._expressions.say(node, scope)


def say_period(node: TimeRange) -> str:
    """Return a period with its dates: "in 2021", "in the last 3 months (from 2014-10-01 to 2014-12-31)"."""
    dates = _dates(node)
    ends = [str(end) for end in (node.start, _last_day(node)) if end is not None]
    if not node.label or all(end in node.label for end in ends):
        return dates
    link = "" if node.label.lower().startswith(_LINKS) else "from " if " to " in node.label else "in "
    return f"{link}{node.label}" if _says_it_all(node) else f"{link}{node.label} ({dates})"


def _last_day(node: TimeRange) -> dt.date | None:
    """Return the last day that counts; the range's own end is exclusive."""
    return node.end - dt.timedelta(days=1) if node.end is not None and node.end > dt.date.min else node.end


def _dates(node: TimeRange) -> str:
    last = _last_day(node)
    if node.start is not None and last is not None:
        return f"on {node.start}" if node.start == last else f"from {node.start} to {last}"
    if node.start is not None:
        return f"from {node.start} on"
    return f"up to {last}" if last is not None else "at any time"


def _says_it_all(node: TimeRange) -> bool:
    """Whether the label is the very calendar year that the dates span."""
    year = node.label.strip()
    if not (len(year) == 4 and year.isascii() and year.isdigit() and 1 <= int(year) < dt.MAXYEAR):
        return False
    return node.start == dt.date(int(year), 1, 1) and node.end == dt.date(int(year) + 1, 1, 1)
