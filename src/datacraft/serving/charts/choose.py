"""Which kind of chart: the one that was asked for where the result allows it, else the one that fits its shape."""

from __future__ import annotations

from typing import Literal

from datacraft.contracts.plan import DatePart
from datacraft.serving.charts.fold import MAX_CATEGORIES
from datacraft.serving.charts.shape import Shape
from datacraft.serving.outputs import OutputFacts

Kind = Literal["number", "table", "line", "bar", "grouped_bar", "stacked_bar", "scatter", "histogram"]

_FEW_POINTS = 3  # a line of fewer says less than bars
_MOST_BARS = 60  # of groups with an order of their own, all of which are drawn
_SCATTER_FROM = 8


def choose_kind(shape: Shape, asked: Kind | None) -> Kind:
    """Return the kind of chart for a result; `asked` is what the question asks for, if it does."""
    if asked is not None and shape.measures:
        wanted = _adapted(shape, asked)
        if _fits(shape, wanted):
            return wanted
    return "table" if asked == "table" else _best(shape)


def _adapted(shape: Shape, asked: Kind) -> Kind:
    """Return the asked kind in its form for this many groups: bars of two groups are grouped."""
    if asked == "bar" and len(shape.groups) == 2:
        return "grouped_bar"
    if asked in ("grouped_bar", "stacked_bar") and len(shape.groups) == 1 and len(shape.alike) == 1:
        return "bar"
    return asked


def _fits(shape: Shape, kind: Kind) -> bool:
    if kind == "table":
        return True
    if kind == "number":
        return len(shape.rows) == 1
    if not shape.measures or len(shape.rows) < 2:
        return False
    match kind:
        case "line":
            return len(shape.groups) in (1, 2) and not _repeats(shape)
        case "bar":
            return len(shape.groups) == 1
        case "grouped_bar" | "stacked_bar":
            return len(shape.groups) == 2 or (len(shape.groups) == 1 and len(shape.alike) > 1)
        case "scatter":
            return len(shape.measures) >= 2
        case "histogram":
            return _has_bucket(shape) or len(shape.measures) == 1


def _best(shape: Shape) -> Kind:
    if len(shape.rows) == 1:
        return "number"
    if not shape.rows or not shape.measures:
        return "table"
    if _has_bucket(shape):
        return "histogram" if len(shape.groups) == 1 else "table"
    if _repeats(shape) or (
        shape.is_list and len(shape.rows) > MAX_CATEGORIES and shape.outline.limit is None
    ):
        return "table"
    if len(shape.groups) == 1:
        return _of_one_group(shape)
    if len(shape.groups) == 2:
        return _of_two_groups(shape)
    return "scatter" if not shape.groups and len(shape.measures) == 2 and not shape.is_list else "table"


def _of_one_group(shape: Shape) -> Kind:
    fact = shape.facts[shape.groups[0]]
    joined = len(shape.named_by) > 1
    if fact.ordered and not shape.ranked and not joined:
        many = len(shape.rows) >= _FEW_POINTS
        if many and (_is_time(fact) or len(shape.rows) > _MOST_BARS):
            return "line"
        return "grouped_bar" if len(shape.alike) > 1 else "bar"
    if len(shape.alike) > 1:
        return "grouped_bar"
    two_units = len(shape.measures) == 2
    if two_units and len(shape.rows) >= _SCATTER_FROM and not shape.ranked:
        return "scatter"
    return "bar"


def _of_two_groups(shape: Shape) -> Kind:
    axis, _ = shape.axes()
    if _is_time(shape.facts[axis]) and len({row[axis] for row in shape.rows}) >= _FEW_POINTS:
        return "line"
    return "stacked_bar" if shape.facts[shape.main].share else "grouped_bar"


def _is_time(fact: OutputFacts) -> bool:
    """Whether time runs on along the group's values, as it does not along weekdays."""
    return fact.moment or fact.part is DatePart.YEAR


def _has_bucket(shape: Shape) -> bool:
    return any(shape.facts[place].bucket is not None for place in shape.groups)


def _repeats(shape: Shape) -> bool:
    """Whether several rows lie at one place of the chart, so that one would hide the other."""
    if not shape.groups or shape.named_by:
        return False
    columns = ([row[place] for row in shape.rows] for place in shape.groups)
    return len(set(zip(*columns, strict=True))) < len(shape.rows)
