"""Conditions on how long something took: the time between two dates of a row, compared with a number of units."""

from __future__ import annotations

from dataclasses import replace

from datacraft.contracts.plan import Predicate, TimeUnit
from datacraft.contracts.semantic import Role
from datacraft.engines.semantic.durations import SECONDS, ends_of, in_whole_days, time_between
from datacraft.engines.semantic.frame import Condition
from datacraft.engines.semantic.lattice import NumberSense
from datacraft.engines.semantic.lexicon import lemma
from datacraft.engines.semantic.restricting.compared import is_told_in_time, measured_in
from datacraft.engines.semantic.restricting.signs import compared_with
from datacraft.engines.semantic.saying import same_stem
from datacraft.engines.semantic.scope import Context, Scope
from datacraft.engines.semantic.vocabulary import ColumnId, Duration, Thing, words_of

_QUICK = frozenset({"fast", "quick", "rapid", "soon"})  # faster than 2 days: in less


def lasting(context: Context, scope: Scope, thing: Thing, condition: Condition) -> Predicate | None:
    """`took more than 5 days`, `lasted an hour or less`: None where it is about something else."""
    if condition.number is None or condition.measure is not None:
        return None
    target = condition.noun.chosen if condition.noun is not None else None
    said = condition.unit.split() or (list(condition.noun.item.words) if condition.noun is not None else [])
    unit = next((lemma(word) for word in said if lemma(word) in SECONDS), None)
    if unit is None:
        return None
    if isinstance(target, Duration):
        duration: Duration | None = target
    elif (
        target is None
        and measured_in(context, thing, unit) is None
        and not _has_figure(context, thing, condition)
    ):
        duration = _nearest(context, thing)
    else:
        return None
    if duration is None or not scope.need(duration.table, near=thing.table):
        return None
    ends = ends_of(duration)
    whole_days = in_whole_days(context, *ends)
    size = SECONDS[unit]
    if whole_days and size < SECONDS["day"]:
        return None
    factor = size // SECONDS["day"] if whole_days else size
    return compared_with(
        time_between(context, *ends, TimeUnit.DAY if whole_days else TimeUnit.SECOND),
        replace(
            condition,
            operator=_way(condition),
            number=_times(condition.number, factor),
            upper=_times(condition.upper, factor) if condition.upper is not None else None,
        ),
        condition.negated,
    )


def _has_figure(context: Context, thing: Thing, condition: Condition) -> bool:
    """`delayed by more than an hour`, where there is a number of minutes that is named after the verb."""
    verb = condition.verb.verb if condition.verb is not None else None
    return verb is not None and any(
        column.role is Role.MEASURE
        and is_told_in_time(column)
        and any(same_stem(word, verb.base) for word in words_of(column.name))
        for column in context.model.table(thing.table).columns
    )


def _way(condition: Condition) -> str:
    quick = condition.adjective is not None and condition.adjective.base in _QUICK
    return (
        {"gt": "lt", "ge": "le"}.get(condition.operator, condition.operator) if quick else condition.operator
    )


def _times(number: NumberSense, factor: int) -> NumberSense:
    return replace(number, value=number.value * factor)


def _nearest(context: Context, thing: Thing) -> Duration | None:
    """The duration of the thing's own table, else of the nearest that each thing has one row of."""
    durations = [t for t in context.vocabulary.targets if isinstance(t, Duration) and not t.is_delay]
    near = [d for d in durations if context.determined(thing, ColumnId(d.table, d.end))]
    return min(near, key=lambda d: context.graph.distance(thing.table, d.table), default=None)
