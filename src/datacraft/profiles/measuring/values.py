"""Columns with few enough values, counted value by value: one grouping tells everything about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from datacraft.contracts.profile import ColumnKind, ColumnProfile
from datacraft.contracts.semantic import ColumnType
from datacraft.profiles.facts import quoted
from datacraft.profiles.measuring.filling import take_bins, take_number
from datacraft.profiles.measuring.planning import FEW, Plan
from datacraft.profiles.measuring.sampling import Masked, number_of
from datacraft.profiles.measuring.sketches import (
    BUCKETS,
    QUANTILES,
    SAMPLED_VALUES,
    TOP,
    registers_of_hashes,
    written,
)

_NUMBERS = {ColumnType.INTEGER, ColumnType.NUMBER}
_TIMES = {ColumnType.DATE, ColumnType.TIMESTAMP}


def read_values(
    connection: duckdb.DuckDBPyConnection, table: str, plan: Plan, profile: ColumnProfile
) -> None:
    """Count a column value by value."""
    number = number_of("v", plan.type) if plan.binned else "NULL::DOUBLE"
    found = connection.execute(
        f"SELECT {'v::VARCHAR' if plan.named else 'NULL::VARCHAR'} AS v, c, hash(v) AS h, {number} AS n FROM "
        f"(SELECT {quoted(plan.name)} AS v, count(*) AS c FROM {quoted(table)} GROUP BY 1) WHERE v IS NOT NULL"
    ).fetchnumpy()
    values, counts, hashes = (np.ma.getdata(found[name]) for name in ("v", "c", "h"))
    filled = int(counts.sum())
    profile.nulls = profile.rows - filled
    profile.distinct = len(counts)
    profile.distinct_sketch = written(registers_of_hashes(hashes))
    if plan.binned:
        _take_numbers(plan, profile, np.ma.masked_array(found["n"]), counts)
    if plan.named and (plan.kind is ColumnKind.CATEGORY or len(counts) <= FEW):
        profile.top_values = _most_frequent(values, counts, plan.wanted)
        profile.other_count = filled - sum(profile.top_values.values())
    if plan.kind is not ColumnKind.CATEGORY:
        return
    if plan.sensitive:
        grouped = np.bincount((hashes % BUCKETS).astype(np.int64), weights=counts, minlength=BUCKETS)
        profile.other_count, profile.other_buckets = filled, [int(count) for count in grouped]
        return
    if filled:
        low, high = min(values), max(values)
        is_flag = plan.type is ColumnType.BOOLEAN
        profile.minimum, profile.maximum = (
            (float(low == "true"), float(high == "true")) if is_flag else (low, high)
        )
    if profile.other_count:
        lowest = np.argsort(hashes)[:SAMPLED_VALUES]
        profile.value_sample = {str(hashes[place]): int(counts[place]) for place in lowest}


def _take_numbers(plan: Plan, profile: ColumnProfile, found: Masked, counts: NDArray[np.int64]) -> None:
    """Take everything that is to be known of a number or a time from its values' counts."""
    order = np.argsort(found.compressed(), kind="stable")
    number, rows = found.compressed()[order], counts[~np.ma.getmaskarray(found)][order]
    finite = int(rows.sum())
    profile.not_finite = int(counts.sum()) - finite
    if not finite:
        return
    bounds = float(number[0]), float(number[-1])
    places = np.searchsorted(plan.edges, number, side="left")
    held = np.bincount(places, weights=rows, minlength=len(plan.edges) + 1)
    take_bins(plan, profile, dict(zip(plan.edges, map(int, held), strict=False)), finite, bounds)
    if plan.type in _TIMES and not plan.sensitive:
        profile.minimum, profile.maximum = (_moment(end, plan.type) for end in bounds)
    elif plan.type in _NUMBERS:
        mean = float((number * rows).sum() / finite)
        deviation = float(np.sqrt(((number - mean) ** 2 * rows).sum() / (finite - 1))) if finite > 1 else None
        marks = number[np.searchsorted(np.cumsum(rows), np.array(QUANTILES) * finite, side="left")]
        take_number(plan, profile, bounds, (mean, deviation), [float(mark) for mark in marks])


def _moment(seconds: float, kind: ColumnType) -> str:
    """Return a time as ISO 8601; one that no calendar of Python has as its seconds."""
    try:
        moment = dt.datetime(1970, 1, 1) + dt.timedelta(seconds=seconds)  # without a zone, as the column is
    except OverflowError:
        return f"{seconds:.0f} s"
    return moment.date().isoformat() if kind is ColumnType.DATE else moment.isoformat()


def _most_frequent(values: NDArray[Any], counts: NDArray[np.int64], wanted: Sequence[str]) -> dict[str, int]:
    """Return the most frequent values' counts, those of equal counts by name, and of the wanted ones."""
    least = np.partition(counts, -TOP)[-TOP] if len(counts) > TOP else 0
    often = sorted((-int(counts[place]), values[place]) for place in np.flatnonzero(counts >= least))[:TOP]
    top = {value: -count for count, value in often}
    missing = set(wanted) - top.keys()
    if missing:
        top |= {value: int(count) for value, count in zip(values, counts, strict=True) if value in missing}
    return top
