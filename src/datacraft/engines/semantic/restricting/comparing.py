"""Conditions by number: a column, or each thing's aggregate, compared with a number, a figure or another thing."""

from __future__ import annotations

from datacraft.contracts.plan import (
    Aggregate,
    AggregateFunction,
    Comparison,
    DatePart,
    DatePartOf,
    Expression,
    Output,
    OutputRef,
    Predicate,
    QueryPlan,
    ScalarPlan,
    Window,
    WindowFunction,
)
from datacraft.contracts.semantic import NamedMeasure, Role
from datacraft.engines.semantic.aggregates import default_function, overall
from datacraft.engines.semantic.computing import compute
from datacraft.engines.semantic.frame import Condition, Measure, Noun, group_values
from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.periods import period_predicate, time_column
from datacraft.engines.semantic.restricting.compared import compared_column
from datacraft.engines.semantic.restricting.lasting import lasting
from datacraft.engines.semantic.restricting.signs import compared_with, sign_of
from datacraft.engines.semantic.restricting.values import one_of
from datacraft.engines.semantic.scope import Context, Scope, among, is_date, is_number, key_plan, ref
from datacraft.engines.semantic.vocabulary import ColumnId, Thing

_AMONG_OWN = {"avg": WindowFunction.PARTITION_AVG, "max": WindowFunction.PARTITION_MAX}
_FIRST_YEAR, _LAST_YEAR = 1000, 3000  # what a number may be that is compared with a date


def compare(context: Context, scope: Scope, thing: Thing, condition: Condition) -> Predicate | None:
    """Return the predicate of a comparison, None where nothing that can be compared is found."""
    named = condition.noun.chosen if condition.noun is not None else None
    if isinstance(named, NamedMeasure) and condition.measure is None:
        condition.measure = Measure([], condition.noun)
    if condition.measure is not None:
        return _compare_measure(context, scope, thing, condition)
    lasted = lasting(context, scope, thing, condition)
    if lasted is not None:
        return lasted
    column = compared_column(context, thing, condition)
    if column is None:
        return None
    if thing.virtual and not context.determined(thing, column):
        spoken = condition.noun is None and condition.adjective is None
        additive = default_function(context, column) == "sum"
        if spoken or (additive and condition.number is not None):
            return _compare_summed_up(context, scope, thing, condition, column)
    target = condition.noun.chosen if condition.noun is not None else None
    if (
        isinstance(target, Thing)
        and not is_number(context.column(column))
        and not is_date(context.column(column))
    ):
        return None
    info = context.column(column)
    if not (
        is_number(info) or is_date(info) or info.time_part == "year" or condition.operator in ("eq", "ne")
    ):
        return None
    if not scope.need(column.table, near=thing.table):
        return None
    left: Expression = ref(column)
    many = not thing.virtual and not context.determined(thing, column)
    if (
        many
        and condition.number is not None
        and default_function(context, column) == "sum"
        and _altogether(condition)
    ):
        return _compare_summed_up(context, scope, thing, condition, column)
    if condition.other is not None and not context.determined(thing, column):
        return _compare_summed_up(context, scope, thing, condition, column)
    if condition.other is not None and condition.other.per is not None:
        return _compare_among_own(context, thing, column, condition)
    if condition.other is not None:
        return _compare_other(context, left, column, condition)
    if condition.reference is not None:
        return _compare_reference(context, left, column, condition)
    if condition.number is None:
        return None
    percent = info.unit == "%"
    if is_date(info):
        if not _FIRST_YEAR <= condition.number.value <= _LAST_YEAR:
            return None  # "younger than 30", where the data has days of birth: no year
        left, percent = _year_of(left), False
    return compared_with(left, condition, condition.negated, percent)


def _altogether(condition: Condition) -> bool:
    """`worked more than 20 hours`, `earned more than 100 in tips`: of all that belongs to a thing, not of one row."""
    spoken = condition.noun is None and condition.adjective is None and condition.verb is not None
    return spoken or (condition.noun is not None and condition.noun.item.words[-1].endswith("s"))


def _compare_summed_up(
    context: Context, scope: Scope, thing: Thing, condition: Condition, column: ColumnId
) -> Predicate | None:
    """`customers with sales over 1000`: many rows for each thing, summed up as the column is by default."""
    condition.measure = Measure([default_function(context, column)], _noun_for(condition, column))
    return _compare_measure(context, scope, thing, condition)


def _fill_measure(context: Context, thing: Thing, condition: Condition) -> None:
    """`sold over 500 in total`: the verb or the thing's one measure says of what."""
    assert condition.measure is not None
    if condition.measure.noun is not None or condition.measure.functions[-1:] == ["count"]:
        return
    plain = Condition(
        "compare",
        condition.stack,
        operator=condition.operator,
        number=condition.number,
        verb=condition.verb,
    )
    column = compared_column(context, thing, plain)
    if column is not None:
        condition.measure.noun = _noun_for(condition, column)


def _compare_measure(context: Context, scope: Scope, thing: Thing, condition: Condition) -> Predicate | None:
    """`customers whose total sales are above 1000`: a condition on each thing's aggregate."""
    assert condition.measure is not None
    key = context.key_of(thing)
    if key is None:
        return None
    _fill_measure(context, thing, condition)
    inner = key_plan(context, thing)
    computed = compute(context, condition.measure, None, thing.table)
    if not inner.need(computed.table):
        return None
    done = [*_done(condition.verb, computed.table), *_in_period(context, thing, condition, computed.table)]
    inner.filters.extend(done)
    output = inner.output(computed.name, computed.expression, unit=computed.unit)
    if condition.other is not None:
        everyone = Scope(context, thing.table)
        everyone.need(computed.table)
        everyone.filters.extend(done)
        everyone.output(key.column, ref(key))
        value = everyone.output(computed.name, computed.expression)
        function = (condition.other.functions or ["avg"])[0]
        outer = Output(
            name="overall",
            expression=Aggregate(function=AggregateFunction(function), argument=OutputRef(name=value.name)),
        )
        scalar = ScalarPlan(plan=QueryPlan(source=everyone.plan(), outputs=(outer,)))
        inner.having.append(
            Comparison(left=OutputRef(name=output.name), operator=sign_of(condition), right=scalar)
        )
    elif condition.number is not None:
        inner.having.append(
            compared_with(OutputRef(name=output.name), condition, condition.negated, computed.unit == "%")
        )
    else:
        return None
    return among(ref(key), inner)


def _compare_among_own(
    context: Context, thing: Thing, column: ColumnId, condition: Condition
) -> Predicate | None:
    """`priced above the average of their city`: with what those of the same city have."""
    assert condition.other is not None and condition.other.per is not None
    per, key = condition.other.per.chosen, context.key_of(thing)
    among_whom = context.key_of(per) if isinstance(per, Thing) else per
    window = _AMONG_OWN.get((condition.other.functions or ["avg"])[0])
    if key is None or window is None or not isinstance(among_whom, ColumnId):
        return None
    inner = key_plan(context, thing)
    known = context.determined(thing, among_whom) and context.determined(thing, column)
    if not known or not inner.need(among_whom.table) or not inner.need(column.table):
        return None
    usual = Window(function=window, argument=ref(column), partition_by=(ref(among_whom),))
    inner.having.append(Comparison(left=ref(column), operator=sign_of(condition), right=usual))
    return among(ref(key), inner)


def _in_period(context: Context, thing: Thing, condition: Condition, table: str) -> list[Predicate]:
    """`customers who spent over 10000 in 2021`: what they spent in that year counts, and no other."""
    if (
        condition.period is None
        or condition.period.span is None
        or not (thing.virtual or table != thing.table)
    ):
        return []
    verbs = [condition.verb] if condition.verb is not None else []
    column = time_column(context, [table], verbs)
    made = period_predicate(context, condition.period.span, column, [table]) if column is not None else None
    return [made] if made is not None and column is not None and column.table == table else []


def _done(verb: Item | None, table: str) -> list[Predicate]:
    """`withdrew over 500 in total`: of all movements of money those that the data calls withdrawals."""
    held = () if verb is None else tuple(s for s in (*verb.values, *verb.acts) if s.column.table == table)
    return [one_of(group_values(held)[:1], False)] if held else []


def _compare_other(
    context: Context, left: Expression, column: ColumnId, condition: Condition
) -> Predicate | None:
    from datacraft.engines.semantic.restricting import predicates_of  # the two call each other

    assert condition.other is not None
    other = condition.other
    target = other.noun.chosen if other.noun is not None else None
    right: Expression
    if isinstance(target, ColumnId) and context.column(target).role is Role.ID and not other.functions:
        return None  # "more than their supervisor": of another row, not of a number
    if not other.functions and isinstance(target, ColumnId):
        right = ref(target)
    else:
        function = other.functions[0] if other.functions else "avg"
        compared = target if isinstance(target, ColumnId) and is_number(context.column(target)) else column
        right = overall(
            context, compared, function, predicates_of(context, other.conditions, None, compared.table)
        )

    return Comparison(left=left, operator=sign_of(condition), right=right)


def _compare_reference(
    context: Context, left: Expression, column: ColumnId, condition: Condition
) -> Predicate | None:
    """`longer than the Ohio`: the same column of the thing that is named."""
    assert condition.reference is not None
    choice = condition.reference.chosen
    if choice is None:
        return None
    inner = Scope(context, column.table)
    if not inner.need(choice.column.table):
        return None
    inner.outputs.append(
        Output(
            name=column.column,
            expression=Aggregate(function=AggregateFunction.MAX, argument=ref(column), grain=column.table),
        )
    )
    inner.filters.append(one_of([choice], False))
    return Comparison(left=left, operator=sign_of(condition), right=ScalarPlan(plan=inner.plan()))


def _noun_for(condition: Condition, column: ColumnId) -> Noun:
    item = (
        condition.verb
        or (condition.noun.item if condition.noun is not None else None)
        or Item(0, 0, column.column, (column.column,))
    )
    return Noun(item, [(column, 1.0)], chosen=column)


def _year_of(left: Expression) -> Expression:
    return DatePartOf(part=DatePart.YEAR, argument=left)
