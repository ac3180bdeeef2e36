"""From a measure, as it was asked for, to an expression of a plan."""

from __future__ import annotations

from datacraft.contracts.plan import (
    Aggregate,
    AggregateFunction,
    Arithmetic,
    Expression,
    Predicate,
)
from datacraft.contracts.semantic import NamedFilter, NamedMeasure
from datacraft.engines.semantic.aggregates import (
    FUNCTIONS,
    PREFIX,
    CannotCompute,
    Computed,
    aggregate,
    count_of,
    default_measure,
)
from datacraft.engines.semantic.durations import duration_of, ends_of, natural_unit_of, time_between
from datacraft.engines.semantic.formulas import measure_expression
from datacraft.engines.semantic.frame import Measure, Noun
from datacraft.engines.semantic.lexicon import lemma
from datacraft.engines.semantic.scope import Context, is_date, ref, snake
from datacraft.engines.semantic.vocabulary import ColumnId, Duration, Thing

_GIVEN = frozenset({"donation", "payment", "gift", "contribution", "expense", "refund", "deposit", "withdrawal", "tip",
                    "fine", "payout", "repayment", "purchase", "expenditure", "grant"})  # fmt: skip


def compute(
    context: Context, measure: Measure, base: Thing | None, table: str, where: tuple[Predicate, ...] = ()
) -> Computed:
    """Return the expression of a measure; `base` is what the question is about, `table` where it starts.

    Raises:
        CannotCompute: it makes no sense on this data.
    """
    if measure.operator == "correlation" and measure.noun is not None and measure.second is not None:
        return _correlation(context, measure, where)
    if measure.operator in ("ratio", "difference") and measure.denominator is not None:
        return _combined(context, measure, base, table, where)
    if measure.operator == "duration" and measure.noun is not None and measure.second is not None:
        return _duration(context, measure, where)
    if measure.noun is None:
        return _without_noun(context, measure, base, table, where)
    target = measure.noun.chosen
    assert target is not None
    functions = measure.functions
    if isinstance(target, NamedMeasure):
        formula = _restricted(measure_expression(target.formula, target.table), where)
        return Computed(snake(target.name), formula, target.unit, target.table)
    if isinstance(target, NamedFilter):
        raise CannotCompute(f"{target.name!r} is a condition, not a measure")
    if (
        isinstance(target, Thing)
        and functions
        and functions[-1] in ("avg", "median", "max", "min", "percentile")
    ):
        return _value_of_thing(context, measure, target, where)
    if (
        isinstance(target, Thing)
        and functions[-1:] == ["sum"]
        and measure.noun.item.words[-1].endswith("time")
    ):
        lasted = duration_of(context, target.table)
        if lasted is not None:
            return _lasting(context, measure, *ends_of(lasted), where)  # "total downtime"
    given = lemma(measure.noun.item.words[-1]) in _GIVEN  # "total donations": what they come to
    told = given and default_measure(context, target.table) is not None
    if isinstance(target, Thing) and functions[-1:] == ["sum"] and (told or _is_mass(measure.noun)):
        return _value_of_thing(context, measure, target, where)
    if isinstance(target, Thing):
        return count_of(context, target, where)
    if isinstance(target, Duration):
        return _lasting(context, measure, *ends_of(target), where)
    function = functions[-1] if functions else ""
    if measure.distinct and function == "count":
        function = "count_distinct"
    return aggregate(context, target, function, measure, where)


def _restricted(expression: Expression, where: tuple[Predicate, ...]) -> Expression:
    """Return a named measure's formula over those rows only where `where` holds."""
    if isinstance(expression, Aggregate):
        return expression.model_copy(update={"where": expression.where + where})
    if isinstance(expression, Arithmetic):
        sides = {side: _restricted(getattr(expression, side), where) for side in ("left", "right")}
        return expression.model_copy(update=sides)
    return expression


def _is_mass(noun: Noun) -> bool:
    """`total ad spend` is an amount, `total orders` a number."""
    return not noun.item.words[-1].endswith("s")


def _value_of_thing(
    context: Context, measure: Measure, thing: Thing, where: tuple[Predicate, ...]
) -> Computed:
    """`average order line`: the one number that each such thing has."""
    column = default_measure(context, thing.table)
    if column is None or thing.virtual:
        raise CannotCompute(f"the question does not say which number of each {thing.name}")
    context.doubt("the measure was assumed", 0.25)
    return aggregate(context, column, measure.functions[-1], measure, where)


def _without_noun(
    context: Context, measure: Measure, base: Thing | None, table: str, where: tuple[Predicate, ...]
) -> Computed:
    if measure.functions[-1:] in (["count"], ["count_distinct"], []):
        if base is not None:
            return count_of(context, base, where)
        rows = Thing(context.model.table(table).entity, table, None, ())
        return count_of(context, rows, where)
    column = default_measure(context, table)
    if column is None:
        raise CannotCompute("the question does not say of what")
    context.doubt("the measure was assumed", 0.25)
    return aggregate(context, column, measure.functions[-1], measure, where)


def _correlation(context: Context, measure: Measure, where: tuple[Predicate, ...]) -> Computed:
    assert measure.noun is not None and measure.second is not None
    first, second = measure.noun.chosen, measure.second.chosen
    if not (isinstance(first, ColumnId) and isinstance(second, ColumnId)):
        raise CannotCompute("a correlation needs two columns of numbers")
    expression = Aggregate(
        function=AggregateFunction.CORRELATION,
        argument=ref(first),
        second=ref(second),
        grain=first.table,
        where=where,
    )
    name = f"correlation_of_{snake(first.column)}_and_{snake(second.column)}"
    return Computed(name, expression, None, first.table)


def _duration(context: Context, measure: Measure, where: tuple[Predicate, ...]) -> Computed:
    assert measure.noun is not None and measure.second is not None
    first, second = measure.noun.chosen, measure.second.chosen
    if not (
        isinstance(first, ColumnId)
        and isinstance(second, ColumnId)
        and is_date(context.column(first))
        and is_date(context.column(second))
    ):
        raise CannotCompute("a duration needs two dates")
    return _lasting(context, measure, first, second, where)


def _lasting(
    context: Context, measure: Measure, start: ColumnId, end: ColumnId, where: tuple[Predicate, ...]
) -> Computed:
    """Aggregate the time between two dates of each row; the average unless another function is asked for."""
    function = measure.functions[-1] if measure.functions and measure.functions[-1] in FUNCTIONS else "avg"
    unit = measure.window_unit or natural_unit_of(context, start, end)
    expression = Aggregate(
        function=FUNCTIONS[function],
        argument=time_between(context, start, end, unit),
        grain=start.table,
        where=where,
        fraction=measure.fraction if function == "percentile" else None,
    )
    return Computed(
        f"{PREFIX.get(function, function)}_{unit.value}s", expression, f"{unit.value}s", start.table
    )


def _combined(
    context: Context, measure: Measure, base: Thing | None, table: str, where: tuple[Predicate, ...]
) -> Computed:
    from datacraft.engines.semantic.restricting import predicates_of  # the two call each other

    assert measure.denominator is not None
    counted = measure.noun.chosen if measure.noun is not None else None
    if measure.rate and isinstance(counted, Thing):
        base, table = counted, counted.table
    top_where = where + predicates_of(context, measure.conditions, base, table)
    bottom_where = where + predicates_of(context, measure.denominator.conditions, base, table)
    plain = Measure(measure.functions, measure.noun, distinct=measure.distinct, fraction=measure.fraction)
    top = compute(context, plain, base, table, top_where)
    bottom = compute(context, measure.denominator, base, table, bottom_where)
    sign = "/" if measure.operator == "ratio" else "-"
    name = "rate" if measure.rate else "ratio" if sign == "/" else "difference"
    expression = Arithmetic(operator=sign, left=top.expression, right=bottom.expression)
    unit = "%" if measure.rate else top.unit if sign == "-" else None
    return Computed(name, expression, unit, top.table)
