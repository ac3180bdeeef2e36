"""Bars: one for each group; grouped or stacked where there are two groups or several measures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from datacraft.contracts.answer import Cell
from datacraft.serving.charts.drawing import Drawing
from datacraft.serving.charts.fold import OTHER, Folded, fold
from datacraft.serving.charts.series import Series, bundle, size_of
from datacraft.serving.charts.shape import Row, Shape
from datacraft.serving.charts.style import (
    OTHER_COLOUR,
    PALETTE,
    Json,
    category_axis,
    layout,
    safe_text,
    value_axis,
)
from datacraft.serving.charts.timeline import periods
from datacraft.serving.formats import format_number

_LONG_NAME = 14  # characters; longer names don't fit under upright bars
_MANY_BARS = 8
_BAR_HEIGHT = 30  # pixels


def draw_bars(shape: Shape) -> Drawing:
    """Draw one bar per row; there is one group."""
    (place,) = shape.groups
    if shape.facts[place].ordered and not shape.ranked and len(shape.named_by) < 2:
        return _draw_in_natural_order(shape, place)
    values = shape.numbers(shape.main)
    chosen = fold(shape, range(len(values)), lambda row: values[row] or 0.0)
    names, drawn = shape.names(chosen.kept), [values[row] for row in chosen.kept]
    colours = [PALETTE[0]] * len(drawn)
    if chosen.has_other:
        names.append(OTHER)
        drawn.append(sum(values[row] or 0.0 for row in chosen.rest))
        colours.append(OTHER_COLOUR)
    trace = _trace(shape, shape.main, names, drawn) | {"marker": {"color": colours}}
    figure = _figure(shape, [trace], names, [shape.main], chosen.note)
    return Drawing(figure, shape.title([shape.main]), chosen.note)


def _draw_in_natural_order(shape: Shape, place: int) -> Drawing:
    """Draw the bars of months, years, buckets, ... in their own order, with the missing ones between them."""
    values = dict(zip(shape.names(), shape.numbers(shape.main), strict=True))
    names = _in_natural_order(shape, place)
    trace = _trace(shape, shape.main, names, [values.get(name) for name in names])
    figure = _figure(shape, [trace | {"marker": {"color": PALETTE[0]}}], names, [shape.main], "")
    return Drawing(figure, shape.title([shape.main]))


def _in_natural_order(shape: Shape, place: int) -> list[str]:
    """Return the names of a group's values in their own order, missing ones between included."""
    values = periods([row[place] for row in shape.rows], shape.facts[place])
    if any(row[place] is None for row in shape.rows):
        values = [*values, None]
    width = len(shape.facts)
    return [shape.name(_only(value, place, width), place) for value in values]


def _only(value: Cell, place: int, width: int) -> list[Cell]:
    """Return a row that holds one value alone."""
    row: list[Cell] = [None] * width
    row[place] = value
    return row


def draw_many_bars(shape: Shape, *, stacked: bool) -> Drawing:
    """Draw bars of several colours: of two groups, or of several measures of one group."""
    axis, split = shape.axes()
    if split is None:
        names, key = shape.names(), _row_names(shape)
    else:
        names, key = list(dict.fromkeys(shape.name(row, axis) for row in shape.rows)), _names_at(shape, axis)
    made = bundle(shape, axis, split, key)
    by_name: dict[str, list[Row]] = defaultdict(list)
    for row in shape.rows:
        by_name[key(row)].append(row)
    natural = shape.facts[axis].ordered and not shape.ranked and len(shape.named_by) < 2
    if natural:
        names = _in_natural_order(shape, axis)
    chosen = fold(shape, names, size_of(shape, by_name), natural=natural)
    shown = [*chosen.kept, OTHER] if chosen.has_other else chosen.kept
    traces = [_series_trace(shape, series, chosen, shown) for series in made.series]
    note = ", ".join(part for part in (chosen.note, made.note.replace("lines", "colours")) if part)
    places = list(dict.fromkeys(series.place for series in made.series))
    figure = _figure(shape, traces, shown, places, note)
    figure["layout"] = {**_dict(figure["layout"]), "barmode": "relative" if stacked else "group"}
    return Drawing(figure, shape.title(places), note)


def _series_trace(shape: Shape, series: Series, chosen: Folded[str], shown: Sequence[str]) -> Json:
    values = [series.values.get(name) for name in chosen.kept]
    if chosen.has_other:
        rest = [value for name in chosen.rest if (value := series.values.get(name)) is not None]
        values.append(sum(rest) if rest else None)
    trace = _trace(shape, series.place, shown, values)
    return trace | {"name": safe_text(series.name), "marker": {"color": series.colour}}


def _trace(shape: Shape, place: int, names: Sequence[str], values: Sequence[float | None]) -> Json:
    unit = shape.facts[place].unit
    told = ["" if value is None else format_number(value, unit) for value in values]
    return {"type": "bar", "x": [safe_text(name) for name in names], "y": list(values), "customdata": told}


def _figure(shape: Shape, traces: list[Json], names: Sequence[str], places: Sequence[int], note: str) -> Json:
    axis, _ = shape.axes()
    fact = shape.facts[places[0]]
    numbers = [value for trace in traces for value in _list(trace["y"]) if isinstance(value, int | float)]
    label = fact.label if len(places) == 1 else "value"
    values, groups = value_axis(label, fact.unit, numbers), category_axis(shape.facts[axis].label)
    flat = not shape.facts[axis].ordered and (
        len(names) > _MANY_BARS or max(map(len, names), default=0) > _LONG_NAME
    )
    title = shape.title(places) + (f" ({note})" if note else "")
    legend = {"showlegend": len(traces) > 1}
    if not flat:
        for trace in traces:
            trace["hovertemplate"] = "%{x}: %{customdata}" + _series_hover(traces)
        return {"data": traces, "layout": layout(title, xaxis=groups, yaxis=values, **legend)}
    for trace in traces:
        trace["x"], trace["y"], trace["orientation"] = trace["y"], trace["x"], "h"
        trace["hovertemplate"] = "%{y}: %{customdata}" + _series_hover(traces)
    groups |= {"autorange": "reversed"}  # the first row at the top
    height = max(360, 140 + _BAR_HEIGHT * len(names))
    return {"data": traces, "layout": layout(title, xaxis=values, yaxis=groups, height=height, **legend)}


def _series_hover(traces: list[Json]) -> str:
    return "<extra>%{fullData.name}</extra>" if len(traces) > 1 else "<extra></extra>"


def _names_at(shape: Shape, place: int) -> Callable[[Row], str]:
    return lambda row: shape.name(row, place)


def _row_names(shape: Shape) -> Callable[[Row], str]:
    names = {id(row): name for row, name in zip(shape.rows, shape.names(), strict=True)}
    return lambda row: names[id(row)]


def _list(value: object) -> list[object]:
    assert isinstance(value, list)  # made above
    return value


def _dict(value: object) -> Json:
    assert isinstance(value, dict)  # made above
    return value
