"""What measuring will cost, said before a long run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_SECONDS_PER_VALUE = 2.5e-8
_SECONDS_PER_COLUMN = 0.02
_MEBIBYTES, _BYTES_PER_VALUE = 150.0, 1.6


@dataclass(frozen=True, slots=True)
class Cost:
    """About what measuring takes on a machine of two cores, as `benchmarks/drift.py` found."""

    rows: int
    seconds: float
    mebibytes: float


def estimate_of(tables: Iterable[tuple[int, int]]) -> Cost:
    """Return the cost of measuring tables, given as (rows, columns)."""
    sizes = list(tables)
    values = sum(rows * columns for rows, columns in sizes)
    largest = max((rows * columns for rows, columns in sizes), default=0)
    return Cost(
        sum(rows for rows, _ in sizes),
        values * _SECONDS_PER_VALUE + sum(columns for _, columns in sizes) * _SECONDS_PER_COLUMN,
        _MEBIBYTES + largest * _BYTES_PER_VALUE / 2**20,
    )
