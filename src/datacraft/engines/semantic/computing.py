"""From a measure, as it was asked for, to an expression of a plan."""

from __future__ import annotations

from dataclasses import dataclass

from datacraft.contracts.plan import (
    Aggregate,
    AggregateFunction,
    Arithmetic,
    DateDiff,
    Expression,
    Output,
    OutputRef,
    Predicate,
    QueryPlan,
    ScalarPlan,
    TimeUnit,
)
from datacraft.contracts.semantic import DefaultAggregation, NamedFilter, NamedMeasure, Role
from datacraft.engines.semantic.formulas import measure_expression
from datacraft.engines.semantic.frame import Measure, Noun
from datacraft.engines.semantic.lexicon import AdjectiveSense
from datacraft.engines.semantic.scope import Context, Scope, is_date, is_number, ref, snake
from datacraft.engines.semantic.vocabulary import ColumnId, Duration, Target, Thing, words_of

_FUNCTIONS = {
    "sum": AggregateFunction.SUM, "avg": AggregateFunction.AVG, "min": AggregateFunction.MIN,
    "max": AggregateFunction.MAX, "median": AggregateFunction.MEDIAN, "percentile": AggregateFunction.PERCENTILE,
    "stddev": AggregateFunction.STDDEV, "variance": AggregateFunction.VARIANCE,
    "count": AggregateFunction.COUNT, "count_distinct": AggregateFunction.COUNT_DISTINCT,
}  # fmt: skip
_PREFIX = {
    "sum": "total", "avg": "average", "min": "lowest", "max": "highest", "median": "median", "stddev": "std_dev_of",
    "variance": "variance_of", "percentile": "percentile_of",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Computed:
    """An expression with the name and unit to show it under; `table` is where its rows come from."""

    name: str
    expression: Expression
    unit: str | None
    table: str


class CannotCompute(Exception):
    """The measure, as it was read, makes no sense on this data; the message says why."""


_COUNTS = frozenset({"count", "cnt", "num", "number_of"})


def count_of(context: Context, target: Target, where: tuple[Predicate, ...] = ()) -> Computed:
    """Count things: rows of their table, or distinct keys inside a wider table; a column's distinct values."""
    if isinstance(target, Thing):
        name = f"number_of_{snake(_plural(target.name))}"
        if target.key is None:
            counted = next(
                (
                    c.name
                    for c in context.model.table(target.table).columns
                    if c.name.lower() in _COUNTS and is_number(c)
                ),
                None,
            )
            if counted is not None:  # each row stands for so many: "count" of check-ins by day
                total = Aggregate(
                    function=AggregateFunction.SUM,
                    argument=ref(ColumnId(target.table, counted)),
                    grain=target.table,
                    where=where,
                )
                return Computed(name, total, None, target.table)
            return Computed(
                name,
                Aggregate(function=AggregateFunction.COUNT, grain=target.table, where=where),
                None,
                target.table,
            )
        argument = ref(ColumnId(target.table, target.key))
    elif isinstance(target, ColumnId):
        name = f"number_of_{snake(_plural(target.column))}"
        argument = ref(target)
    else:
        raise CannotCompute(f"{target.name!r} can't be counted")
    expression = Aggregate(
        function=AggregateFunction.COUNT_DISTINCT, argument=argument, grain=target.table, where=where
    )
    return Computed(name, expression, None, target.table)


def _plural(word: str) -> str:
    from datacraft.profiles import plural

    return plural(word)


def aggregate(
    context: Context, column: ColumnId, function: str, measure: Measure, where: tuple[Predicate, ...] = ()
) -> Computed:
    """Aggregate one column over the rows of its table."""
    info = context.column(column)
    chosen = function or default_function(context, column)
    if chosen == "count" and info.role is Role.MEASURE and info.aggregation is DefaultAggregation.SUM:
        chosen = "sum"  # "number of units": the column counts them already
    if chosen == "count" and is_date(info):  # "number of departures": the rows that have one
        counted = Aggregate(
            function=AggregateFunction.COUNT, argument=ref(column), grain=column.table, where=where
        )
        return Computed(f"number_of_{snake(column.column)}", counted, None, column.table)
    if chosen.startswith("count") or (
        chosen in ("sum", "avg", "median", "percentile", "stddev", "variance") and not is_number(info)
    ):
        if chosen in ("sum", "") or chosen.startswith("count"):
            return count_of(context, column, where)
        if info.role is Role.FLAG and chosen == "avg":
            raise CannotCompute(f"{column.column} is yes or no: ask for the share instead")
        raise CannotCompute(f"{column.column} holds no numbers")
    if chosen not in _FUNCTIONS:
        raise CannotCompute(f"the {chosen} of {column.column} can't be worked out here")
    weight = ref(ColumnId(column.table, info.weight)) if info.weight and chosen == "avg" else None
    expression = Aggregate(
        function=_FUNCTIONS[chosen], argument=ref(column), grain=column.table, where=where, weight=weight,
        fraction=(measure.fraction or 0.5) if chosen == "percentile" else None,
    )  # fmt: skip
    return Computed(
        f"{_PREFIX.get(chosen, chosen)}_{snake(column.column)}", expression, info.unit, column.table
    )


def default_function(context: Context, column: ColumnId) -> str:
    """Return how a column is summed up when the question does not say."""
    info = context.column(column)
    if info.aggregation is DefaultAggregation.AVG:
        return "avg"
    if info.aggregation is DefaultAggregation.COUNT_DISTINCT:
        return "count_distinct"
    if info.aggregation is DefaultAggregation.SUM:
        return "sum"
    return "avg" if is_number(info) else "count_distinct"


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
    if isinstance(target, Thing) and functions[-1:] == ["sum"] and _is_mass(measure.noun):
        return _value_of_thing(context, measure, target, where)
    if isinstance(target, Thing):
        return count_of(context, target, where)
    if isinstance(target, Duration):
        return duration_of(measure, target, where)
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


def default_measure(context: Context, table: str) -> ColumnId | None:
    """Return the one column of a table that is summed, None where there are several or none."""
    summed = [
        ColumnId(table, column.name)
        for column in context.model.table(table).columns
        if column.role is Role.MEASURE and column.aggregation is DefaultAggregation.SUM
    ]
    if len(summed) == 1:
        return summed[0]
    stems = {word[:5] for word in words_of(context.model.table(table).entity) if len(word) > 3}
    own = [column for column in summed if stems & {word[:5] for word in words_of(column.column)}]
    if len(own) == 1:
        return own[0]  # of a claim, the amount that was claimed
    for wanted in (_AMOUNTS, _MONEY):
        named = [column for column in summed if set(words_of(column.column)) & wanted]
        if len(named) == 1:
            return named[0]
    money = [column for column in summed if context.column(column).unit in ("USD", "EUR", "$", "€")]
    return money[0] if len(money) == 1 else None


_AMOUNTS = frozenset({"amount", "sale", "revenue", "turnover"})
_MONEY = frozenset({"total", "value", "price", "cost"})


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
    unit = measure.window_unit or TimeUnit.DAY
    difference = DateDiff(unit=unit, start=ref(first), end=ref(second))
    function = measure.functions[-1] if measure.functions else "avg"
    expression = Aggregate(
        function=_FUNCTIONS.get(function, AggregateFunction.AVG),
        argument=difference,
        grain=first.table,
        where=where,
    )
    return Computed(
        f"{_PREFIX.get(function, 'average')}_{unit.value}s", expression, f"{unit.value}s", first.table
    )


def duration_between(duration: Duration, unit: TimeUnit = TimeUnit.DAY) -> DateDiff:
    """Return the time between the start and the end date of each row."""
    start, end = ColumnId(duration.table, duration.start), ColumnId(duration.table, duration.end)
    return DateDiff(unit=unit, start=ref(start), end=ref(end))


def duration_of(measure: Measure, duration: Duration, where: tuple[Predicate, ...] = ()) -> Computed:
    """Aggregate the time between two dates of each row; the average unless another function is asked for."""
    function = measure.functions[-1] if measure.functions and measure.functions[-1] in _FUNCTIONS else "avg"
    unit = measure.window_unit or TimeUnit.DAY
    expression = Aggregate(
        function=_FUNCTIONS[function], argument=duration_between(duration, unit), grain=duration.table, where=where,
        fraction=measure.fraction if function == "percentile" else None,
    )  # fmt: skip
    return Computed(
        f"{_PREFIX.get(function, function)}_{unit.value}s", expression, f"{unit.value}s", duration.table
    )


def _combined(
    context: Context, measure: Measure, base: Thing | None, table: str, where: tuple[Predicate, ...]
) -> Computed:
    from datacraft.engines.semantic.restricting import predicates_of  # the two call each other

    assert measure.denominator is not None
    top_where = where + predicates_of(context, measure.conditions, base, table)
    bottom_where = where + predicates_of(context, measure.denominator.conditions, base, table)
    plain = Measure(measure.functions, measure.noun, distinct=measure.distinct, fraction=measure.fraction)
    top = compute(context, plain, base, table, top_where)
    bottom = compute(context, measure.denominator, base, table, bottom_where)
    sign = "/" if measure.operator == "ratio" else "-"
    name = "ratio" if sign == "/" else "difference"
    expression = Arithmetic(operator=sign, left=top.expression, right=bottom.expression)
    return Computed(name, expression, top.unit if sign == "-" else None, top.table)


def per_thing(
    context: Context, measure: Measure, base: Thing | None, table: str, filters: Scope, groups: list[Output]
) -> QueryPlan:
    """`average number of visits per patient`: one value per thing, then the outer function over them."""
    assert measure.per is not None
    per = measure.per.chosen
    inner = Measure(
        measure.functions[1:] or _inner_functions(context, measure), measure.noun, distinct=measure.distinct
    )
    computed = compute(context, inner, base, table)
    scope = filters
    scope.need(computed.table)
    key = context.key_of(per) if isinstance(per, Thing) else per if isinstance(per, ColumnId) else None
    if key is None or not scope.need(key.table):
        raise CannotCompute("there is no way to tell which belongs to which")
    scope.output(key.column, ref(key))
    value = scope.output(computed.name, computed.expression, unit=computed.unit)
    kept = tuple(
        Output(name=g.name, label=g.label, unit=g.unit, expression=OutputRef(name=g.name)) for g in groups
    )
    outer = measure.functions[0]
    name = f"{_PREFIX.get(outer, outer)}_{computed.name}_per_{snake(getattr(per, 'name', key.column))}"
    result = Output(
        name=snake(name), label=name.replace("_", " "), unit=computed.unit,
        expression=Aggregate(function=_FUNCTIONS[outer], argument=OutputRef(name=value.name)),
    )  # fmt: skip
    return QueryPlan(source=scope.plan(), outputs=(*kept, result))


def _inner_functions(context: Context, measure: Measure) -> list[str]:
    if measure.noun is not None and isinstance(measure.noun.chosen, ColumnId):
        return [default_function(context, measure.noun.chosen)]
    return ["count"]


def overall(context: Context, column: ColumnId, function: str) -> ScalarPlan:
    """Return the single value of an aggregate over a whole column, for comparisons with it."""
    scope = Scope(context, column.table)
    computed = aggregate(context, column, function, Measure([function]))
    scope.output(computed.name, computed.expression)
    return ScalarPlan(plan=scope.plan())


_DATE_WORDS = frozenset(
    {"date", "year", "time", "age", "birth", "birthday", "day", "founding", "release", "start"}
)


def adjective_column(
    context: Context, adjective: AdjectiveSense, tables: list[str]
) -> tuple[ColumnId, bool] | None:
    """Return (column, whether up) that an adjective measures on the first table that has one."""
    for table in tables:
        best: tuple[float, ColumnId, bool] | None = None
        for rank, (noun, way) in enumerate(adjective.attributes):
            for hit in context.vocabulary.lookup(tuple(noun.split())):
                target = context.vocabulary.targets[hit.target]
                if not isinstance(target, ColumnId) or target.table != table:
                    continue
                info = context.column(target)
                if not (is_number(info) or is_date(info) or info.time_part == "year"):
                    continue
                if is_date(info) and not set(words_of(noun)) & _DATE_WORDS:
                    continue
                score = hit.score - 0.02 * rank
                if hit.score >= 0.5 and (best is None or score > best[0]):
                    best = (score, target, way == "up")
        if best is not None:
            return best[1], best[2]
    return None
