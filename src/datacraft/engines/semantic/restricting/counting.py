"""How often something happened to a thing, and how many different values it has."""

from __future__ import annotations

from datacraft.contracts.plan import Aggregate, AggregateFunction, Expression, OutputRef, Predicate
from datacraft.engines.semantic.aggregates import count_of
from datacraft.engines.semantic.frame import Condition
from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.ranking import row_count, verb_measure
from datacraft.engines.semantic.restricting.signs import compared_with
from datacraft.engines.semantic.saying import table_of_verb
from datacraft.engines.semantic.scope import Context, among, key_plan, ref
from datacraft.engines.semantic.vocabulary import ColumnId, Thing


def times_predicate(context: Context, thing: Thing, condition: Condition) -> Predicate | None:
    """`admitted at least six times`: how many rows of events each thing has."""
    key = context.key_of(thing)
    spoken = verb_measure(context, condition.verb, [thing.table]) if condition.verb is not None else None
    if spoken is not None and not thing.virtual:
        return compared_with(ref(spoken), condition, condition.negated)
    target = condition.noun.chosen if condition.noun is not None else None
    table = target.table if target is not None else None
    if table is None and condition.verb is not None:
        table = table_of_verb(context, thing, condition.verb)
    if key is None:
        return None
    inner = key_plan(context, thing)
    event = _entity_of_verb(context, thing, condition.verb)
    if event is not None:
        counted: Expression = count_of(context, event).expression
    elif thing.virtual or table in (None, thing.table):
        counted = (
            Aggregate(function=AggregateFunction.COUNT, grain=thing.table)
            if thing.virtual
            else row_count(context, thing, inner)
        )
    elif table is not None and inner.need(table):
        counted = Aggregate(function=AggregateFunction.COUNT, grain=table)
    else:
        return None
    output = inner.output("times", counted)
    inner.having.append(compared_with(OutputRef(name=output.name), condition, condition.negated))
    return among(ref(key), inner)


def count_predicate(context: Context, thing: Thing, condition: Condition) -> Predicate | None:
    """`more than 2 categories`: different values of a column, for each thing."""
    target = condition.noun.chosen if condition.noun is not None else None
    key = context.key_of(thing)
    if target is None or key is None or not isinstance(target, ColumnId | Thing):
        return None
    inner = key_plan(context, thing)
    if not inner.need(target.table):
        return None
    counted = count_of(context, target)
    output = inner.output(counted.name, counted.expression)
    inner.having.append(compared_with(OutputRef(name=output.name), condition, condition.negated))
    return among(ref(key), inner)


def _entity_of_verb(context: Context, thing: Thing, verb: Item | None) -> Thing | None:
    """`ordered twice`: the orders inside the same table, where the verb speaks of them."""
    if verb is None or verb.verb is None:
        return None
    said = {verb.verb.base, *verb.verb.nouns}
    for target in context.vocabulary.targets:
        if (
            isinstance(target, Thing)
            and target.virtual
            and target.table == thing.table
            and target.key != thing.key
            and target.name in said
        ):
            return target
    return None
