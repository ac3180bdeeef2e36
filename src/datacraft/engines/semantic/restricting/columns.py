"""Conditions that a column alone decides: null, text, a flag, a named filter."""

from __future__ import annotations

from datacraft.contracts.plan import (
    Aggregate,
    AggregateFunction,
    AnyOf,
    ColumnRef,
    Comparison,
    Constant,
    Expression,
    InPlan,
    InValues,
    IsNull,
    Not,
    Predicate,
    TextMatch,
)
from datacraft.contracts.semantic import ColumnType, DefaultAggregation, NamedFilter
from datacraft.engines.semantic.formulas import filter_predicate
from datacraft.engines.semantic.frame import Condition
from datacraft.engines.semantic.scope import Context, Scope, among, is_number, key_plan, link, ref
from datacraft.engines.semantic.vocabulary import ColumnId, Thing


def column_predicate(context: Context, scope: Scope, thing: Thing, condition: Condition) -> Predicate | None:
    """Return the predicate of a null check, a text match, a flag or a named filter."""
    target = condition.noun.chosen if condition.noun is not None else None
    if isinstance(target, NamedFilter):
        summed = _summed_up(context, thing, filter_predicate(target.condition, target.table))
        if summed is not None:
            return summed.model_copy(update={"negated": condition.negated})
        if not scope.need(target.table, near=thing.table):
            return None
        made = filter_predicate(target.condition, target.table)
        return Not(item=made) if condition.negated else made
    if target is None and condition.kind == "text":
        names = context.names_of(thing)
        target = names[0] if names else None
    if isinstance(target, Thing):
        names = context.names_of(target)
        target = names[0] if names else None
    if not isinstance(target, ColumnId) or not scope.need(target.table, near=thing.table):
        return None
    left = ref(target)
    if condition.kind == "null" and not context.determined(thing, target) and not condition.negated:
        found = link(context, thing, target.table)
        if found is None:
            return None
        there: Predicate = IsNull(left=left, negated=True)
        if condition.operator == "none" and is_number(context.column(target)):
            there = Comparison(left=left, operator="!=", right=Constant(value=0))
        found[1].need(target.table)
        found[1].filters.append(there)
        return among(*found, negated=True)
    if condition.kind == "null":
        missing: Predicate = IsNull(left=left, negated=condition.negated)
        if condition.measure is None and condition.operator == "none" and is_number(context.column(target)):
            return AnyOf(items=(missing, Comparison(left=left, operator="=", right=Constant(value=0))))
        return missing
    if condition.kind == "text":
        return TextMatch(left=left, mode=condition.operator, value=condition.text, negated=condition.negated)
    return flag_predicate(context, left, target, not condition.negated)


def _summed_up(context: Context, thing: Thing, said: Predicate) -> InPlan | None:
    """`unprofitable products`, of which each has many lines with a profit: those that lose money altogether."""
    if not isinstance(said, Comparison) or not isinstance(said.left, ColumnRef):
        return None
    column, key = ColumnId(said.left.table, said.left.column), context.key_of(thing)
    many = thing.virtual if column.table == thing.table else not context.determined(thing, column)
    if not many or key is None or context.column(column).aggregation is not DefaultAggregation.SUM:
        return None
    if thing.virtual and column.column in thing.attributes:
        return None
    inner = key_plan(context, thing)
    if not inner.need(column.table):
        return None
    total = Aggregate(function=AggregateFunction.SUM, argument=said.left, grain=column.table)
    inner.having.append(said.model_copy(update={"left": total}))
    return among(ref(key), inner)


def flag_predicate(context: Context, left: Expression, column: ColumnId, truth: bool) -> Predicate:
    """Return that a yes-or-no column is true (or false), as the column spells it."""
    info = context.column(column)
    if info.type is ColumnType.BOOLEAN or not info.true_values:
        return Comparison(left=left, operator="=", right=Constant(value=truth))
    return InValues(left=left, values=tuple(info.true_values), negated=not truth)
