"""One column, old against new, as a small picture that can be compared with its neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from datacraft.contracts.drift import Cell, ColumnDrift
from datacraft.evaluation.reports.charts.frame import Scale, chart, clipped, ticks, words
from datacraft.evaluation.reports.markup import Markup, element
from datacraft.profiles.drift.distances import Counts
from datacraft.profiles.drift.words import number, percent
from datacraft.profiles.measuring.sketches import rebinned

WIDTH, HEIGHT = 300.0, 132.0
_BARS, _FEW = 5, 14
_BINS = 32
_MIDDLE = 0.98
_LONGEST = 16
_OTHERS = "(all other"


def picture(drift: ColumnDrift) -> Markup | None:
    """Return the picture of a column; None where only its nulls are known."""
    bins = [cell for cell in drift.cells if cell.high is not None]
    if not bins:
        return _bars(drift, drift.cells) if drift.cells and not drift.expected else None
    filled = [cell for cell in bins if cell.baseline or cell.current]
    if len(filled) <= _FEW:
        return _bars(drift, [_named(cell) for cell in filled])
    return _curves(drift, bins)


def _named(cell: Cell) -> Cell:
    return cell.model_copy(update={"label": number(cell.high or 0.0)})


def _bars(drift: ColumnDrift, cells: Sequence[Cell]) -> Markup:
    """Two bars for each value, one under the other: before and now."""
    named = [cell for cell in cells if not cell.label.startswith(_OTHERS)]
    named.sort(key=lambda cell: -max(cell.baseline, cell.current))
    shown, rest = named[:_BARS], named[_BARS:] + [cell for cell in cells if cell.label.startswith(_OTHERS)]
    if rest:
        others = (sum(cell.baseline for cell in rest), sum(cell.current for cell in rest))
        label = "all others" if rest[-1].label.startswith(_OTHERS) else f"{len(rest)} more"
        shown.append(Cell(label=label, baseline=others[0], current=others[1]))
    left, right = 104.0, WIDTH - 40
    most = max((max(cell.baseline, cell.current) for cell in shown), default=1.0) or 1.0
    scale = Scale(0.0, most, left, right)
    drawn = []
    for place, cell in enumerate(shown):
        y = place * 21.0 + 4
        label = "(blank)" if not cell.label.strip() else cell.label
        drawn += [
            words(left - 7, y + 12, clipped(label, _LONGEST), class_="name", anchor="end"),
            element(
                "rect", x=left, y=y, width=max(1.0, scale(cell.baseline) - left), height=7, class_="bar soft"
            ),
            element(
                "rect", x=left, y=y + 8, width=max(1.0, scale(cell.current) - left), height=7, class_="bar"
            ),
            words(
                scale(max(cell.baseline, cell.current)) + 5,
                y + 12,
                percent(cell.current),
                class_="value small",
            ),
        ]
    return chart(max(HEIGHT, len(shown) * 21.0 + 6), _label(drift), *drawn, width=WIDTH)


def _curves(drift: ColumnDrift, bins: Sequence[Cell]) -> Markup:
    """Before as an area, now as a line, over the range that nearly all values of both lie in."""
    edges = [cell.low or 0.0 for cell in bins] + [bins[-1].high or 0.0]
    sides = [[cell.baseline for cell in bins], [cell.current for cell in bins]]
    low, high = _range(edges, sides)
    even = np.linspace(low, high, _BINS + 1)
    ends = [min(edges[0], low), *even[1:-1], max(edges[-1], high)]
    heights = [rebinned(edges, side, ends) for side in sides]
    for side in heights:  # what lies outside is not shown: the ends would look like peaks
        side[0] = min(side[0], side[1])
        side[-1] = min(side[-1], side[-2])
    x = Scale(low, high, 4.0, WIDTH - 4)
    y = Scale(0.0, max(float(side.max()) for side in heights) or 1.0, HEIGHT - 20, 6.0)
    lines = [_steps(side, even, x, y) for side in heights]
    marks = [
        words(min(max(x(tick), 14.0), WIDTH - 14), HEIGHT - 5, number(tick), class_="tick", anchor="middle")
        for tick in ticks(low, high, 4)
    ]
    base = f"{x(high):.1f},{y(0):.1f} {x(low):.1f},{y(0):.1f}"
    return chart(
        HEIGHT, _label(drift), element("line", x1=0, x2=WIDTH, y1=y(0), y2=y(0), class_="grid"),
        element("polygon", points=f"{lines[0]} {base}", class_="area"),
        element("polyline", points=lines[1], class_="outline"), *marks, width=WIDTH,
    )  # fmt: skip


def _range(edges: Sequence[float], sides: Sequence[Sequence[float]]) -> tuple[float, float]:
    low, high = [], []
    for side in sides:
        total = sum(side)
        if total:
            below = np.concatenate(([0.0], np.cumsum(side))) / total
            low.append(float(np.interp(1 - _MIDDLE, below, edges)))
            high.append(float(np.interp(_MIDDLE, below, edges)))
    first, last = min(low, default=edges[0]), max(high, default=edges[-1])
    return (first, last) if last > first else (edges[0], edges[-1])


def _steps(heights: Counts, edges: Counts, x: Scale, y: Scale) -> str:
    points = []
    for place, height in enumerate(heights):
        points += [(x(edges[place]), y(height)), (x(edges[place + 1]), y(height))]
    return " ".join(f"{left:.1f},{top:.1f}" for left, top in points)


def _label(drift: ColumnDrift) -> str:
    return f"{drift.column}: {drift.words}"
