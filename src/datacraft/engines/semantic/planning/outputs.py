"""Columns of a result: what names a thing, a column of its own, a calendar unit, a histogram's bars."""

from __future__ import annotations

import math

from datacraft.contracts.plan import Bucket, Output
from datacraft.engines.semantic.aggregates import CannotCompute
from datacraft.engines.semantic.frame import Asked, Grain, Measure, Noun
from datacraft.engines.semantic.periods import grain_expression, time_column
from datacraft.engines.semantic.planning.asking import is_figure, measured_tables
from datacraft.engines.semantic.planning.draft import Draft
from datacraft.engines.semantic.scope import Context, ref, thing_of_column
from datacraft.engines.semantic.vocabulary import ColumnId, Thing

_MOST_COLUMNS = 30  # more are not read by anyone


def noun_outputs(draft: Draft, noun: Noun) -> list[Output]:
    """Return the columns that show what a mention names."""
    target = noun.chosen
    if isinstance(target, Thing):
        if not draft.scope.need(target.table):
            raise CannotCompute(f"nothing connects {draft.base.name} and {target.name}")
        if draft.frame.whole and target == draft.base and not target.virtual and not draft.frame.groups:
            columns = draft.context.model.table(target.table).columns[:_MOST_COLUMNS]
            return [draft.scope.column_output(ColumnId(target.table, column.name)) for column in columns]
        return thing_outputs(draft, target)
    if isinstance(target, ColumnId):
        if not draft.scope.need(target.table):
            raise CannotCompute(f"nothing connects {draft.base.name} and {target.column}")
        if draft.frame.distribution and is_figure(draft.context, noun) and not draft.frame.groups:
            return [_histogram(draft, target)]
        info = draft.context.column(target)
        entity = next(
            (e for e in draft.context.model.entities if e.table == target.table and target.column == e.label),
            None,
        )
        if entity is not None and draft.frame.rank is not None:
            return thing_outputs(draft, thing_of_column(draft.context, target))
        return _named_by(draft, noun, target) or [
            draft.scope.output(target.column, ref(target), unit=info.unit)
        ]
    return []


def _named_by(draft: Draft, noun: Noun, column: ColumnId) -> list[Output]:
    """`the home ground of the Falcons`: of a column that refers to another table, the name that stands there."""
    if {"id", "number", "code", "key", "no"} & set(noun.item.words):
        return []
    edges = [
        edge
        for edge in draft.context.graph.edges(column.table)
        if edge.columns[0][0] == column.column
        and edge.cardinality == "many_to_one"
        and len(edge.columns) == 1
    ]
    thing = draft.context.vocabulary.things[edges[0].right] if len(edges) == 1 else None
    if thing is None or not thing.labels or thing.table in draft.scope.tables:
        return []
    draft.scope.add_edge(edges[0])
    return [draft.scope.column_output(name) for name in draft.context.names_of(thing)]


def _histogram(draft: Draft, column: ColumnId) -> Output:
    info = draft.context.column(column)
    low = info.minimum if isinstance(info.minimum, int | float) else 0
    high = info.maximum if isinstance(info.maximum, int | float) else 100
    width = _nice((high - low) / 12 or 1)
    output = draft.scope.output(
        f"{column.column}_from", Bucket(argument=ref(column), width=width), unit=info.unit
    )
    if not any(asked.measure for asked in draft.frame.asked):
        draft.frame.asked.append(Asked(measure=Measure(["count"])))
    return output


def _nice(width: float) -> float:
    """Round a bucket's width to 1, 2 or 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(width)) if width > 0 else 1
    for step in (1, 2, 5, 10):
        if width <= step * power:
            return float(step * power)
    return float(10 * power)


def thing_outputs(draft: Draft, thing: Thing) -> list[Output]:
    """Return the columns that show a thing: its names, and its key where they don't tell it apart."""
    names = draft.context.names_of(thing)
    made: list[Output] = []
    if not names:
        table = draft.context.model.table(thing.table)
        names = [ColumnId(thing.table, column.name) for column in table.columns[:12]]
    shown = [draft.scope.column_output(column) for column in names]
    key = draft.context.key_of(thing)
    if key is not None and key not in names and not _unique(draft.context, thing, names):
        made.append(draft.scope.column_output(key))
    return [*shown, *made]


def _unique(context: Context, thing: Thing, names: list[ColumnId]) -> bool:
    """Whether a thing's name tells it apart from every other."""
    rows = context.model.table(thing.table).rows
    if len(names) != 1:
        return bool(names) and any(context.column(name).distinct == rows for name in names)
    distinct = context.column(names[0]).distinct
    if thing.virtual:
        keys = context.column(ColumnId(thing.table, thing.key or "")).distinct if thing.key else None
        return distinct is not None and distinct == keys
    return distinct is not None and distinct == rows


def grain_output(draft: Draft, grain: Grain) -> list[Output]:
    """Return the column that shows a calendar unit or a cyclic part of the date that fits."""
    tables = [*draft.scope.tables, *(t for t in measured_tables(draft.frame) if t not in draft.scope.tables)]
    column = time_column(
        draft.context, list(reversed(tables)) if len(tables) > 1 else tables, draft.frame.verbs
    )
    if grain.of is not None and isinstance(grain.of.chosen, ColumnId):
        column = grain.of.chosen
        tables = [column.table, *tables]
    made = grain_expression(draft.context, grain, column, tables)
    if made is None:
        raise CannotCompute("the data holds no date for it")
    name, expression = made
    used = column.table if column is not None else tables[0]
    if hasattr(expression, "table"):
        used = expression.table
    draft.scope.need(used)
    output = draft.scope.output(name, expression)
    draft.grain = draft.grain or output
    return [output]
