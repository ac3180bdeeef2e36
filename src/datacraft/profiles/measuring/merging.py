"""`merge_profiles`: the profile of two data sets together, from their profiles alone."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping

import numpy as np

from datacraft.contracts.errors import InputError
from datacraft.contracts.profile import ColumnKind, ColumnProfile, DataProfile, TableProfile
from datacraft.profiles.measuring.sketches import (
    SAMPLED_VALUES,
    TOP,
    distinct_values,
    joined_counts,
    read,
    rebinned,
    rounded,
    written,
)
from datacraft.profiles.measuring.stretches import KEPT_ROWS


def merge_profiles(one: DataProfile, other: DataProfile) -> DataProfile:
    """Return the profile of the rows of both, as if they had been measured together.

    Counts of rows, nulls, bounds and means are exact. Bins are exact where both have the same edges, else off by at
    most a bin's rows at each edge; a frequent value is off by at most what the least frequent one that is named has;
    distinct values are estimated.

    Raises:
        InputError: a column is of one type here and of another there.
    """
    named = {table.name: table for table in other.tables}
    same_hash = one.hashed_by is not None and one.hashed_by == other.hashed_by
    tables = [
        _merged_table(table, named.pop(table.name), same_hash) if table.name in named else table
        for table in one.tables
    ]
    digests = sorted((one.data_hash, other.data_hash))
    return DataProfile(
        created_at=max(one.created_at, other.created_at),
        data_hash=hashlib.sha256("".join(digests).encode()).hexdigest(),
        hashed_by=one.hashed_by if same_hash else None,
        tables=[*tables, *named.values()],
    )


def _merged_table(one: TableProfile, other: TableProfile, same_hash: bool) -> TableProfile:
    named = {column.name: column for column in other.columns}
    columns = [
        _merged_column(one.name, column, named.pop(column.name), same_hash)
        if column.name in named
        else _with_nulls(column, other.rows)
        for column in one.columns
    ]
    return TableProfile(
        name=one.name,
        rows=one.rows + other.rows,
        time_column=one.time_column if one.time_column == other.time_column else None,
        columns=[*columns, *(_with_nulls(column, one.rows) for column in named.values())],
        sample=_merged_sample(one, other),
    )


def _with_nulls(column: ColumnProfile, rows: int) -> ColumnProfile:
    """Return a column's profile with rows that don't have it."""
    return column.model_copy(update={"rows": column.rows + rows, "nulls": column.nulls + rows})


def _merged_column(table: str, one: ColumnProfile, other: ColumnProfile, same_hash: bool) -> ColumnProfile:
    if one.type != other.type:
        raise InputError(
            f"{table}.{one.name} is {one.type} in one profile and {other.type} in the other: they can't be joined.",
            hint="Compare them with `datacraft drift` to see what else is different.",
        )
    merged = one.model_copy(
        update={
            "rows": one.rows + other.rows,
            "nulls": one.nulls + other.nulls,
            "not_finite": one.not_finite + other.not_finite,
            "minimum": _end(one.minimum, other.minimum, lowest=True),
            "maximum": _end(one.maximum, other.maximum, lowest=False),
            "kind": one.kind if one.kind is other.kind else ColumnKind.CATEGORY,
            "sensitive": one.sensitive or other.sensitive,
            "spread": max(one.spread, other.spread),
            "rows_per_case": max(one.rows_per_case, other.rows_per_case),
        }
    )
    _merge_moments(merged, one, other)
    _merge_bins(merged, one, other)
    _merge_values(merged, one, other, same_hash)
    _merge_distinct(merged, one, other, same_hash)
    return merged


def _end(one: float | str | None, other: float | str | None, *, lowest: bool) -> float | str | None:
    ends = [end for end in (one, other) if end is not None]
    if len(ends) < 2:
        return ends[0] if ends else None
    first, second = ends
    if isinstance(first, str) or isinstance(second, str):
        return (min if lowest else max)(str(first), str(second))
    return (min if lowest else max)(first, second)


def _merge_moments(merged: ColumnProfile, one: ColumnProfile, other: ColumnProfile) -> None:
    """Means and deviations of both together (Chan, Golub & LeVeque 1983)."""
    n, m = (side.rows - side.nulls - side.not_finite for side in (one, other))
    if one.mean is None or other.mean is None:
        known = one if other.mean is None else other
        merged.mean, merged.stddev = known.mean, known.stddev
        return
    apart = other.mean - one.mean
    merged.mean = one.mean + apart * m / (n + m)
    squares = (one.stddev or 0.0) ** 2 * max(0, n - 1) + (other.stddev or 0.0) ** 2 * max(0, m - 1)
    squares += apart**2 * n * m / (n + m)
    merged.stddev = math.sqrt(squares / (n + m - 1)) if n + m > 1 else None


def _merge_bins(merged: ColumnProfile, one: ColumnProfile, other: ColumnProfile) -> None:
    if not one.bin_edges or not other.bin_edges:
        known = one if one.bin_edges else other
        merged.bin_edges, merged.bin_counts, merged.quantiles = (
            known.bin_edges,
            known.bin_counts,
            known.quantiles,
        )
        return
    edges = list(one.bin_edges)
    if other.bin_edges[0] < edges[0]:
        edges.insert(0, other.bin_edges[0])
    if other.bin_edges[-1] > edges[-1]:
        edges.append(other.bin_edges[-1])
    counts = rebinned(one.bin_edges, one.bin_counts, edges) + rebinned(
        other.bin_edges, other.bin_counts, edges
    )
    merged.bin_edges, merged.bin_counts = edges, rounded(counts, sum(one.bin_counts) + sum(other.bin_counts))
    if merged.quantiles:
        marks = [float(mark) for mark in merged.quantiles]
        below = np.concatenate(([0.0], np.cumsum(merged.bin_counts))) / max(1, sum(merged.bin_counts))
        found = np.interp(marks, below, edges)
        merged.quantiles = {str(mark): float(value) for mark, value in zip(marks, found, strict=True)}


def _merge_values(merged: ColumnProfile, one: ColumnProfile, other: ColumnProfile, same_hash: bool) -> None:
    if merged.kind is ColumnKind.CATEGORY or one.top_values or other.top_values:
        top = joined_counts(one.top_values, other.top_values, max(TOP, len(one.top_values)))
        merged.top_values = {} if merged.sensitive else top
        merged.other_count = merged.rows - merged.nulls - sum(merged.top_values.values())
    merged.value_sample, merged.other_buckets = {}, []
    if not same_hash:
        return
    if one.other_buckets and len(one.other_buckets) == len(other.other_buckets):
        merged.other_buckets = [a + b for a, b in zip(one.other_buckets, other.other_buckets, strict=True)]
    if merged.other_count and one.value_sample and other.value_sample:
        merged.value_sample = _joined_sample(one.value_sample, other.value_sample)


def _joined_sample(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    """Return the counts of the values up to which both samples are complete."""
    total = {int(key): one.get(key, 0) + other.get(key, 0) for key in {**one, **other}}
    ends = [max(map(int, side)) for side in (one, other) if len(side) >= SAMPLED_VALUES]
    kept = sorted(key for key in total if not ends or key <= min(ends))[:SAMPLED_VALUES]
    return {str(key): total[key] for key in kept}


def _merge_distinct(merged: ColumnProfile, one: ColumnProfile, other: ColumnProfile, same_hash: bool) -> None:
    bounds = max(one.distinct, other.distinct), one.distinct + other.distinct
    complete = merged.top_values and not merged.other_count
    if one.distinct_sketch and other.distinct_sketch and same_hash:
        registers = np.maximum(read(one.distinct_sketch), read(other.distinct_sketch))
        merged.distinct_sketch = written(registers)
        merged.distinct = min(max(distinct_values(registers), bounds[0]), bounds[1])
    else:
        merged.distinct_sketch, merged.distinct = None, bounds[0]
    if complete:
        merged.distinct = len(merged.top_values)


def _merged_sample(one: TableProfile, other: TableProfile) -> dict[str, list[float | None]]:
    """Return rows of both, as many of each as it has of all rows."""
    total = one.rows + other.rows
    merged: dict[str, list[float | None]] = {}
    for name in one.sample.keys() & other.sample.keys():
        kept: list[float | None] = []
        for side in (one, other):
            values = side.sample[name]
            wanted = min(len(values), round(KEPT_ROWS * side.rows / max(1, total)))
            kept += (
                [values[place] for place in np.linspace(0, len(values) - 1, wanted, dtype=np.int64)]
                if wanted
                else []
            )
        merged[name] = kept
    return dict(sorted(merged.items()))
