"""Conditions by period, on the date that the question speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datacraft.contracts.plan import Not, Predicate
from datacraft.engines.semantic.frame import Condition
from datacraft.engines.semantic.periods import period_predicate, time_column
from datacraft.engines.semantic.scope import Scope, among, key_plan, ref
from datacraft.engines.semantic.vocabulary import Thing

if TYPE_CHECKING:
    from datacraft.engines.semantic.restricting.restrictor import Restrictor


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
