"""Which column is compared, where the question names it by an adjective, a unit, a verb, or not at all."""

from __future__ import annotations

from dataclasses import replace

from datacraft.contracts.semantic import Column, Role
from datacraft.engines.semantic.adjectives import adjective_column
from datacraft.engines.semantic.aggregates import default_measure
from datacraft.engines.semantic.frame import Condition
from datacraft.engines.semantic.lexicon import lemma
from datacraft.engines.semantic.ranking import verb_measure
from datacraft.engines.semantic.restricting.signs import FLIP
from datacraft.engines.semantic.scales import scale_of
from datacraft.engines.semantic.scope import Context
from datacraft.engines.semantic.vocabulary import ColumnId, Thing, words_of


def compared_column(context: Context, thing: Thing, condition: Condition) -> ColumnId | None:
    """Return the column that a comparison is about."""
    if condition.noun is not None:
        target = condition.noun.chosen
        return target if isinstance(target, ColumnId) else None
    if condition.adjective is not None:
        near = [
            thing.table,
            *(
                t.name
                for t in context.model.tables
                if t.name != thing.table and context.graph.distance(thing.table, t.name) < 1.7
            ),
        ]
        found = adjective_column(context, condition.adjective, near)
        if found is None:
            return None
        column, up = found
        generic_up = condition.operator in ("gt", "ge")
        implied = condition.adjective.generic or (
            condition.adjective.attributes[0][1] if condition.adjective.attributes else "up"
        )
        if (implied == "up") == generic_up and not up and implied == "up":
            condition.operator = (
                FLIP[condition.operator] if condition.operator in ("gt", "lt") else condition.operator
            )
        _tell_in_its_unit(context, column, condition)
        return column
    measured = measured_in(context, thing, condition.unit) if condition.unit else None
    if measured is not None:
        return measured
    converted = told_in_other_unit(context, thing, condition) if condition.unit else None
    if converted is not None:
        return converted
    if condition.verb is not None:
        near = sorted(
            (t.name for t in context.model.tables if context.graph.distance(thing.table, t.name) < 2.5),
            key=lambda n: context.graph.distance(thing.table, n),
        )
        spoken = verb_measure(context, condition.verb, near)
        if spoken is not None:
            return spoken
    if condition.unit and scale_of(condition.unit.split()[0]) is not None:
        return None  # "in less than 30 minutes": no amount of money
    chosen = default_measure(context, thing.table)
    if chosen is None:
        numbers = [c for c in context.model.table(thing.table).columns if c.role is Role.MEASURE]
        chosen = ColumnId(thing.table, numbers[0].name) if len(numbers) == 1 else None
    if chosen is not None:
        money = condition.number is not None and condition.number.unit == "$"
        context.doubt("the measure that is compared was assumed", 0.1 if money else 0.5)
    return chosen


def told_in_other_unit(context: Context, thing: Thing, condition: Condition) -> ColumnId | None:
    """`lasted more than 10 minutes`, where the data tells seconds: the one such column, and the number made so many."""
    asked = scale_of(condition.unit.split()[0])
    if asked is None or condition.number is None:
        return None
    family, size = asked
    fitting = [
        (ColumnId(thing.table, column.name), told[1])
        for column in context.model.table(thing.table).columns
        if column.role is Role.MEASURE and (told := _scale_told(column)) is not None and told[0] == family
    ]
    if len(fitting) != 1:
        return None
    column, own = fitting[0]
    condition.number = replace(condition.number, value=_neat(condition.number.value * size / own))
    if condition.upper is not None:
        condition.upper = replace(condition.upper, value=_neat(condition.upper.value * size / own))
    return column


def _tell_in_its_unit(context: Context, column: ColumnId, condition: Condition) -> None:
    """`longer than 2 hours`, where the data tells minutes: the number is made so many of them."""
    asked = scale_of(condition.unit.split()[0]) if condition.unit else None
    told = _scale_told(context.column(column))
    if asked is None or told is None or asked[0] != told[0] or condition.number is None:
        return
    factor, condition.unit = asked[1] / told[1], ""
    condition.number = replace(condition.number, value=_neat(condition.number.value * factor))
    if condition.upper is not None:
        condition.upper = replace(condition.upper, value=_neat(condition.upper.value * factor))


def is_told_in_time(column: Column) -> bool:
    """Whether a column says that it holds minutes, days or the like."""
    told = _scale_told(column)
    return told is not None and told[0] == "time"


def _scale_told(column: Column) -> tuple[str, float] | None:
    """Return the unit that a column says it is told in, by its name or its unit."""
    said = [(column.unit or "").lower(), *reversed(words_of(column.name))]
    return next((found for word in said if (found := scale_of(word)) is not None), None)


def _neat(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value


def measured_in(context: Context, thing: Thing, unit: str) -> ColumnId | None:
    """`covered more than 10 km`: the one column of the thing that is told in that unit."""
    words = {unit.split()[0], lemma(unit.split()[0])}
    fitting = [
        ColumnId(thing.table, column.name)
        for column in context.model.table(thing.table).columns
        if column.role is Role.MEASURE and words & {*words_of(column.name), (column.unit or "").lower()}
    ]
    return fitting[0] if len(fitting) == 1 else None
