"""Lines over time: one for each measure or for each value of a second group, with gaps where data is missing."""

from __future__ import annotations

from datacraft.contracts.answer import Cell
from datacraft.serving.charts.drawing import Drawing
from datacraft.serving.charts.series import Series, bundle
from datacraft.serving.charts.shape import Row, Shape
from datacraft.serving.charts.style import DASHES, Json, category_axis, layout, safe_text, value_axis
from datacraft.serving.charts.timeline import iso, periods, time_axis
from datacraft.serving.formats import format_number

_NEAR_ZERO = 0.6
_MOST_MARKERS = 60  # points; beyond, markers hide the line


def draw_lines(shape: Shape) -> Drawing:
    """Draw lines along a time, or along any group whose order is the message."""
    axis, split = shape.axes()
    fact = shape.facts[axis]
    if fact.ordered:
        positions = periods([row[axis] for row in shape.rows], fact)
    else:
        positions = list(dict.fromkeys(row[axis] for row in shape.rows))
    made = bundle(shape, axis, split, lambda row: _key(row, axis))
    on_calendar = fact.moment and all(hasattr(value, "isoformat") for value in positions)
    traces = [
        _trace(shape, series, index, axis, positions, on_calendar=on_calendar)
        for index, series in enumerate(made.series)
    ]
    numbers = [v for series in made.series for v in series.values.values() if v is not None]
    places = list(dict.fromkeys(series.place for series in made.series))
    main = shape.facts[places[0]]
    title = shape.title(places)
    figure: Json = {
        "data": traces,
        "layout": layout(
            f"{title} ({made.note})" if made.note else title,
            xaxis=time_axis(fact) if on_calendar else category_axis(fact.label),
            yaxis=value_axis(main.label if len(places) == 1 else "value", main.unit, numbers)
            | ({"rangemode": "tozero"} if _reaches_down(numbers) else {}),
            hovermode="x unified",
            showlegend=len(traces) > 1,
        ),
    }
    return Drawing(figure, title, made.note)


def _reaches_down(numbers: list[float]) -> bool:
    """Whether the values come near enough to zero to show it without flattening the lines."""
    return bool(numbers) and 0 <= min(numbers) < _NEAR_ZERO * max(numbers)


def _trace(
    shape: Shape, series: Series, index: int, axis: int, positions: list[Cell], *, on_calendar: bool
) -> Json:
    values = [series.values.get(str(position)) for position in positions]
    unit = shape.facts[series.place].unit
    return {
        "type": "scatter",
        "mode": "lines+markers" if len(positions) <= _MOST_MARKERS or None in values else "lines",
        "name": safe_text(series.name),
        "x": [iso(p) for p in positions] if on_calendar else [_tick(shape, p, axis) for p in positions],
        "y": values,
        "customdata": ["" if value is None else format_number(value, unit) for value in values],
        "hovertemplate": "%{customdata}",
        "connectgaps": False,
        "line": {"color": series.colour, "dash": DASHES[index % len(DASHES)], "width": 2},
        "marker": {"size": 6},
    }


def _tick(shape: Shape, position: Cell, axis: int) -> str:
    row: list[Cell] = [None] * len(shape.facts)
    row[axis] = position
    return safe_text(shape.name(row, axis))


def _key(row: Row, axis: int) -> str:
    return str(row[axis])
