"""A frame said in simpler terms, before anything is shown: the figure meant, the thing a rank is of."""

from __future__ import annotations

from datacraft.contracts.semantic import DefaultAggregation, NamedMeasure, Role
from datacraft.engines.semantic.aggregates import default_function
from datacraft.engines.semantic.frame import Asked, Frame, Measure, Noun
from datacraft.engines.semantic.periods import time_column
from datacraft.engines.semantic.planning.asking import is_figure
from datacraft.engines.semantic.planning.draft import Draft
from datacraft.engines.semantic.ranking import verb_measure
from datacraft.engines.semantic.scope import Context, is_number
from datacraft.engines.semantic.vocabulary import ColumnId, Duration, Thing, counts_already, words_of

_PIECES = frozenset(
    {"unit", "copy", "piece", "quantity", "qty", "number", "num", "no", "count", "total", "item", "of"}
)
"""Beside a verb, these say that a column holds how many: `units_sold`, but not `sold_for`."""


def first_or_last_time(draft: Draft) -> None:
    """`When was the first order?` asks for the earliest date, not for the order."""
    frame, rank = draft.frame, draft.frame.rank
    if frame.question_word != "time" or rank is None or rank.item is None:
        return
    word = rank.item.words[-1]
    if not (rank.time_order or word in ("first", "last", "latest", "earliest", "newest", "oldest", "recent")):
        return
    column = time_column(draft.context, [draft.base.table], frame.verbs)
    if column is not None:
        latest = word in ("last", "latest", "newest", "recent")
        noun = Noun(rank.item, [(column, 1.0)], chosen=column)
        frame.asked = [Asked(measure=Measure(["max" if latest else "min"], noun))]
        frame.rank = None


def rank_of_related(draft: Draft) -> None:
    """`cities in the state with the largest area`: the rank is the state's, not the cities'."""
    rank = draft.frame.rank
    inner = rank.stack[-1] if rank is not None and len(rank.stack) > 1 else None
    target = (
        rank.measure.noun.chosen
        if rank is not None and rank.measure is not None and rank.measure.noun is not None
        else None
    )
    thing = inner.thing.chosen if inner is not None and inner.thing is not None else None
    if rank is None or inner is None or not isinstance(thing, Thing) or target is None:
        return
    if thing == draft.base and inner.via is None:
        return
    graph = draft.context.graph
    near, far = graph.distance(thing.table, target.table), graph.distance(draft.base.table, target.table)
    counts = any(asked.measure is not None for asked in draft.frame.asked)
    if near < far or (near == far and (counts or inner.via is not None)):
        inner.rank, draft.frame.rank = rank, None
        rank.stack = (inner,)


def ratio_of_rates(context: Context, frame: Frame) -> None:
    """`beds per doctor`, `wages per shift by ward`: rows of the figure have no one such thing, so it is shared out."""
    for group in list(frame.groups):
        target = group.noun.chosen if group.noun is not None and group.rate else None
        asked = next((a for a in frame.asked if a.measure is not None or a.noun is not None), None)
        if asked is None or not isinstance(target, Thing) or target.virtual:
            continue
        noun = asked.measure.noun if asked.measure is not None else asked.noun
        column = noun.chosen if noun is not None else None
        functions = asked.measure.functions if asked.measure is not None else []
        if not isinstance(column, ColumnId) or functions not in ([], ["sum"]):
            continue
        if default_function(context, column) != "sum" or context.graph.determined(column.table, target.table):
            continue
        whole = Measure(["count"], group.noun)
        asked.measure, asked.noun = Measure(["sum"], noun, operator="ratio", denominator=whole), None
        frame.groups.remove(group)


def average_of_rates(context: Context, frame: Frame) -> None:
    """`profit per order`: with more orders than one would list, the average over them."""
    ranked = frame.rank.measure.noun if frame.rank is not None and frame.rank.measure is not None else None
    measured = ranked.chosen if ranked is not None else None
    for group in list(frame.groups):
        row = group.noun.chosen if group.noun is not None and group.rate else None
        of_rows = isinstance(measured, ColumnId) and isinstance(row, Thing) and not row.virtual
        if of_rows and measured is not None and row is not None and measured.table == row.table:
            frame.groups.remove(group)  # "the highest average distance per trip": each trip has one
            continue
        target = group.noun.chosen if group.noun is not None else None
        key = context.key_of(target) if group.rate and isinstance(target, Thing) else None
        measure = next((a.measure for a in frame.asked if a.measure is not None), None)
        noun = next((a for a in frame.asked if a.noun is not None and is_figure(context, a.noun)), None)
        if key is None or (context.column(key).distinct or 0) <= 200 or (measure is None and noun is None):
            continue
        if measure is None and noun is not None:
            noun.measure, noun.noun = Measure([], noun.noun), None
            measure = noun.measure
        if measure is not None and measure.functions in ([], ["sum"], ["count"]) and not measure.share:
            measured = measure.noun.chosen if measure.noun is not None else None
            inner = measure.functions or [
                default_function(context, measured) if isinstance(measured, ColumnId) else "count"
            ]
            if isinstance(measured, NamedMeasure | Duration) or inner == ["avg"]:
                continue
            measure.functions, measure.per = ["avg", *inner], group.noun
            frame.groups.remove(group)


def how_much(draft: Draft) -> None:
    """`how much did nurses claim`: the verb says what figure is asked for."""
    frame = draft.frame
    told = [a.measure for a in frame.asked if a.measure is not None]
    if frame.question_word != "amount" or any(m.noun is not None or m.functions != ["sum"] for m in told):
        return
    if any(a.noun is not None and is_figure(draft.context, a.noun) for a in frame.asked):
        return
    near = draft.context.graph.near(draft.base.table, 3)
    spoken = next(((v, c) for v in frame.verbs if (c := verb_measure(draft.context, v, near))), None)
    if spoken is not None:
        verb, column = spoken
        frame.asked = [Asked(measure=Measure([], Noun(verb, [(column, 1.0)], chosen=column)))]


def simplify(context: Context, measure: Measure) -> None:
    """`average number of citations` over a column that holds that number is its plain average."""
    target = measure.noun.chosen if measure.noun is not None else None
    if (
        isinstance(target, ColumnId)
        and measure.functions[-1:] == ["count"]
        and is_number(context.column(target))
        and context.column(target).role is Role.MEASURE
        and (counts_already(target.column) or len(measure.functions) > 1)
    ):
        measure.functions = measure.functions[:-1] or ["sum"]


def amount_of_verb(context: Context, frame: Frame, measure: Measure) -> None:
    """`the band that sold the most records`: where the records have a number that were sold, its total."""
    target = measure.noun.chosen if measure.noun is not None else None
    if measure.functions != ["count"] or measure.share or not isinstance(target, Thing) or target.virtual:
        return
    states = [condition.verb for condition in frame.conditions if condition.kind == "state"]
    for verb in frame.verbs:
        if any(verb is state for state in states):
            continue  # "discounted receipts" are still counted
        said = {*verb.words, *((verb.verb.base,) if verb.verb is not None else ())}
        for column in context.model.table(target.table).columns:
            summed = column.role is Role.MEASURE and column.aggregation is DefaultAggregation.SUM
            named = set(words_of(column.name))
            if summed and said & named and named - said <= _PIECES | set(words_of(target.name)):
                told = ColumnId(target.table, column.name)
                measure.functions, measure.noun = ["sum"], Noun(verb, [(told, 1.0)], chosen=told)
                return
