"""Things tied to the thing in question: they must be there, must not, or be so many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datacraft.contracts.plan import (
    Aggregate,
    AggregateFunction,
    Comparison,
    InPlan,
    IsNull,
    Output,
    OutputRef,
    Predicate,
    ScalarPlan,
)
from datacraft.engines.semantic.aggregates import count_of
from datacraft.engines.semantic.frame import Condition, NounPhrase
from datacraft.engines.semantic.joins import Path
from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.periods import time_column
from datacraft.engines.semantic.restricting.acts import act_route
from datacraft.engines.semantic.restricting.pairs import role_edge, tie_through, tie_to_own_kind
from datacraft.engines.semantic.restricting.signs import compared_with
from datacraft.engines.semantic.scope import Context, Scope, among, key_plan, link, ref
from datacraft.engines.semantic.vocabulary import ColumnId, Thing, words_of

if TYPE_CHECKING:
    from datacraft.engines.semantic.restricting.restrictor import Restrictor


def relate(restrictor: Restrictor, scope: Scope, parent: Thing, condition: Condition) -> None:
    """Tie a related thing, and what is said of it, to the thing that it is said of."""
    phrase = condition.phrase
    assert phrase is not None
    child = restrictor.things[id(phrase)]
    if condition.kind == "count":
        _counted(restrictor, scope, parent, child, condition)
        return
    if phrase.same:
        _same(restrictor, scope, parent, child, phrase)
        return
    if phrase.all_of:
        _all_of(restrictor, scope, parent, child, phrase)
        return
    alike = child.table == parent.table and not child.virtual and not parent.virtual
    if (phrase.via is not None or alike) and tie_to_own_kind(
        restrictor, scope, parent, child, phrase, condition.negated
    ):
        return
    if condition.negated:
        _without(restrictor, scope, parent, child, phrase)
        return
    role = role_edge(restrictor.context, parent.table, child.table, condition)
    empty = (
        not restrictor.own.get(id(phrase)) and not restrictor.children.get(id(phrase)) and phrase.rank is None
    )
    if role is not None:
        tie_through(restrictor, scope, role, phrase)
        return
    route = act_route(restrictor.context, parent, child, phrase.verbs)
    if empty:
        _must_have(restrictor.context, scope, parent, child, phrase.verbs, route)
        return
    if route is not None and child.table not in scope.tables and phrase.rank is None:
        found = link(restrictor.context, parent, child.table, route)
        if found is not None:
            restrictor.apply(found[1], phrase)
            scope.filters.append(among(*found))
            return
    if not scope.need(child.table, near=parent.table):
        restrictor.context.doubt(f"nothing connects {parent.name} and {child.name}", 1.0)
        return
    restrictor.apply(scope, phrase)
    if phrase.rank is not None:
        key = restrictor.context.key_of(child)
        if key is not None:
            scope.filters.append(
                InPlan(left=ref(key), plan=restrictor.keys_of_first(child, phrase.rank, phrase))
            )


def _happened(context: Context, tables: list[str], verbs: tuple[Item, ...]) -> list[Predicate]:
    """`students who dropped a course`: the enrolments that have a date of dropping, not all."""
    made: list[Predicate] = []
    for verb in verbs:
        column = time_column(context, tables, [verb], implied_only=True) if verb.inflected else None
        if column is not None and context.column(column).null_fraction and _is_of(context, verb, column):
            made.append(IsNull(left=ref(column), negated=True))
    return made


def _is_of(context: Context, verb: Item, column: ColumnId) -> bool:
    """Whether a date column is named after the verb itself, not after a noun that it implies."""
    return bool(
        {kin for word in verb.words for kin in context.lexicon.kin(word)} & set(words_of(column.column))
    )


def _must_have(
    context: Context, scope: Scope, parent: Thing, child: Thing, verbs: tuple[Item, ...], route: Path | None
) -> None:
    if child.table in scope.tables:
        return
    found = link(context, parent, child.table, route)
    if found is None:
        context.doubt(f"nothing connects {parent.name} and {child.name}", 1.0)
        return
    found[1].filters.extend(_happened(context, found[1].tables, verbs))
    scope.filters.append(among(*found))


def _without(restrictor: Restrictor, scope: Scope, parent: Thing, child: Thing, phrase: NounPhrase) -> None:
    route = act_route(restrictor.context, parent, child, phrase.verbs)
    found = link(restrictor.context, parent, child.table, route)
    if found is None:
        restrictor.context.doubt(f"nothing connects {parent.name} and {child.name}", 1.0)
        return
    left, inner = found
    if restrictor.own.get(id(phrase)) or restrictor.children.get(id(phrase)):
        inner.need(child.table)
        restrictor.apply(inner, phrase)
    inner.filters.extend(_happened(restrictor.context, inner.tables, phrase.verbs))
    scope.filters.append(among(left, inner, negated=True))


def _counted(restrictor: Restrictor, scope: Scope, parent: Thing, child: Thing, condition: Condition) -> None:
    """`customers with more than 10 orders`."""
    key = restrictor.context.key_of(parent)
    assert condition.phrase is not None and condition.number is not None
    if key is None:
        restrictor.context.doubt(f"{parent.name} has no single key", 1.0)
        return
    inner = key_plan(restrictor.context, parent)
    verbs = (condition.verb,) if condition.verb is not None else ()
    for edge in act_route(restrictor.context, parent, child, verbs) or ():
        inner.add_edge(restrictor.context.by_role(edge))
    if not inner.need(child.table):
        restrictor.context.doubt(f"nothing connects {parent.name} and {child.name}", 1.0)
        return
    restrictor.apply(inner, condition.phrase)
    inner.filters.extend(_happened(restrictor.context, inner.tables, verbs))
    counted = count_of(restrictor.context, child)
    output = inner.output(counted.name, counted.expression)
    inner.having.append(compared_with(OutputRef(name=output.name), condition, condition.negated))
    scope.need(parent.table)
    scope.filters.append(among(ref(key), inner))


def _same(restrictor: Restrictor, scope: Scope, parent: Thing, child: Thing, phrase: NounPhrase) -> None:
    """`authors in the same domain as Martin`: what the others share with the one that is named."""
    named = [
        c
        for c in restrictor.own.get(id(phrase), []) + restrictor.own.get(id(restrictor.root), [])
        if c.kind == "value"
    ]
    found = link(restrictor.context, parent, child.table)
    if found is None or not named:
        restrictor.context.doubt("nothing to be the same as", 1.0)
        return
    left, outer = found
    outer.need(child.table)
    key = restrictor.context.key_of(child)
    inner = Scope(restrictor.context, child.table)
    if key is None or not inner.need(parent.table):
        restrictor.context.doubt("nothing to be the same as", 1.0)
        return
    inner.outputs.append(Output(name=key.column, expression=ref(key)))
    restrictor.apply_own(inner, parent, named)
    outer.filters.append(among(ref(key), inner))
    scope.filters[:] = [f for f in scope.filters if f not in inner.filters]
    scope.filters.append(among(left, outer))


def _all_of(restrictor: Restrictor, scope: Scope, parent: Thing, child: Thing, phrase: NounPhrase) -> None:
    """`products sold in all regions`: as many different ones as there are."""
    key, child_key = restrictor.context.key_of(parent), restrictor.context.key_of(child)
    inner = key_plan(restrictor.context, parent)
    if key is None or child_key is None or not inner.need(child.table):
        restrictor.context.doubt("'all' could not be tied to the data", 1.0)
        return
    whole = Scope(restrictor.context, child.table)
    for target in (inner, whole):
        restrictor.apply(target, phrase)
    count = Aggregate(function=AggregateFunction.COUNT_DISTINCT, argument=ref(child_key), grain=child.table)
    output = inner.output("matched", count)
    whole.outputs.append(Output(name="all", expression=count))
    inner.having.append(
        Comparison(left=OutputRef(name=output.name), operator="=", right=ScalarPlan(plan=whole.plan()))
    )
    scope.filters.append(among(ref(key), inner))
