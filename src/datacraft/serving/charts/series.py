"""Rows as series of points: one series for each measure, or for each value of a second group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from datacraft.serving.charts.fold import OTHER, Folded, fold
from datacraft.serving.charts.shape import Row, Shape, number
from datacraft.serving.charts.style import MAX_SERIES, OTHER_COLOUR, PALETTE


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one colour; `values` are by the key of a position on the axis."""

    name: str
    colour: str
    place: int
    values: dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Bundle:
    """The series of a chart, and what a person must know about those that are not there."""

    series: list[Series]
    note: str = ""


def bundle(shape: Shape, axis: int, split: int | None, key: Callable[[Row], str]) -> Bundle:
    """Make the series of a result.

    Args:
        shape: of the result.
        axis: place of the group along the axis.
        split: place of the group that makes the series; None for one series per measure.
        key: gives a row's position on the axis.
    """
    if split is None:
        return Bundle(
            [
                Series(shape.facts[place].label, PALETTE[i], place, _sums(shape.rows, place, key))
                for i, place in enumerate(shape.alike[:MAX_SERIES])
            ]
        )
    by_name: dict[str, list[Row]] = defaultdict(list)
    for row in shape.rows:
        by_name[shape.name(row, split)].append(row)
    natural = shape.facts[split].ordered and len(by_name) <= MAX_SERIES
    keep = MAX_SERIES if len(by_name) <= MAX_SERIES else MAX_SERIES - 1
    size = size_of(shape, by_name)
    names = list(by_name) if natural else sorted(by_name, key=lambda name: -size(name))
    chosen = fold(shape, names, size, keep=keep, natural=natural)
    return Bundle(_split_series(shape, by_name, chosen, key), f"{chosen.note} lines" if chosen.note else "")


def _split_series(
    shape: Shape, by_name: dict[str, list[Row]], chosen: Folded[str], key: Callable[[Row], str]
) -> list[Series]:
    made = [
        Series(name, PALETTE[i], shape.main, _sums(by_name[name], shape.main, key))
        for i, name in enumerate(chosen.kept)
    ]
    if chosen.has_other:
        rest = [row for name in chosen.rest for row in by_name[name]]
        made.append(Series(OTHER, OTHER_COLOUR, shape.main, _sums(rest, shape.main, key)))
    return made


def size_of(shape: Shape, by_name: dict[str, list[Row]]) -> Callable[[str], float]:
    """Return a function from a name to the main measure, summed over the name's rows."""
    main = shape.main
    sizes = {name: sum(number(row[main]) or 0.0 for row in rows) for name, rows in by_name.items()}
    return lambda name: sizes[name]


def _sums(rows: Iterable[Row], place: int, key: Callable[[Row], str]) -> dict[str, float | None]:
    sums: dict[str, float | None] = {}
    for row in rows:
        value, at = number(row[place]), key(row)
        before = sums.get(at)
        sums[at] = before if value is None else value if before is None else before + value
    return sums
