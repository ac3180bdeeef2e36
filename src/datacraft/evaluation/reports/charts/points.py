"""Charts of points: one measure against another, and what a parameter does to a score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datacraft.contracts.estimate import Estimate
from datacraft.evaluation.reports.charts.frame import (
    WIDTH,
    Format,
    Scale,
    around,
    chart,
    clipped,
    plain,
    words,
    x_axis,
    y_axis,
)
from datacraft.evaluation.reports.markup import Markup, element

_LEFT, _TOP, _RIGHT = 40.0, 24.0, 16.0
_LABEL = (22.0, 12.0)
"""Room that the label of a point takes."""


@dataclass(frozen=True, slots=True)
class Point:
    """A thing by two measures.

    Attributes:
        label: that stands beside it.
        x: the first.
        y: the second, with its interval.
        class_: how it is coloured: `strong`, `plain`, `soft`, `ring`.
    """

    label: str
    x: float
    y: Estimate
    class_: str = "plain"


def front_of(points: Sequence[Point]) -> list[Point]:
    """Return the points that no other beats in both: less of x and more of y; by x."""
    found: list[Point] = []
    for point in sorted(points, key=lambda point: (point.x, -point.y.value)):
        if not found or point.y.value > found[-1].y.value:
            found.append(point)
    return found


def pareto(
    points: Sequence[Point], label: str, x_title: str, y_title: str, *, format_: Format = plain
) -> Markup:
    """Return points with vertical intervals, and the line of those that none beats in both."""
    bottom = 250.0
    x = Scale(0.0, max(point.x for point in points) * 1.12 or 1.0, _LEFT, WIDTH - 2 * _RIGHT)
    low, high = around([end for point in points for end in (point.y.low, point.y.high)], least=10.0)
    y = Scale(max(0.0, low), min(100.0, high), bottom, _TOP)
    front = front_of(points)
    steps: list[str] = []
    for before, point in zip([None, *front], front, strict=False):
        if before is not None:
            steps.append(f"{x(point.x):.1f},{y(before.y.value):.1f}")
        steps.append(f"{x(point.x):.1f},{y(point.y.value):.1f}")
    drawn, labels = [], list[tuple[float, float, str]]()
    for point in points:
        labels = _with_label(labels, (x(point.x), y(point.y.value), point.label))
    for point in sorted(points, key=lambda point: point in front):
        px, py = x(point.x), y(point.y.value)
        drawn.append(
            element(
                "g",
                element("line", x1=px, x2=px, y1=y(point.y.low), y2=y(point.y.high), class_="whisker"),
                element("circle", cx=px, cy=py, r=5.5, class_="dot"),
                class_="strong" if point in front else "plain",
            )
        )
    drawn += [words(px + 8, py - 6, shown, class_="name") for px, py, shown in labels]
    return chart(
        bottom + 42,
        label,
        words(4, 12, y_title, class_="title"),
        x_axis(x, bottom, _TOP, x_title, format_=format_),
        y_axis(y, _LEFT, WIDTH - _RIGHT),
        element("polyline", points=" ".join(steps), class_="front"),
        *drawn,
    )


def _with_label(
    labels: Sequence[tuple[float, float, str]], new: tuple[float, float, str]
) -> list[tuple[float, float, str]]:
    """Return the labels with another one; where it would lie on one that is there, both stand together."""
    found = list(labels)
    for place, (x, y, shown) in enumerate(found):
        if abs(new[0] - x) < _LABEL[0] and abs(new[1] - y) < _LABEL[1]:
            found[place] = (x, y, f"{shown}, {new[2]}")
            return found
    return [*found, new]


def slice_of(
    points: Sequence[Point],
    label: str,
    x_title: str,
    y_range: tuple[float, float],
    *,
    labels: Sequence[str] = (),
) -> Markup:
    """Return the scores over one parameter.

    Args:
        points: of a choice, `x` is the place of its value in `labels`.
        label: what the chart shows, in words.
        x_title: the parameter.
        y_range: of the scores.
        labels: of a choice's values.
    """
    bottom = 190.0
    y = Scale(*y_range, bottom, _TOP)
    if labels:
        x = Scale(-0.5, len(labels) - 0.5, _LEFT, WIDTH - _RIGHT)
        room = max(6, int(60 / len(labels)))
        axis = element(
            "g",
            *(
                words(x(place), bottom + 15, clipped(shown, room), class_="tick", anchor="middle")
                for place, shown in enumerate(labels)
            ),
            words((x.start + x.end) / 2, bottom + 32, x_title, class_="title", anchor="middle"),
        )
    else:
        low, high = around([point.x for point in points], least=1e-9)
        x = Scale(low, high, _LEFT, WIDTH - _RIGHT)
        axis = x_axis(x, bottom, _TOP, x_title)
    dots = [
        element("circle", cx=x(point.x), cy=y(point.y.value), r=5, class_=f"dot {point.class_}")
        for point in points
    ]
    return chart(
        bottom + 42,
        label,
        words(4, 12, "score", class_="title"),
        axis,
        y_axis(y, _LEFT, WIDTH - _RIGHT),
        *dots,
    )
