"""Aggregates over rows: a count of things, a column summed up, and how each is done when the question does not say."""

from __future__ import annotations

from dataclasses import dataclass

from datacraft.contracts.plan import Aggregate, AggregateFunction, Expression, Predicate, ScalarPlan
from datacraft.contracts.semantic import DefaultAggregation, Role
from datacraft.engines.semantic.frame import Measure
from datacraft.engines.semantic.scope import Context, Scope, is_date, is_number, ref, snake
from datacraft.engines.semantic.vocabulary import ColumnId, Target, Thing, words_of
from datacraft.profiles import plural

FUNCTIONS = {
    "sum": AggregateFunction.SUM, "avg": AggregateFunction.AVG, "min": AggregateFunction.MIN,
    "max": AggregateFunction.MAX, "median": AggregateFunction.MEDIAN, "percentile": AggregateFunction.PERCENTILE,
    "stddev": AggregateFunction.STDDEV, "variance": AggregateFunction.VARIANCE,
    "count": AggregateFunction.COUNT, "count_distinct": AggregateFunction.COUNT_DISTINCT,
}  # fmt: skip


PREFIX = {
    "sum": "total", "avg": "average", "min": "lowest", "max": "highest", "median": "median", "stddev": "std_dev_of",
    "variance": "variance_of", "percentile": "percentile_of",
}  # fmt: skip


_COUNTS = frozenset({"count", "cnt", "num", "number_of"})


_AMOUNTS = frozenset({"amount", "sale", "revenue", "turnover"})


_MONEY = frozenset({"total", "value", "price", "cost"})


@dataclass(frozen=True, slots=True)
class Computed:
    """An expression with the name and unit to show it under; `table` is where its rows come from."""

    name: str
    expression: Expression
    unit: str | None
    table: str


class CannotCompute(Exception):
    """The measure, as it was read, makes no sense on this data; the message says why."""


def count_of(context: Context, target: Target, where: tuple[Predicate, ...] = ()) -> Computed:
    """Count things: rows of their table, or distinct keys inside a wider table; a column's distinct values."""
    if isinstance(target, Thing):
        name = f"number_of_{snake(plural(target.name))}"
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
        name = f"number_of_{snake(plural(target.column))}"
        argument = ref(target)
    else:
        raise CannotCompute(f"{target.name!r} can't be counted")
    expression = Aggregate(
        function=AggregateFunction.COUNT_DISTINCT, argument=argument, grain=target.table, where=where
    )
    return Computed(name, expression, None, target.table)


def aggregate(
    context: Context, column: ColumnId, function: str, measure: Measure, where: tuple[Predicate, ...] = ()
) -> Computed:
    """Aggregate one column over the rows of its table."""
    info = context.column(column)
    chosen = function or default_function(context, column)
    counts = info.aggregation is DefaultAggregation.SUM or "per" in words_of(column.column)
    if chosen == "count" and info.role is Role.MEASURE and counts:
        chosen = "sum"  # "number of units", "visitors per year": the column counts them already
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
    if chosen not in FUNCTIONS:
        raise CannotCompute(f"the {chosen} of {column.column} can't be worked out here")
    weight = ref(ColumnId(column.table, info.weight)) if info.weight and chosen == "avg" else None
    expression = Aggregate(
        function=FUNCTIONS[chosen], argument=ref(column), grain=column.table, where=where, weight=weight,
        fraction=(measure.fraction or 0.5) if chosen == "percentile" else None,
    )  # fmt: skip
    return Computed(
        f"{PREFIX.get(chosen, chosen)}_{snake(column.column)}", expression, info.unit, column.table
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


def overall(
    context: Context, column: ColumnId, function: str, where: tuple[Predicate, ...] = ()
) -> ScalarPlan:
    """Return the single value of an aggregate over a whole column, or its rows that meet all of `where`."""
    scope = Scope(context, column.table)
    scope.filters.extend(where)
    computed = aggregate(context, column, function, Measure([function]))
    scope.output(computed.name, computed.expression)
    return ScalarPlan(plan=scope.plan())
