"""Charts of one row per thing: estimates with their intervals, and bars from a middle line (tornado)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datacraft.contracts.estimate import Estimate
from datacraft.evaluation.reports.charts.frame import (
    WIDTH,
    Scale,
    around,
    chart,
    clipped,
    plain,
    words,
    x_axis,
)
from datacraft.evaluation.reports.markup import Markup, element

_ROW, _LEFT, _RIGHT = 38.0, 8.0, 12.0
_LONGEST = 34


@dataclass(frozen=True, slots=True)
class Row:
    """A figure with its interval.

    Attributes:
        label: what it is of.
        estimate: the figure.
        shown: the figure in words.
        strong: it is the one to look at.
    """

    label: str
    estimate: Estimate
    shown: str
    strong: bool = False


def intervals(
    rows: Sequence[Row], label: str, title: str, *, least: float = 10.0, zero: bool = False
) -> Markup:
    """Return dots with their intervals, one under the other.

    Args:
        rows: from top to bottom.
        label: what the chart shows, in words.
        title: of the axis.
        least: width of the axis at least.
        zero: the axis holds 0.
    """
    ends = [end for row in rows for end in (row.estimate.low, row.estimate.high, row.estimate.value)]
    low, high = around([*ends, 0.0] if zero else ends, least=least)
    scale = Scale(low, high, _LEFT + 6, WIDTH - _RIGHT - 6)
    bottom = _ROW * len(rows) + 4
    drawn = []
    for place, row in enumerate(rows):
        y, class_ = place * _ROW + 28, "strong" if row.strong else "plain"
        drawn.append(
            element(
                "g",
                words(_LEFT, y - 14, clipped(row.label, _LONGEST - len(row.shown) // 3), class_="name"),
                words(WIDTH - _RIGHT, y - 14, row.shown, class_="value", anchor="end"),
                element(
                    "line",
                    x1=scale(row.estimate.low),
                    x2=scale(row.estimate.high),
                    y1=y,
                    y2=y,
                    class_="whisker",
                ),
                element("circle", cx=scale(row.estimate.value), cy=y, r=5, class_="dot"),
                class_=class_,
            )
        )
    return chart(bottom + 40, label, x_axis(scale, bottom, 0, title), *drawn)


@dataclass(frozen=True, slots=True)
class Span:
    """How far something moves both ways from a middle line.

    Attributes:
        label: what is moved.
        low: how far down, at most 0.
        high: how far up, at least 0.
    """

    label: str
    low: float
    high: float


def tornado(spans: Sequence[Span], label: str, title: str) -> Markup:
    """Return bars to both sides of a middle line, the widest first."""
    low, high = around([end for span in spans for end in (span.low, span.high)], least=4.0, share=0.16)
    scale = Scale(low, high, _LEFT + 6, WIDTH - _RIGHT - 6)
    bottom = _ROW * len(spans) + 4
    drawn = []
    for place, span in enumerate(spans):
        y = place * _ROW + 19
        drawn.append(words(_LEFT, y - 5, clipped(span.label, _LONGEST), class_="name"))
        for value, class_, anchor in ((span.low, "down", "end"), (span.high, "up", "start")):
            if value:
                left, right = sorted((scale(0), scale(value)))
                drawn.append(
                    element("rect", x=left, y=y, width=right - left, height=13, class_=f"bar {class_}")
                )
                x = scale(value) + (4 if anchor == "start" else -4)
                drawn.append(words(x, y + 11, f"{value:+.1f}", class_="value small", anchor=anchor))
        if not span.low and not span.high:
            drawn.append(words(scale(0) - 5, y + 11, "no change seen", class_="value small", anchor="end"))
    zero = element("line", x1=scale(0), x2=scale(0), y1=0, y2=bottom, class_="axis")
    return chart(
        bottom + 40, label, x_axis(scale, bottom, 0, title, format_=lambda value: f"{value:+g}" if value else "0"),
        zero, *drawn,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bar:
    """How much of something there is.

    Attributes:
        label: of what.
        value: at least 0.
        shown: the value in words.
        class_: how it is coloured: `strong`, `plain`, `soft`.
    """

    label: str
    value: float
    shown: str
    class_: str = "plain"


def bars(rows: Sequence[Bar], label: str, title: str, *, most: float | None = None) -> Markup:
    """Return bars from the left, one under the other."""
    high = most or max((row.value for row in rows), default=0) or 1.0
    scale = Scale(0.0, high, _LEFT + 6, WIDTH - _RIGHT - 10)
    bottom = _ROW * len(rows) + 4
    drawn = []
    for place, row in enumerate(rows):
        y = place * _ROW + 19
        drawn += [
            words(_LEFT, y - 5, clipped(row.label, _LONGEST), class_="name"),
            words(WIDTH - _RIGHT, y - 5, row.shown, class_="value", anchor="end"),
            element(
                "rect", x=scale(0), y=y, width=max(1.5, scale(row.value) - scale(0)), height=11,
                class_=f"bar {row.class_}",
            ),
        ]  # fmt: skip
    return chart(bottom + 40, label, x_axis(scale, bottom, 0, title, format_=plain), *drawn)
