"""Two measures against each other, and how one measure is distributed."""

from __future__ import annotations

from datacraft.serving.charts.drawing import Drawing
from datacraft.serving.charts.shape import Shape
from datacraft.serving.charts.style import PALETTE, Json, layout, safe_text, value_axis
from datacraft.serving.formats import format_number

_MOST_POINTS = 5_000


def draw_scatter(shape: Shape) -> Drawing:
    """Draw a point per row: the result's main measure upwards, the next one to the right."""
    up = shape.main
    right = next(place for place in shape.measures if place != up)
    names = shape.names() if shape.groups else [""] * len(shape.rows)
    points = [
        (x, y, name)
        for x, y, name in zip(shape.numbers(right), shape.numbers(up), names, strict=True)
        if x is not None and y is not None
    ]
    note = f"{_MOST_POINTS:,} of {len(points):,}" if len(points) > _MOST_POINTS else ""
    points = points[:_MOST_POINTS]
    x_fact, y_fact = shape.facts[right], shape.facts[up]
    trace: Json = {
        "type": "scatter",
        "mode": "markers",
        "x": [x for x, _, _ in points],
        "y": [y for _, y, _ in points],
        "text": [safe_text(name) for _, _, name in points],
        "customdata": [
            f"{x_fact.label}: {format_number(x, x_fact.unit)}<br>{y_fact.label}: {format_number(y, y_fact.unit)}"
            for x, y, _ in points
        ],
        "hovertemplate": "%{text}<br>%{customdata}<extra></extra>",
        "marker": {"color": PALETTE[0], "size": 9, "opacity": 0.75},
    }
    title = f"{shape.title([up])} against {x_fact.label}"
    axes: Json = {
        "xaxis": value_axis(x_fact.label, x_fact.unit, [x for x, _, _ in points]),
        "yaxis": value_axis(y_fact.label, y_fact.unit, [y for _, y, _ in points]),
    }
    shown = f"{title} ({note})" if note else title
    return Drawing({"data": [trace], "layout": layout(shown, showlegend=False, **axes)}, title, note)


def draw_histogram(shape: Shape) -> Drawing:
    """Draw a distribution: of the buckets that the plan made, or of a measure's values as they are."""
    bucket = next((place for place in shape.groups if shape.facts[place].bucket is not None), None)
    if bucket is None:
        return _of_values(shape)
    fact, main = shape.facts[bucket], shape.facts[shape.main]
    width = fact.bucket or 1.0
    bars = [
        (edge, value)
        for edge, value in zip(shape.numbers(bucket), shape.numbers(shape.main), strict=True)
        if edge is not None and value is not None
    ]
    trace: Json = {
        "type": "bar",
        "x": [edge + width / 2 for edge, _ in bars],
        "y": [value for _, value in bars],
        "width": [width] * len(bars),
        "customdata": [
            f"{format_number(edge, fact.unit)} to {format_number(edge + width, fact.unit)}: "
            f"{format_number(value, main.unit)}"
            for edge, value in bars
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
        "marker": {"color": PALETTE[0], "line": {"width": 1, "color": "rgba(128,128,128,0.6)"}},
    }
    axes: Json = {
        "xaxis": value_axis(fact.label, fact.unit, [edge for edge, _ in bars]),
        "yaxis": value_axis(main.label, main.unit, [value for _, value in bars]),
    }
    title = shape.title([shape.main])
    return Drawing({"data": [trace], "layout": layout(title, bargap=0, **axes)}, title)


def _of_values(shape: Shape) -> Drawing:
    fact = shape.facts[shape.main]
    values = [value for value in shape.numbers(shape.main) if value is not None]
    trace: Json = {
        "type": "histogram",
        "x": values,
        "marker": {"color": PALETTE[0], "line": {"width": 1, "color": "rgba(128,128,128,0.6)"}},
    }
    axes: Json = {
        "xaxis": value_axis(fact.label, fact.unit, values),
        "yaxis": value_axis("number of rows", None, []),
    }
    title = f"Distribution of {fact.label}"
    return Drawing({"data": [trace], "layout": layout(title, bargap=0, **axes)}, title)
