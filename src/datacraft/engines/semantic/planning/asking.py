"""Whether a number that is asked for is summed up or listed, and what the question reads it off."""

from __future__ import annotations

from datacraft.contracts.plan import TimeUnit
from datacraft.contracts.semantic import DefaultAggregation, NamedMeasure
from datacraft.engines.semantic.frame import Asked, Frame, Grain, Measure, Noun
from datacraft.engines.semantic.planning.draft import Draft
from datacraft.engines.semantic.scope import Context, is_number
from datacraft.engines.semantic.vocabulary import ColumnId, Duration, Thing


def target_of(asked: Asked) -> object:
    """Return what is asked for, or what its figure is a figure of."""
    if asked.noun is not None:
        return asked.noun.chosen
    if asked.measure is not None and asked.measure.noun is not None:
        return asked.measure.noun.chosen
    return None


def is_figure(context: Context, noun: Noun) -> bool:
    """Whether a mention names numbers that can be computed with."""
    target = noun.chosen
    if isinstance(target, NamedMeasure):
        return True
    if isinstance(target, Duration):
        return True
    return (
        isinstance(target, ColumnId)
        and is_number(context.column(target))
        and context.column(target).time_part is None
    )


def measured_tables(frame: Frame) -> list[str]:
    """Return the tables of the figures that are asked for."""
    tables = []
    for asked in frame.asked:
        if (
            asked.measure is not None
            and asked.measure.noun is not None
            and asked.measure.noun.chosen is not None
        ):
            tables.append(asked.measure.noun.chosen.table)
    return tables


def about_things(context: Context, frame: Frame) -> bool:
    """Whether the question lists or counts things, rather than adding up a column over their rows."""
    for asked in frame.asked:
        target = target_of(asked)
        counted = asked.measure is not None and asked.measure.functions[-1:] == ["count"]
        if isinstance(target, Thing) or (counted and target is None):
            return True
        if asked.measure is None and isinstance(target, ColumnId) and not is_number(context.column(target)):
            return True
    return frame.root.thing is not None and not frame.asked


def sum_up_or_list(draft: Draft) -> None:
    """A bare number column is a measure when the question groups, compares or sums up; else it is listed."""
    frame = draft.frame
    sums_up = bool(
        frame.groups
        or frame.compare
        or frame.trend
        or any(asked.measure is not None for asked in frame.asked)
    )
    lists = frame.root.target or any(
        asked.noun is not None
        and (isinstance(asked.noun.chosen, Thing) or not is_figure(draft.context, asked.noun))
        for asked in frame.asked
    )
    for asked in frame.asked:
        if asked.noun is not None and asked.stray:
            draft.context.doubt(f"“{asked.noun.item.text}” may not have been asked for", 0.9)
        if asked.noun is None or not is_figure(draft.context, asked.noun):
            continue
        target = asked.noun.chosen
        repeats = (
            isinstance(target, ColumnId)
            and draft.base.virtual
            and not draft.context.determined(draft.base, target)
        )
        row_level = isinstance(target, ColumnId) and _about_one_thing(draft, target)
        one_figure = (
            len(frame.asked) == 1 and frame.rank is None and frame.root.rank is None and isinstance(target, ColumnId)
            and draft.context.column(target).aggregation is DefaultAggregation.SUM and not _names_one(draft.context, draft.frame, target)
            and not asked.noun.item.words[-1].endswith("s") and plural_target(draft.frame)
        )  # fmt: skip
        if (
            one_figure
            or isinstance(target, NamedMeasure | Duration)
            or sums_up
            or repeats
            or not (lists or row_level)
        ):
            asked.measure, asked.noun = Measure([], asked.noun), None
    if frame.trend and not frame.groups and not any(asked.grain for asked in frame.asked):
        frame.groups.append(Asked(grain=Grain(unit=natural_unit(draft.frame))))


def _about_one_thing(draft: Draft, column: ColumnId) -> bool:
    """`the population of Texas`, `how long is the Ohio`: the row's own number, not a sum."""
    if draft.frame.rank is not None or draft.frame.root.rank is not None:
        return not draft.base.virtual
    if _names_one(draft.context, draft.frame, column):
        return True
    return draft.frame.root.thing is not None and not draft.base.virtual


def _names_one(context: Context, frame: Frame, column: ColumnId) -> bool:
    """Whether a condition names one row of the column's table."""
    table = context.model.table(column.table)
    named = {*table.label, *table.primary_key}
    chosen = [c.values[0].chosen for c in frame.conditions if c.values]
    return any(c is not None and c.column.table == column.table and c.column.column in named for c in chosen)


def natural_unit(frame: Frame) -> TimeUnit:
    """Return the unit a course of time is shown by when the question names none: years for a long period."""
    spans = [c.span for c in frame.conditions if c.span is not None]
    if any(span.start and span.end and (span.end - span.start).days > 800 for span in spans):
        return TimeUnit.YEAR
    return TimeUnit.MONTH


def counted_base(draft: Draft, measure: Measure) -> Thing | None:
    """Return what a figure counts where it says of nothing: what the question is about."""
    return draft.base if measure.noun is None else None


def plural_target(frame: Frame) -> bool:
    """Whether several things are asked for."""
    noun = frame.root.thing or next((a.noun for a in frame.asked if a.noun is not None), None)
    return noun is not None and noun.item.words[-1].endswith("s")
