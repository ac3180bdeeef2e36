"""What charts share: scales, ticks, axes and the frame around them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from datacraft.evaluation.reports.markup import Child, Markup, element

WIDTH = 340.0
"""Of a chart, in units of its own; about the pixels of a phone, where it is shown at full width."""

Format = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps values from `low` to `high` to places from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return a value's place."""
        width = self.high - self.low
        share = (value - self.low) / width if width else 0.5
        return self.start + share * (self.end - self.start)


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Return round values within a range, about as many as wanted."""
    if not high > low:
        return [low]
    raw = (high - low) / max(1, count - 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [place * step for place in range(first, last + 1)]


def around(values: Sequence[float], *, least: float = 1.0, share: float = 0.06) -> tuple[float, float]:
    """Return a range that holds the values with some room, and is not narrower than `least`."""
    low, high = min(values), max(values)
    room = max((high - low) * share, (least - (high - low)) / 2, 0.0)
    return low - room, high + room


def plain(value: float) -> str:
    """Return a number in as few digits as tell it."""
    return f"{value:,.3g}" if abs(value) < 1_000 else f"{value:,.0f}"


def chart(height: float, label: str, *children: Child, width: float = WIDTH) -> Markup:
    """Return the frame of a chart; `label` says in words what it shows."""
    return element(
        "svg", *children, viewBox=f"0 0 {width:g} {height:g}", role="img", aria_label=label, class_="chart wide" if width > WIDTH else "chart",
        style=f"--natural: {width:g}px",
    )  # fmt: skip


def words(x: float, y: float, shown: str, *, class_: str = "", anchor: str | None = None) -> Markup:
    """Return text at a place."""
    return element("text", shown, x=x, y=y, class_=class_ or None, text_anchor=anchor)


def x_axis(scale: Scale, y: float, top: float, title: str, *, format_: Format = plain) -> Markup:
    """Return ticks with grid lines from `top` down to `y`, and the axis' title."""
    drawn: list[Markup] = []
    for tick in ticks(scale.low, scale.high):
        x = scale(tick)
        drawn += [
            element("line", x1=x, x2=x, y1=top, y2=y, class_="grid"),
            words(x, y + 15, format_(tick), class_="tick", anchor="middle"),
        ]
    middle = (scale.start + scale.end) / 2
    return element("g", *drawn, words(middle, y + 32, title, class_="title", anchor="middle"))


def y_axis(scale: Scale, left: float, right: float, *, format_: Format = plain) -> Markup:
    """Return ticks with grid lines from `left` to `right`."""
    drawn: list[Markup] = []
    for tick in ticks(scale.low, scale.high):
        y = scale(tick)
        drawn += [
            element("line", x1=left, x2=right, y1=y, y2=y, class_="grid"),
            words(left - 6, y + 4, format_(tick), class_="tick", anchor="end"),
        ]
    return element("g", *drawn)


def clipped(shown: str, most: int) -> str:
    """Return text of at most so many letters."""
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"
