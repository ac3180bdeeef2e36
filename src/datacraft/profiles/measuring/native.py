"""Measure a table in DuckDB: a sample decides the bins, then each column is read once.

Columns with few enough values are counted value by value (DuckDB groups its dictionaries at a fraction of a
nanosecond a row); all others are read by one statement that counts bins and fills the distinct-value sketches as
it goes. Which rows are sampled depends on their place alone, so that equal tables have equal profiles.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import duckdb
import numpy as np
from numpy.typing import NDArray

from datacraft.contracts.profile import ColumnKind, ColumnProfile, TableProfile
from datacraft.contracts.semantic import ColumnType, Table
from datacraft.profiles.facts import EXACT_ROWS, column_type, plain, quoted
from datacraft.profiles.measuring.planning import (
    FEW,
    LARGEST,
    ROWS_PER_VALUE,
    SAMPLE_ROWS,
    TEXT_LENGTHS,
    Plan,
    finite_bins,
    plan_column,
)
from datacraft.profiles.measuring.sketches import (
    BUCKETS,
    QUANTILES,
    SAMPLED_VALUES,
    SKETCH_BITS,
    TOP,
    distinct_values,
    registers_of,
    registers_of_hashes,
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

_WIDEST = 50
_NUMBERS = {ColumnType.INTEGER, ColumnType.NUMBER}
_TIMES = {ColumnType.DATE, ColumnType.TIMESTAMP}
_FIELDS = 10
_ROWS_PER_BLOCK, _FEWEST_PER_BLOCK, _ROWS_OF_BLOCKS = 500, 30, 40_000

Masked: TypeAlias = "np.ma.MaskedArray[Any, Any]"


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
    sample = _sample(connection, table, columns, rows)
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
            _read_values(connection, table, plan, profiles[plan.name])
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
    elif _has_row_numbers(connection, table, columns):
        alike = rows_per_case(plans, *_blocks(connection, table, columns, by_time, sample[by_time], rows))
    else:
        alike = {plan.name: 1.0 for plan in plans}
    thinned = {name: 1 + (together - 1) * taken / rows for name, together in alike.items()}
    moved = spreads(plans, sample, by_time, thinned)
    for name, together in alike.items():
        profiles[name].rows_per_case, profiles[name].spread = together, moved.get(name, 0.0)


def _blocks(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[tuple[str, str]],
    by_time: str,
    times: Masked,
    rows: int,
) -> tuple[Mapping[str, Masked], NDArray[np.int64]]:
    """Return all rows of some pairs of short periods that follow one another, and the period of each row."""
    known = np.sort(times.compressed())
    starts = known[(np.linspace(0.02, 0.95, BLOCKS // 2) * len(known)).astype(np.int64)]
    span = float(known[-1] - known[0])
    unit = 86_400.0 if dict(columns)[by_time].upper() == "DATE" else 1.0
    width = unit * max(1.0, round(span * _ROWS_PER_BLOCK / rows / unit))
    starts = np.unique(starts // unit * unit)
    most = max(2, int(_ROWS_OF_BLOCKS * span / max(1.0, 2 * rows * width)))
    starts = starts[:: -(-len(starts) // most)]
    number = _number(quoted(by_time), ColumnType.TIMESTAMP)
    periods = " OR ".join(f"(n >= {start!r} AND n < {start + 2 * width!r})" for start in map(float, starts))
    chosen = _chosen(columns)
    found = connection.execute(
        f"SELECT {chosen} FROM {quoted(table)} WHERE rowid IN "
        f"(SELECT r FROM (SELECT rowid AS r, {number} AS n FROM {quoted(table)}) WHERE {periods})"
    ).fetchnumpy()
    read = {
        name: np.ma.masked_array(values) for (name, _), values in zip(columns, found.values(), strict=True)
    }
    when = read[by_time].filled(-np.inf)
    period = np.maximum(0, np.searchsorted(starts, when, side="right") - 1)
    return read, 2 * period + (when >= starts[period] + width)


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


def _sample(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[tuple[str, str]], rows: int
) -> Mapping[str, Masked]:
    """Return about `SAMPLE_ROWS` rows by column, in the table's order."""
    chosen = _chosen(columns)
    found = connection.execute(
        f"SELECT {chosen} FROM {_source(connection, table, columns, rows)}"
    ).fetchnumpy()
    return {
        name: np.ma.masked_array(values) for (name, _), values in zip(columns, found.values(), strict=True)
    }


def _chosen(columns: Sequence[tuple[str, str]]) -> str:
    """Return the columns as they are sampled: as numbers, which are told apart faster than texts."""
    return ", ".join(
        f"{_sampled_as(name, column_type(native))} AS {quoted(name)}" for name, native in columns
    )


def _sampled_as(name: str, kind: ColumnType) -> str:
    if kind in _NUMBERS or kind in _TIMES:
        return _number(quoted(name), kind)
    if kind is ColumnType.BOOLEAN:
        return f"{quoted(name)}::BIGINT"
    return (
        f"CASE WHEN {quoted(name)} IS NOT NULL THEN {_text_code(quoted(name))} END"
        if kind is ColumnType.TEXT
        else "NULL::BIGINT"
    )


def _text_code(name: str) -> str:
    """Return SQL for a number that stands for a text: its hash, and its length in the last bits; see `planning`."""
    length = f"least(length({name}::VARCHAR), {TEXT_LENGTHS - 1})"
    return f"((hash({name}) // {2 * TEXT_LENGTHS}) * {TEXT_LENGTHS} + {length})::BIGINT"


def _source(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[tuple[str, str]], rows: int
) -> str:
    name = quoted(table)
    if rows <= SAMPLE_ROWS:
        return name
    if not _has_row_numbers(connection, table, columns):
        return f"{name} USING SAMPLE reservoir({SAMPLE_ROWS} ROWS) REPEATABLE (7)"
    # Reading row numbers first and then only the chosen rows takes a third of the time of filtering them all.
    step = rows // SAMPLE_ROWS
    return f"{name} WHERE rowid IN (SELECT rowid FROM {name} WHERE hash(rowid) % {step} = 0)"


def _has_row_numbers(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[tuple[str, str]]
) -> bool:
    """Tell whether `rowid` is the number of a row; views have none."""
    stored = connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE table_name = ? AND database_name = current_database()", [table]
    ).fetchone()
    return stored is not None and all(column.lower() != "rowid" for column, _ in columns)


def _number(name: str, kind: ColumnType) -> str:
    """Return SQL for a value as a finite number, or null."""
    if kind is ColumnType.INTEGER:
        return f"{name}::DOUBLE"
    if kind in _TIMES:
        return f"CASE WHEN isfinite({name}) THEN epoch({name})::DOUBLE END"
    if kind is ColumnType.NUMBER:  # not-a-number is larger than all others to DuckDB
        return f"CASE WHEN abs({name}::DOUBLE) < {LARGEST} THEN {name}::DOUBLE END"
    return f"length({name}::VARCHAR)::DOUBLE"


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
    number = _number(name, plan.type)
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
        _take_bins(plan, profile, bins, finite, bounds)
        if plan.type in _NUMBERS:
            _take_number(plan, profile, bounds, moments, marked)


def _take_number(
    plan: Plan,
    profile: ColumnProfile,
    bounds: Sequence[float],
    moments: Sequence[float | None],
    marked: Sequence[float] | None,
) -> None:
    profile.mean, profile.stddev = moments
    if not plan.sensitive:
        profile.minimum, profile.maximum = bounds
        marked = marked or _quantiles(profile)
        profile.quantiles = {str(q): float(v) for q, v in zip(QUANTILES, marked, strict=True)}


def _take_bins(
    plan: Plan,
    profile: ColumnProfile,
    bins: Mapping[float, int] | None,
    finite: int,
    bounds: Sequence[float],
) -> None:
    if bins is None:
        counts = [finite]
    else:
        counts = [bins.get(edge, 0) for edge in plan.edges]
        counts.append(finite - sum(counts))
    low, high = bounds
    if plan.sensitive:
        low, high = float(f"{low:.1e}"), float(f"{high:.1e}")
    profile.bin_edges, profile.bin_counts = finite_bins(plan.edges, counts, low, high)


def _take_distinct(profile: ColumnProfile, exact: int | None, bits: str | None, filled: int) -> None:
    if bits is None:
        return
    registers = registers_of(bits)
    profile.distinct = exact if exact is not None else min(distinct_values(registers), filled)
    profile.distinct_sketch = written(registers)


def _quantiles(profile: ColumnProfile) -> list[float]:
    """Return quantiles within the bins; of very many rows, which no exact quantile is worth."""
    below = np.concatenate(([0], np.cumsum(profile.bin_counts))) / sum(profile.bin_counts)
    return [float(value) for value in np.interp(QUANTILES, below, profile.bin_edges)]


def _read_values(
    connection: duckdb.DuckDBPyConnection, table: str, plan: Plan, profile: ColumnProfile
) -> None:
    """Count a column value by value."""
    number = _number("v", plan.type) if plan.binned else "NULL::DOUBLE"
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
    _take_bins(plan, profile, dict(zip(plan.edges, map(int, held), strict=False)), finite, bounds)
    if plan.type in _TIMES and not plan.sensitive:
        profile.minimum, profile.maximum = (_moment(end, plan.type) for end in bounds)
    elif plan.type in _NUMBERS:
        mean = float((number * rows).sum() / finite)
        deviation = float(np.sqrt(((number - mean) ** 2 * rows).sum() / (finite - 1))) if finite > 1 else None
        marks = number[np.searchsorted(np.cumsum(rows), np.array(QUANTILES) * finite, side="left")]
        _take_number(plan, profile, bounds, (mean, deviation), [float(mark) for mark in marks])


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


def _bound(value: object) -> float | str | None:
    bound = plain(value)
    return float(bound) if isinstance(bound, int | float) else bound
