"""Parallel coordinates: every trial is a line through its parameters to its score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datacraft.evaluation.reports.charts.frame import WIDTH, Scale, around, chart, clipped, plain, words
from datacraft.evaluation.reports.markup import Markup, element

_TOP, _BOTTOM, _SIDE = 44.0, 236.0, 52.0
_BETWEEN = 120.0
_LONGEST = 14


@dataclass(frozen=True)
class Axis:
    """One parameter.

    Attributes:
        name: of the parameter.
        labels: of a choice's values, from bottom to top; none for numbers.
        low: of numbers.
        high: of numbers.
    """

    name: str
    labels: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0

    @property
    def scale(self) -> Scale:
        """Where values stand."""
        if self.labels:
            return Scale(-0.25, len(self.labels) - 0.75, _BOTTOM, _TOP)
        low, high = around([self.low, self.high], least=1e-9, share=0.0)
        return Scale(low, high, _BOTTOM, _TOP)

    def marks(self) -> list[tuple[float, str]]:
        """Return the values that are written beside the axis."""
        if self.labels:
            return [(float(place), shown) for place, shown in enumerate(self.labels)]
        return [(self.low, plain(self.low)), (self.high, plain(self.high))]


@dataclass(frozen=True)
class Line:
    """One trial: its place on each axis; None where it has none."""

    values: tuple[float | None, ...]
    class_: str
    title: str


def parallel(axes: Sequence[Axis], lines: Sequence[Line], label: str) -> Markup:
    """Return the chart; lines that come later lie above."""
    width = max(WIDTH, 2 * _SIDE + _BETWEEN * (len(axes) - 1))
    places = [_SIDE + (width - 2 * _SIDE) * place / max(1, len(axes) - 1) for place in range(len(axes))]
    drawn: list[Markup] = []
    for line in lines:
        points = [
            f"{x:.1f},{axis.scale(value):.1f}"
            for x, axis, value in zip(places, axes, line.values, strict=True)
            if value is not None
        ]
        drawn.append(
            element(
                "polyline",
                element("title", line.title),
                points=" ".join(points),
                class_=f"line {line.class_}",
            )
        )
    for place, (x, axis) in enumerate(zip(places, axes, strict=True)):
        drawn += [
            element("line", x1=x, x2=x, y1=_TOP, y2=_BOTTOM, class_="axis"),
            words(x, 16 if place % 2 == 0 else 30, clipped(axis.name, 22), class_="title", anchor="middle"),
        ]
        last = place == len(axes) - 1
        for value, shown in axis.marks():
            drawn.append(
                words(
                    x + (6 if last else -6), axis.scale(value) + 4, clipped(shown, _LONGEST), class_="tick",
                    anchor=None if last else "end",
                )
            )  # fmt: skip
    return chart(_BOTTOM + 20, label, *drawn, width=width)
