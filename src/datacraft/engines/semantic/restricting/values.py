"""Conditions by value: a column holds it, or a row among several of the thing does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datacraft.contracts.plan import AnyOf, InValues, Output, Predicate, TextMatch
from datacraft.engines.semantic.frame import Condition, ValueChoice
from datacraft.engines.semantic.restricting.acts import act_route
from datacraft.engines.semantic.restricting.pairs import role_edge
from datacraft.engines.semantic.restricting.times import time_predicate
from datacraft.engines.semantic.scope import Scope, among, link, ref
from datacraft.engines.semantic.vocabulary import ColumnId, Thing

if TYPE_CHECKING:
    from datacraft.engines.semantic.restricting.restrictor import Restrictor


def value_predicates(
    restrictor: Restrictor, scope: Scope, thing: Thing, condition: Condition
) -> list[Predicate]:
    """Return the predicates of a condition by values: of a row, or of each of several rows."""
    choices = [mention.chosen for mention in condition.values if mention.chosen is not None]
    if not choices:
        restrictor.context.doubt("a value could not be tied to the data", 1.0)
        return []
    column = choices[0].column
    role = (
        role_edge(restrictor.context, thing.table, column.table, condition)
        if column.table != thing.table
        else None
    )
    if role is not None:
        inner = Scope(restrictor.context, column.table)
        left, right = role.columns[0]
        inner.outputs.append(Output(name=right, expression=ref(ColumnId(role.right, right))))
        inner.filters.append(one_of(choices, False))
        return [among(ref(ColumnId(role.left, left)), inner, condition.negated)]
    further = _by_role_further_on(restrictor, scope, thing, condition, choices)
    if further is not None:
        return [further]
    acted = _through_act(restrictor, thing, condition, choices)
    if acted is not None:
        return [acted]
    many = not restrictor.context.determined(thing, column)
    base = restrictor.things[id(restrictor.root)]
    holder = thing if many else base if not restrictor.context.determined(base, column) else None
    if condition.both and holder is not None and len(choices) > 1 and restrictor.about_things:
        key = restrictor.context.key_of(holder)
        made = [
            p
            for choice in choices
            if (p := _has_value(restrictor, holder, choice, condition.negated)) is not None
        ]
        if holder is thing or key is None or scope.need(holder.table):
            return made
    if condition.negated and many and restrictor.about_things:
        denied = _has_values(restrictor, thing, choices, True)
        if denied is not None:
            return [denied]
    if not scope.need(column.table, near=thing.table):
        restrictor.context.doubt(f"nothing connects {thing.name} and {column.table}", 1.0)
        return []
    return [one_of(choices, condition.negated)]


def _by_role_further_on(
    restrictor: Restrictor, scope: Scope, thing: Thing, condition: Condition, choices: list[ValueChoice]
) -> Predicate | None:
    """`tickets from Paris to Rome`: of the flight of each, the origin or the destination."""
    column, context = choices[0].column, restrictor.context
    path = context.graph.path(thing.table, column.table)
    if not path or len(path) < 2 or any(edge.multiplies for edge in path):
        return None
    role = role_edge(context, path[-1].left, column.table, condition)
    if role is None or not scope.need(role.left, near=thing.table):
        return None
    inner = Scope(context, column.table)
    left, right = role.columns[0]
    inner.outputs.append(Output(name=right, expression=ref(ColumnId(role.right, right))))
    inner.filters.append(one_of(choices, False))
    return among(ref(ColumnId(role.left, left)), inner, condition.negated)


def _through_act(
    restrictor: Restrictor, thing: Thing, condition: Condition, choices: list[ValueChoice]
) -> Predicate | None:
    """`players bought by Dunwick`: by the transfers, though a player has a club of its own."""
    column, context = choices[0].column, restrictor.context
    if condition.verb is None or column.table == thing.table or thing.virtual:
        return None
    if len(context.graph.path(thing.table, column.table) or ()) != 1:
        return None  # nothing of its own that could be meant instead
    route = act_route(context, thing, context.vocabulary.things[column.table], (condition.verb,))
    found = link(context, thing, column.table, route) if route is not None else None
    if found is None:
        return None
    found[1].filters.append(one_of(choices, False))
    return among(*found, negated=condition.negated)


def _has_value(restrictor: Restrictor, thing: Thing, choice: ValueChoice, negated: bool) -> Predicate | None:
    return _has_values(restrictor, thing, [choice], negated)


def _has_values(
    restrictor: Restrictor, thing: Thing, choices: list[ValueChoice], negated: bool
) -> Predicate | None:
    found = link(restrictor.context, thing, choices[0].column.table)
    if found is None:
        return None
    left, inner = found
    inner.need(choices[0].column.table)
    inner.filters.append(one_of(choices, False))
    for condition in restrictor.own.get(
        id(restrictor.root), []
    ):  # "bought both ... in 2023": each of them in that year
        when = (
            time_predicate(restrictor, inner, thing, condition)
            if condition.kind == "time" and not condition.negated
            else None
        )
        if when is not None and not negated:
            inner.filters.append(when)
    return among(left, inner, negated)


def one_of(choices: list[ValueChoice], negated: bool) -> Predicate:
    """Return that a column is one of the chosen values."""
    by_column: dict[ColumnId, list[object]] = {}
    for choice in choices:
        by_column.setdefault(choice.column, []).extend(choice.values)
    held = [c for c in choices if c.how == "contains" and len(c.values) > 1]
    if held and len(held) == len(choices):
        texts = tuple(_held_text(choice) for choice in held)
        matches = tuple(
            TextMatch(left=ref(c.column), mode="contains", value=t, negated=negated)
            for c, t in zip(held, texts, strict=True)
        )
        return matches[0] if len(matches) == 1 else AnyOf(items=matches)
    made: list[Predicate] = [
        InValues(left=ref(column), values=tuple(dict.fromkeys(values)), negated=negated)
        for column, values in by_column.items()
    ]
    return made[0] if len(made) == 1 else AnyOf(items=tuple(made))


def _held_text(choice: ValueChoice) -> str:
    """The words that all of a choice's values contain, as they were typed."""
    return choice.words or str(choice.values[0])
