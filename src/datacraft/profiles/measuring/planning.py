"""What is measured of each column, decided from a sample of the rows, or taken over from another profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datacraft.contracts.profile import ColumnKind, ColumnProfile
from datacraft.contracts.semantic import Column, ColumnType, Role
from datacraft.profiles.facts import column_type
from datacraft.profiles.words import split_identifier

SAMPLE_ROWS = 20_000
FEW = 50
"""Numbers of at most so many distinct values get a bin for each."""
ROWS_PER_VALUE = 5
"""A column with fewer rows per value than this can't be compared value by value: most values are new each time."""
_MARKS = np.concatenate(([0.001, 0.005, 0.01], np.linspace(0.025, 0.975, 39), [0.99, 0.995, 0.999]))
_HEAVY = 0.02
_YEARS = (1_900, 2_100)
_NUMBERS = {ColumnType.INTEGER, ColumnType.NUMBER}
_TIMES = {ColumnType.DATE, ColumnType.TIMESTAMP}

_GROUPED, _ROWS_PER_GROUP = 2_000, 10
"""Numbers that repeat so often are counted value by value, which is faster than counting bins."""

Values = NDArray[Any]
"""Of a sample: numbers, seconds of times, and numbers that stand for texts."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How one column is measured.

    Attributes:
        name: of the column.
        native: its type as DuckDB writes it.
        type: its type as the contract writes it.
        kind: how its distribution is described.
        edges: inner edges of its bins.
        grouped: its values are counted one by one.
        wanted: values to count, however rare.
        sensitive: no value may be kept.
    """

    name: str
    native: str
    type: ColumnType
    kind: ColumnKind
    edges: tuple[float, ...] = ()
    grouped: bool = False
    wanted: tuple[str, ...] = field(default=(), repr=False)
    sensitive: bool = False

    @property
    def binned(self) -> bool:
        """It has bins: numbers and times of their values, texts without frequent values of their lengths."""
        return _has_bins(self.kind, self.type)

    @property
    def named(self) -> bool:
        """Its frequent values are kept."""
        return (
            self.grouped
            and not self.sensitive
            and (self.kind is ColumnKind.CATEGORY or self.type in {ColumnType.INTEGER, ColumnType.DATE})
        )


def plan_column(
    name: str,
    native: str,
    sample: Values,
    *,
    rows: int,
    meaning: Column | None = None,
    like: ColumnProfile | None = None,
) -> Plan:
    """Decide how a column is measured.

    Args:
        name: of the column.
        native: its type as DuckDB writes it.
        sample: values of it, without nulls.
        rows: of the table.
        meaning: what the semantic model says of it.
        like: its profile in another data set; the same bins and values are counted then.
    """
    type_ = column_type(native)
    sensitive = (meaning is not None and meaning.sensitive) or (like is not None and like.sensitive)
    kind = _kind(name, type_, sample, rows, meaning)
    if (
        like is not None
        and like.kind is not None
        and _measurable_as(type_, like.kind, column_type(like.type))
    ):
        kind = like.kind
    else:
        like = None
    distinct = len(np.unique(sample)) if len(sample) else 0
    repeats = distinct <= _GROUPED and distinct * _ROWS_PER_GROUP <= len(sample)
    grouped = kind is ColumnKind.CATEGORY or (repeats and kind in {ColumnKind.NUMBER, ColumnKind.TIME})
    edges: Sequence[float] = ()
    if _has_bins(kind, type_):
        # Where values moved far, the baseline's bins alone would lose their shape.
        edges = sorted({*(like.bin_edges if like is not None else ()), *inner_edges(numbers(sample, type_))})
    if sensitive:
        edges = sorted({float(f"{edge:.1e}") for edge in edges})
    wanted = tuple(like.top_values) if like is not None else ()
    return Plan(name, native, type_, kind, tuple(edges), grouped, wanted, sensitive)


def numbers(sample: Values, type_: ColumnType) -> NDArray[np.float64]:
    """Return the sampled values as the numbers that are binned; texts are binned by their length."""
    if type_ is ColumnType.TEXT:
        return (sample % TEXT_LENGTHS).astype(np.float64)
    found = np.asarray(sample, dtype=np.float64)
    return found[np.abs(found) < LARGEST]


TEXT_LENGTHS = 4_096
"""A sampled text is a number: what it leaves when divided by this is the text's length, the rest its hash."""
LARGEST = 1e150
"""Numbers from here on are counted as not finite: the square of one more is infinite."""


def inner_edges(sample: NDArray[np.float64]) -> list[float]:
    """Return edges that part the sampled numbers finely; frequent values get a bin of their own."""
    if not len(sample):
        return []
    values, counts = np.unique(sample, return_counts=True)
    if len(values) <= FEW:
        return [float(value) for value in values]
    marks = np.quantile(sample, _MARKS, method="inverted_cdf")
    heavy = np.flatnonzero(counts >= _HEAVY * len(sample))
    before = values[heavy[heavy > 0] - 1]
    return [float(edge) for edge in np.unique(np.concatenate((marks, values[heavy], before)))]


def _has_bins(kind: ColumnKind, type_: ColumnType) -> bool:
    return kind in {ColumnKind.NUMBER, ColumnKind.TIME} or (
        kind is ColumnKind.ID and type_ is ColumnType.TEXT
    )


def _kind(name: str, type_: ColumnType, sample: Values, rows: int, meaning: Column | None) -> ColumnKind:
    if type_ in _TIMES:
        return ColumnKind.TIME
    if type_ is ColumnType.BOOLEAN:
        return ColumnKind.CATEGORY
    if type_ in {ColumnType.TIME, ColumnType.OTHER}:
        return ColumnKind.OTHER
    distinct = len(np.unique(sample)) if len(sample) else 0
    if type_ is ColumnType.TEXT:
        # A full sample of a larger table says how many values there are, not how many rows each has.
        repeats = distinct * ROWS_PER_VALUE <= len(sample)
        open_ = distinct * 2 > len(sample) if rows > len(sample) else not repeats
        return ColumnKind.ID if open_ and distinct > FEW else ColumnKind.CATEGORY
    if type_ is ColumnType.INTEGER:
        if _is_year(name, sample, meaning):
            return ColumnKind.TIME
        if _runs_on(sample, rows, distinct, meaning):
            return ColumnKind.ID
    return ColumnKind.NUMBER


def _is_year(name: str, sample: Values, meaning: Column | None) -> bool:
    if meaning is not None and meaning.time_part is not None:
        return meaning.time_part == "year"
    if "year" not in split_identifier(name) or not len(sample):
        return False
    found = np.asarray(sample, dtype=np.float64)
    return bool(found.min() >= _YEARS[0] and found.max() <= _YEARS[1])


def _runs_on(sample: Values, rows: int, distinct: int, meaning: Column | None) -> bool:
    """Nearly every row has a number of its own, and the numbers are as dense as a counter's."""
    if not len(sample) or distinct < 0.99 * len(sample) or distinct <= FEW:
        return False
    if meaning is not None and meaning.role is Role.ID:
        return True
    found = np.asarray(sample, dtype=np.float64)
    return bool(found.max() - found.min() <= 3.0 * rows)


def _measurable_as(type_: ColumnType, kind: ColumnKind, was: ColumnType) -> bool:
    """A column that has changed from one kind of type to another is measured for what it is now."""
    families: Mapping[ColumnType, str] = {
        **dict.fromkeys(_NUMBERS, "number"),
        **dict.fromkeys(_TIMES, "time"),
    }
    return families.get(type_, type_) == families.get(was, was) and kind is not ColumnKind.OTHER


def finite_bins(
    edges: Sequence[float], counts: Sequence[int], low: float, high: float
) -> tuple[list[float], list[int]]:
    """Return the edges with the outer ones added where values lie outside, and the counts.

    Args:
        edges: inner ones, n.
        counts: of the n + 1 bins between and around them.
        low: the lowest value.
        high: the highest.
    """
    first = float(np.nextafter(low, -np.inf))
    if not edges:
        return [first, high], list(counts)
    all_edges, all_counts = list(edges), list(counts)
    if all_counts[0]:
        all_edges.insert(0, first)
    else:
        all_counts.pop(0)
    if all_counts[-1]:
        all_edges.append(high)
    else:
        all_counts.pop()
    return all_edges, all_counts
