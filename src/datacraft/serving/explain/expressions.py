"""Expressions of a plan in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from datacraft.contracts.plan import (
    Aggregate,
    AggregateFunction,
    Arithmetic,
    Bucket,
    ColumnRef,
    Constant,
    DateDiff,
    DatePart,
    DatePartOf,
    DateTrunc,
    Expression,
    Order,
    OutputRef,
    Predicate,
    QueryPlan,
    Scalar,
    ScalarPlan,
    Window,
    WindowFunction,
)
from datacraft.contracts.semantic import ColumnType
from datacraft.serving.english import listed, plural_phrase, spoken
from datacraft.serving.explain.names import Names
from datacraft.serving.formats import format_exact, format_moment, part_name

_AGGREGATES = {
    AggregateFunction.SUM: "total",
    AggregateFunction.AVG: "average",
    AggregateFunction.MIN: "lowest",
    AggregateFunction.MAX: "highest",
    AggregateFunction.MEDIAN: "median",
    AggregateFunction.STDDEV: "standard deviation of",
    AggregateFunction.VARIANCE: "variance of",
}
_OPERATORS = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}
_WINDOWS = {
    WindowFunction.RUNNING_TOTAL: "running total of {of}",
    WindowFunction.MOVING_AVERAGE: "moving average of {of}",
    WindowFunction.PREVIOUS: "previous {of}",
    WindowFunction.CHANGE: "change of {of}",
    WindowFunction.GROWTH: "growth of {of}",
    WindowFunction.SHARE: "share of {of}",
    WindowFunction.RANK: "rank",
    WindowFunction.ROW_NUMBER: "row number",
    WindowFunction.PARTITION_AVG: "average of {of}",
    WindowFunction.PARTITION_MAX: "highest of {of}",
}
_AGAINST_BEFORE = frozenset({WindowFunction.PREVIOUS, WindowFunction.CHANGE, WindowFunction.GROWTH})
_PARTS = {
    DatePart.WEEK: "week number",
    DatePart.DAY: "day of the month",
    DatePart.DAY_OF_YEAR: "day of the year",
    DatePart.HOUR: "hour of the day",
    DatePart.MONTH_NAME: "month",
    DatePart.WEEKDAY_NAME: "weekday",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What references to outputs mean at one place of a plan.

    Attributes:
        labels: of the outputs that may be referred to.
        units: of those outputs, where they have one.
        named: expressions that have been told before, with the name that they go by now.
        plan: describes a plan that an expression holds.
        members: describes the values of a plan's first output, which a predicate looks among.
        conditions: describes predicates that an aggregate holds.
    """

    plan: Callable[[QueryPlan], str]
    members: Callable[[QueryPlan], str]
    conditions: Callable[[tuple[Predicate, ...], Scope], str]
    labels: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str | None] = field(default_factory=dict)
    named: tuple[tuple[Expression, str], ...] = ()


class Expressions:
    """Says expressions in words. One instance serves a whole semantic model."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def say(self, node: Expression, scope: Scope) -> str:
        """Return `node` in words, without an article: "total sales", "month of order date"."""
        for known, name in scope.named:
            if known == node:
                return name
        match node:
            case ColumnRef():
                return self.names.column(node)
            case Constant(value=value):
                return say_value(value)
            case OutputRef(name=name):
                return scope.labels.get(name) or spoken(name)
            case Aggregate():
                return self._aggregate(node, scope)
            case Arithmetic(operator=operator, left=left, right=right):
                return f"{self._part(left, scope)} {_OPERATORS[operator]} {self._part(right, scope)}"
            case DateTrunc(unit=unit, argument=argument):
                return f"{unit.value} of {self.say(argument, scope)}"
            case DatePartOf(part=part, argument=argument):
                return f"{_PARTS.get(part, part.value)} of {self.say(argument, scope)}"
            case DateDiff(unit=unit, start=start, end=end):
                return f"{unit.value}s from {self.say(start, scope)} to {self.say(end, scope)}"
            case Bucket(argument=argument, width=width):
                return f"{self.say(argument, scope)} in steps of {format_exact(width, self.unit(argument, scope))}"
            case Window():
                return self._window(node, scope)
            case ScalarPlan(plan=plan):
                return f"the {scope.plan(plan)}"

    def unit(self, node: Expression, scope: Scope) -> str | None:
        """Return the unit in which a value that is compared with `node` should be written."""
        match node:
            case ColumnRef():
                details = self.names.details(node)
                return details.unit if details and details.type in _NUMBERS else None
            case OutputRef(name=name):
                return scope.units.get(name)
            case Aggregate(function=function, argument=argument) if argument is not None:
                return None if function in _UNITLESS else self.unit(argument, scope)
            case Bucket(argument=argument):
                return self.unit(argument, scope)
            case DateDiff(unit=unit):
                return f"{unit.value}s"
            case Window(function=WindowFunction.SHARE | WindowFunction.GROWTH):
                return "%"
            case Window(function=WindowFunction.RANK | WindowFunction.ROW_NUMBER):
                return None
            case Window(argument=argument) if argument is not None:
                return self.unit(argument, scope)
            case _:
                return None

    def is_moment(self, node: Expression) -> bool:
        """Whether the value is a date or a time, so that words like "earliest" and "before" fit."""
        match node:
            case ColumnRef():
                details = self.names.details(node)
                return details is not None and details.type in (ColumnType.DATE, ColumnType.TIMESTAMP)
            case Constant(value=value):
                return isinstance(value, dt.date)
            case DateTrunc():
                return True
            case Aggregate(function=AggregateFunction.MIN | AggregateFunction.MAX, argument=argument):
                return argument is not None and self.is_moment(argument)
            case _:
                return False

    def orders(self, keys: tuple[Order, ...], scope: Scope) -> str:
        """Return sort keys in words: "total sales (highest first)"."""
        return listed([f"{self.say(key.expression, scope)} ({self._direction(key)})" for key in keys])

    def _direction(self, key: Order) -> str:
        if self.is_moment(key.expression) or isinstance(key.expression, DatePartOf):
            return "latest first" if key.descending else "earliest first"
        text = isinstance(key.expression, ColumnRef) and not self._is_number(key.expression)
        if text:
            return "Z to A" if key.descending else "A to Z"
        return "highest first" if key.descending else "lowest first"

    def _is_number(self, ref: ColumnRef) -> bool:
        details = self.names.details(ref)
        return details is None or details.type is not ColumnType.TEXT

    def _part(self, node: Expression, scope: Scope) -> str:
        said = self.say(node, scope)
        return f"({said})" if isinstance(node, Arithmetic) else said

    def _aggregate(self, node: Aggregate, scope: Scope) -> str:
        said = self._computed(node, scope)
        if node.weight is not None:
            said = f"{said} weighted by {self.say(node.weight, scope)}"
        if node.where:
            said = f"{said} (only where {scope.conditions(node.where, scope)})"
        return said

    def _computed(self, node: Aggregate, scope: Scope) -> str:
        argument = self.say(node.argument, scope) if node.argument is not None else None
        match node.function:
            case AggregateFunction.COUNT:
                if argument is not None:
                    return f"number of values of {argument}"
                return f"number of {self.names.entities(node.grain) if node.grain else 'rows'}"
            case AggregateFunction.COUNT_DISTINCT:
                return f"number of {self._different(node.argument, argument)}"
            case AggregateFunction.PERCENTILE:
                return f"{_percentile(node.fraction)} of {argument or 'the value'}"
            case AggregateFunction.CORRELATION:
                other = self.say(node.second, scope) if node.second is not None else "the other value"
                return f"correlation of {argument or 'the value'} and {other}"
            case AggregateFunction.MIN | AggregateFunction.MAX if node.argument and self.is_moment(
                node.argument
            ):
                return f"{'earliest' if node.function is AggregateFunction.MIN else 'latest'} {argument}"
            case function:
                return f"{_AGGREGATES[function]} {argument or 'value'}"

    def _different(self, argument: Expression | None, said: str | None) -> str:
        thing = self.names.thing(argument) if isinstance(argument, ColumnRef) else None
        if thing:
            return plural_phrase(thing)
        if isinstance(argument, ColumnRef) and said:
            return f"different {plural_phrase(said)}"
        return f"different values of {said or 'the rows'}"

    def _window(self, node: Window, scope: Scope) -> str:
        of = self.say(node.argument, scope) if node.argument is not None else "rows"
        said = _WINDOWS[node.function].format(of=of)
        details: list[str] = []
        if node.function in _AGAINST_BEFORE:
            lag = node.size or 1
            details.append("against the row before" if lag == 1 else f"against {lag} rows before")
        elif node.function is WindowFunction.MOVING_AVERAGE:
            details.append(f"over {node.size or 1} rows")
        if node.partition_by:
            details.append(f"within each {listed([self.say(part, scope) for part in node.partition_by])}")
        if node.order_by:
            details.append(f"in the order of {self._sequence(node.order_by, scope)}")
        return f"{said} ({', '.join(details)})" if details else said

    def _sequence(self, keys: tuple[Order, ...], scope: Scope) -> str:
        """Say sort keys whose direction only matters where it is not the usual one."""
        if any(key.descending for key in keys):
            return self.orders(keys, scope)
        return listed([self.say(key.expression, scope) for key in keys])


_NUMBERS = frozenset({ColumnType.INTEGER, ColumnType.NUMBER})
_UNITLESS = frozenset(
    {
        AggregateFunction.COUNT,
        AggregateFunction.COUNT_DISTINCT,
        AggregateFunction.VARIANCE,
        AggregateFunction.CORRELATION,
    }
)


def say_part(node: Expression, value: Scalar) -> str | None:
    """Return the name of a month or weekday that `value` is the number of; None for everything else."""
    if not isinstance(node, DatePartOf) or isinstance(value, bool) or not isinstance(value, int):
        return None
    return part_name(node.part, value)


def say_value(value: Scalar, unit: str | None = None) -> str:
    """Return a value that a plan holds, with every digit."""
    match value:
        case None:
            return "missing"
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return format_exact(value, unit)
        case dt.datetime() | dt.date():
            return format_moment(value)
        case "":
            return '""'
        case str():
            return value


def _percentile(fraction: float | None) -> str:
    number = 50.0 if fraction is None else fraction * 100
    if abs(number - round(number)) > 1e-9:
        return f"{number:.6g}th percentile"
    whole = round(number)
    ending = {1: "st", 2: "nd", 3: "rd"}.get(whole % 10 if whole % 100 not in (11, 12, 13) else 0, "th")
    return f"{whole}{ending} percentile"
