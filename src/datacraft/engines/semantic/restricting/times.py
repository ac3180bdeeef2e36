"""Conditions by period, on the date that the question speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datacraft.contracts.plan import AllOf, AnyOf, IsNull, Not, Predicate, TimeRange
from datacraft.engines.semantic.durations import ends_of
from datacraft.engines.semantic.frame import Condition
from datacraft.engines.semantic.periods import period_predicate, time_column
from datacraft.engines.semantic.scope import Scope, among, is_date, key_plan, ref
from datacraft.engines.semantic.vocabulary import ColumnId, Duration, Thing, words_of

if TYPE_CHECKING:
    from datacraft.engines.semantic.restricting.restrictor import Restrictor


_GOING_ON = frozenset({"running", "ongoing", "active", "valid", "live", "underway", "open"})


def _lasting_through(
    restrictor: Restrictor, scope: Scope, thing: Thing, condition: Condition
) -> Predicate | None:
    """`courses running in May`: begun before it ends, and not ended before it begins."""
    context, span, verb = restrictor.context, condition.span, condition.verb
    if span is None or verb is None or condition.negated or not _GOING_ON & set(verb.words):
        return None
    durations = [t for t in context.vocabulary.targets if isinstance(t, Duration) and not t.is_delay]
    found = [duration for duration in durations if duration.table == thing.table]
    if len(found) != 1 or span.kind == "relative" or span.start is None or span.end is None or span.part:
        return None
    start, end = ends_of(found[0])
    if not scope.need(start.table, near=thing.table):
        return None
    begun = TimeRange(left=ref(start), end=span.end, label=f"begun before the end of {span.label}")
    still: Predicate = TimeRange(left=ref(end), start=span.start, label=f"not ended before {span.label}")
    if context.column(end).null_fraction:
        still = AnyOf(items=(still, IsNull(left=ref(end))))
    return AllOf(items=(begun, still))


_MAKING = frozenset({"make", "place", "do"})


def _made_on(restrictor: Restrictor, thing: Thing, condition: Condition) -> ColumnId | None:
    """`bookings made in March`: of a booking the day on which it was booked, not the day it is for."""
    verb = condition.verb.verb if condition.verb is not None else None
    if verb is None or verb.base not in _MAKING:
        return None
    context = restrictor.context
    family = {kin for word in words_of(thing.name) for kin in (word, *context.lexicon.kin(word))}
    columns = [c for c in context.model.table(thing.table).columns if is_date(c)]
    named = [c for c in columns if family & set(words_of(c.name))]
    return ColumnId(thing.table, named[0].name) if len(named) == 1 else None


def time_predicate(
    restrictor: Restrictor, scope: Scope, thing: Thing, condition: Condition
) -> Predicate | None:
    """Return the predicate of a period, None where no date fits."""
    assert condition.span is not None
    tables = [thing.table, *(table for table in scope.tables if table != thing.table)]
    verbs = [condition.verb] if condition.verb is not None else []
    graph = restrictor.context.graph
    near = [t.name for t in restrictor.context.model.tables if graph.distance(thing.table, t.name) < 2]
    said = time_column(restrictor.context, [*tables, *near], verbs, implied_only=True)
    measured = [t for t in restrictor.measured if restrictor.context.model.table(t).time_column is not None]
    lasting = _lasting_through(restrictor, scope, thing, condition)
    if lasting is not None:
        return lasting
    said = said or _made_on(restrictor, thing, condition)
    column = said or restrictor.dated or time_column(restrictor.context, [*measured, *tables], verbs)
    if column is not None and not scope.need(column.table, near=thing.table):
        return None
    made = period_predicate(restrictor.context, condition.span, column, tables)
    key = restrictor.context.key_of(thing)
    if (
        made is not None
        and condition.negated
        and key is not None
        and column is not None
        and not restrictor.context.determined(thing, column)
    ):
        inner = key_plan(restrictor.context, thing)
        inner.need(column.table)
        inner.filters.append(made)
        return among(ref(key), inner, negated=True)
    return Not(item=made) if made is not None and condition.negated else made
