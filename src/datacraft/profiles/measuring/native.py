"""Measure a table in DuckDB: a sample decides the bins, then each column is read once.

Columns with few enough values are counted value by value (DuckDB groups its dictionaries at a fraction of a
nanosecond a row); all others are read by one statement that counts bins and fills the distinct-value sketches as
it goes. Which rows are sampled depends on their place alone, so that equal tables have equal profiles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from datacraft.contracts.profile import ColumnKind, ColumnProfile, TableProfile
from datacraft.contracts.semantic import ColumnType, Table
from datacraft.profiles.facts import EXACT_ROWS, plain, quoted
from datacraft.profiles.measuring.filling import take_bins, take_number
from datacraft.profiles.measuring.planning import ROWS_PER_VALUE, Plan, plan_column
from datacraft.profiles.measuring.sampling import (
    Masked,
    has_row_numbers,
    neighbouring_blocks,
    number_of,
    sample_rows,
)
from datacraft.profiles.measuring.sketches import (
    QUANTILES,
    SKETCH_BITS,
    distinct_values,
    registers_of,
    written,
)
from datacraft.profiles.measuring.stretches import (
    BLOCKS,
    equal_blocks,
    kept_sample,
    rows_per_case,
    spreads,
    time_column_of,
)
from datacraft.profiles.measuring.values import read_values

_WIDEST = 50
_NUMBERS = {ColumnType.INTEGER, ColumnType.NUMBER}
_FIELDS = 10
_FEWEST_PER_BLOCK = 30


def measure_table(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[tuple[str, str]],
    *,
    meaning: Table | None = None,
    like: TableProfile | None = None,
) -> TableProfile:
    """Measure one table.

    Args:
        connection: of DuckDB.
        table: its name.
        columns: (name, DuckDB type).
        meaning: what the semantic model says of it.
        like: its profile in another data set, whose bins and values are counted.
    """
    counted = connection.execute(f"SELECT count(*) FROM {quoted(table)}").fetchone()
    rows = int(counted[0]) if counted else 0
    sample = sample_rows(connection, table, columns, rows)
    means = {column.name: column for column in meaning.columns} if meaning else {}
    profiled = {column.name: column for column in like.columns} if like else {}
    plans = [
        plan_column(
            name, native, sample[name].compressed(), rows=rows,
            meaning=means.get(name), like=profiled.get(name),
        )
        for name, native in columns
    ]  # fmt: skip
    profiles = {plan.name: _empty(plan, rows) for plan in plans}
    by_row = [plan for plan in plans if not plan.grouped]
    for start in range(0, len(by_row), _WIDEST):
        _read_rows(connection, table, by_row[start : start + _WIDEST], profiles)
    for plan in plans:
        if plan.grouped or _is_large_category(plan, profiles[plan.name]):
            read_values(connection, table, plan, profiles[plan.name])
    by_time = time_column_of(plans, sample, meaning.time_column if meaning else None)
    if like is None:
        _add_movement(connection, table, columns, plans, sample, profiles, by_time)
    return TableProfile(
        name=table, rows=rows, time_column=by_time, columns=list(profiles.values()), sample=kept_sample(plans, sample)
    )  # fmt: skip


def _add_movement(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[tuple[str, str]],
    plans: Sequence[Plan],
    sample: Mapping[str, Masked],
    profiles: Mapping[str, ColumnProfile],
    by_time: str | None,
) -> None:
    """Add how rows come together, and how far columns move by themselves."""
    if by_time is None:
        return
    rows, taken = profiles[by_time].rows, len(sample[by_time])
    if taken == rows:
        block = equal_blocks(sample[by_time], min(BLOCKS, max(1, rows // _FEWEST_PER_BLOCK)))
        alike = rows_per_case(plans, sample, block)
    elif has_row_numbers(connection, table, columns):
        alike = rows_per_case(
            plans, *neighbouring_blocks(connection, table, columns, by_time, sample[by_time], rows)
        )
    else:
        alike = {plan.name: 1.0 for plan in plans}
    thinned = {name: 1 + (together - 1) * taken / rows for name, together in alike.items()}
    moved = spreads(plans, sample, by_time, thinned)
    for name, together in alike.items():
        profiles[name].rows_per_case, profiles[name].spread = together, moved.get(name, 0.0)


def _empty(plan: Plan, rows: int) -> ColumnProfile:
    return ColumnProfile(
        name=plan.name, type=plan.native, kind=plan.kind, rows=rows, nulls=rows, distinct=0,
        sensitive=plan.sensitive,
    )  # fmt: skip


def _is_large_category(plan: Plan, profile: ColumnProfile) -> bool:
    """Most values of the sample were different, and yet each comes often in the whole table."""
    open_ = plan.kind is ColumnKind.ID and plan.type is ColumnType.TEXT
    large = open_ and 0 < profile.distinct * ROWS_PER_VALUE * 2 <= profile.rows - profile.nulls
    if large:
        profile.kind, profile.bin_edges, profile.bin_counts = ColumnKind.CATEGORY, [], []
    return large


def _sketch(name: str) -> str:
    """Return SQL for the bits of a distinct-value sketch; see `sketches`. A guard bit bounds the rank."""
    bucket, tail = f"(hash({name}) >> 53)", f"(hash({name}) | 2147483648)"
    place = f"({bucket} * 32 + bit_count(xor({tail}, {tail} - 1)) - 1)::INTEGER"
    return f"bitstring_agg({place}, 0, {SKETCH_BITS - 1}) FILTER (WHERE {name} IS NOT NULL)"


def _read_rows(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    plans: Sequence[Plan],
    profiles: Mapping[str, ColumnProfile],
) -> None:
    """Measure columns that are not counted value by value, in one statement."""
    exact = profiles[plans[0].name].rows <= EXACT_ROWS
    parts = [part for plan in plans for part in _row_parts(plan, exact)]
    row = connection.execute(f"SELECT {', '.join(parts)} FROM {quoted(table)}").fetchone()
    assert row is not None  # an aggregate without groups has exactly one row
    for index, plan in enumerate(plans):
        _take_row(plan, profiles[plan.name], row[index * _FIELDS : (index + 1) * _FIELDS])


def _row_parts(plan: Plan, exact: bool) -> list[str]:
    """Return `_FIELDS` aggregates: five of the value, five of the number that is binned."""
    name, counted = quoted(plan.name), plan.kind is not ColumnKind.OTHER
    bounds = counted and not plan.sensitive and not (plan.binned and plan.type in _NUMBERS)
    parts = [
        f"count({name})",
        f"min({name})" if bounds else "NULL",
        f"max({name})" if bounds else "NULL",
        f"count(DISTINCT {name})" if counted and exact else "NULL",
        _sketch(name) if counted else "NULL",
    ]
    if not plan.binned:
        return [*parts, *["NULL"] * (_FIELDS - len(parts))]
    number = number_of(name, plan.type)
    edges = f"[{', '.join(f'{edge!r}::DOUBLE' for edge in plan.edges)}]"
    marks = "[" + ", ".join(map(str, QUANTILES)) + "]"
    measured = exact and plan.type in _NUMBERS and not plan.sensitive
    return [
        *parts,
        f"[min({number}), max({number})]",
        f"count({number})",
        f"[avg({number}), stddev_samp({number})]" if plan.type in _NUMBERS else "NULL",
        f"histogram({number}, {edges})" if plan.edges else "NULL",
        f"quantile_cont({number}, {marks})" if measured else "NULL",
    ]


def _take_row(plan: Plan, profile: ColumnProfile, row: Sequence[Any]) -> None:
    filled, low, high, distinct, bits, bounds, finite, moments, bins, marked = row
    profile.nulls = profile.rows - filled
    profile.minimum, profile.maximum = _bound(low), _bound(high)
    _take_distinct(profile, distinct, bits, filled)
    if not plan.binned:
        return
    profile.not_finite = filled - finite
    if finite:
        take_bins(plan, profile, bins, finite, bounds)
        if plan.type in _NUMBERS:
            take_number(plan, profile, bounds, moments, marked)


def _take_distinct(profile: ColumnProfile, exact: int | None, bits: str | None, filled: int) -> None:
    if bits is None:
        return
    registers = registers_of(bits)
    profile.distinct = exact if exact is not None else min(distinct_values(registers), filled)
    profile.distinct_sketch = written(registers)


def _bound(value: object) -> float | str | None:
    bound = plain(value)
    return float(bound) if isinstance(bound, int | float) else bound
