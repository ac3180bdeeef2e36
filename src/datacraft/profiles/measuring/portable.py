"""Measure a table with statements that translate: for warehouses that are not DuckDB."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from datacraft.contracts.profile import ColumnKind, ColumnProfile, TableProfile
from datacraft.contracts.semantic import Column, ColumnType, Table
from datacraft.profiles.connection import Connection
from datacraft.profiles.facts import EXACT_ROWS, column_type, plain, quoted
from datacraft.profiles.measuring.planning import FEW, ROWS_PER_VALUE, finite_bins, inner_edges
from datacraft.profiles.measuring.sketches import QUANTILES, TOP

_COUNTABLE_DISTINCT = 200_000
_NUMBERS = {ColumnType.INTEGER, ColumnType.NUMBER}
_GROUPED = {ColumnType.TEXT, ColumnType.BOOLEAN, ColumnType.INTEGER, ColumnType.DATE}
_WIDEST = 50


def measure_table(
    connection: Connection,
    table: str,
    columns: Sequence[tuple[str, str]],
    *,
    meaning: Table | None = None,
    like: TableProfile | None = None,
) -> TableProfile:
    """Measure one table; see `native.measure_table`. Sketches, stretches of time and a sample are left out."""
    counted = connection.execute(f"SELECT count(*) FROM {quoted(table)}").fetchone()
    rows = int(counted[0]) if counted else 0
    profiles: list[ColumnProfile] = []
    for start in range(0, len(columns), _WIDEST):
        profiles.extend(_measure(connection, table, rows, columns[start : start + _WIDEST]))
    means = {column.name: column for column in meaning.columns} if meaning else {}
    profiled = {column.name: column for column in like.columns} if like else {}
    for profile, (name, native) in zip(profiles, columns, strict=True):
        meant, known = means.get(name), profiled.get(name)
        kind = column_type(native)
        profile.kind = (
            known.kind if known is not None and known.type == native else _kind(profile, kind, meant)
        )
        profile.sensitive = bool((meant and meant.sensitive) or (known and known.sensitive))
        _add_distribution(connection, table, profile, kind, known)
        if profile.sensitive:
            _forget_values(profile)
    return TableProfile(name=table, rows=rows, columns=profiles)


def _kind(profile: ColumnProfile, type_: ColumnType, meaning: Column | None) -> ColumnKind:
    filled = profile.rows - profile.nulls
    if type_ in {ColumnType.DATE, ColumnType.TIMESTAMP} or (meaning and meaning.time_part == "year"):
        return ColumnKind.TIME
    if type_ is ColumnType.BOOLEAN:
        return ColumnKind.CATEGORY
    if type_ is ColumnType.TEXT:
        repeats = profile.distinct <= max(FEW, filled / ROWS_PER_VALUE)
        return ColumnKind.CATEGORY if repeats else ColumnKind.ID
    if type_ is ColumnType.INTEGER and FEW < filled * 0.99 <= profile.distinct:
        low, high = profile.minimum, profile.maximum
        dense = isinstance(low, float) and isinstance(high, float) and high - low <= 3 * filled
        return ColumnKind.ID if dense else ColumnKind.NUMBER
    return ColumnKind.NUMBER if type_ in _NUMBERS else ColumnKind.OTHER


def _forget_values(profile: ColumnProfile) -> None:
    profile.minimum = profile.maximum = None
    profile.quantiles = {}
    profile.other_count += sum(profile.top_values.values())
    profile.top_values = {}
    profile.bin_edges = [float(f"{edge:.1e}") for edge in profile.bin_edges]


def _measure(
    connection: Connection, table: str, rows: int, columns: Sequence[tuple[str, str]]
) -> list[ColumnProfile]:
    """Measure several columns in one pass."""
    exact = rows <= EXACT_ROWS
    distinct = "count(DISTINCT {0})" if exact else "approx_count_distinct({0})"
    quantile = "quantile_cont" if exact else "approx_quantile"
    marks = "[" + ", ".join(map(str, QUANTILES)) + "]"
    parts: list[str] = []
    for column, kind in columns:
        name, type_ = quoted(column), column_type(kind)
        ordered = type_ is not ColumnType.OTHER
        parts.append(f"count({name})")
        parts.append(distinct.format(name) if ordered else "NULL")
        parts.extend((f"min({name})", f"max({name})") if ordered else ("NULL", "NULL"))
        if type_ in _NUMBERS:
            number = _finite(name)
            parts.extend((f"avg({number})", f"stddev_samp({number})", f"{quantile}({number}, {marks})"))
            parts.append(f"count({number})")
        else:
            parts.extend(("NULL", "NULL", "NULL", "NULL"))
    row = connection.execute(f"SELECT {', '.join(parts)} FROM {quoted(table)}").fetchone()
    assert row is not None  # an aggregate without groups has exactly one row
    profiles: list[ColumnProfile] = []
    for index, (column, kind) in enumerate(columns):
        count, different, low, high, mean, deviation, marked, finite = row[index * 8 : index * 8 + 8]
        profiles.append(
            ColumnProfile(
                name=column,
                type=kind,
                rows=rows,
                nulls=rows - count,
                distinct=min(int(different or 0), count),
                minimum=_bound(low),
                maximum=_bound(high),
                mean=mean,
                stddev=deviation,
                not_finite=count - finite if finite is not None else 0,
                quantiles={str(q): float(v) for q, v in zip(QUANTILES, marked or (), strict=bool(marked))},
            )
        )
    return profiles


def _finite(name: str) -> str:
    """Return SQL for a number without infinities and not-a-numbers, which no average survives."""
    return f"CASE WHEN isfinite({name}::DOUBLE) THEN {name}::DOUBLE END"


def _bound(value: object) -> float | str | None:
    bound = plain(value)
    return float(bound) if isinstance(bound, int | float) else bound


def _add_distribution(
    connection: Connection, table: str, profile: ColumnProfile, kind: ColumnType, like: ColumnProfile | None
) -> None:
    """Add bins to a number and the most frequent values to a column that has few enough."""
    if kind in _NUMBERS and profile.quantiles and profile.kind is not ColumnKind.ID:
        _add_bins(connection, table, profile, like)
    if profile.kind is ColumnKind.ID and kind is ColumnType.TEXT:
        _add_lengths(connection, table, profile, like)
    elif kind in _GROUPED and 0 < profile.distinct <= _COUNTABLE_DISTINCT:
        name = quoted(profile.name)
        found = connection.execute(
            f"SELECT {name}::VARCHAR, count(*) FROM {quoted(table)} WHERE {name} IS NOT NULL "
            f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {TOP}"
        ).fetchall()
        profile.top_values = {value: int(count) for value, count in found}
        profile.other_count = profile.rows - profile.nulls - sum(profile.top_values.values())


def _add_bins(connection: Connection, table: str, profile: ColumnProfile, like: ColumnProfile | None) -> None:
    edges = sorted({*(like.bin_edges if like is not None else ()), *profile.quantiles.values()})
    number = _finite(quoted(profile.name))
    tests = "".join(f" WHEN n <= ? THEN {index}" for index in range(len(edges)))
    found = connection.execute(
        f"SELECT CASE{tests} ELSE {len(edges)} END AS bin, count(*), min(n), max(n) "
        f"FROM (SELECT {number} AS n FROM {quoted(table)}) WHERE n IS NOT NULL GROUP BY 1",
        edges,
    ).fetchall()
    counts = {index: int(count) for index, count, _, _ in found}
    low, high = min(row[2] for row in found), max(row[3] for row in found)
    profile.bin_edges, profile.bin_counts = finite_bins(
        edges, [counts.get(index, 0) for index in range(len(edges) + 1)], low, high
    )


def _add_lengths(
    connection: Connection, table: str, profile: ColumnProfile, like: ColumnProfile | None
) -> None:
    name = quoted(profile.name)
    found = connection.execute(
        f"SELECT length({name}), count(*) FROM {quoted(table)} WHERE {name} IS NOT NULL GROUP BY 1"
    ).fetchall()
    if not found:
        return
    lengths, counts = np.array(found, dtype=np.float64).T
    edges = sorted({*(like.bin_edges if like is not None else ()), *inner_edges(lengths)})
    places = np.searchsorted(edges, lengths, side="left")
    held = np.bincount(places, weights=counts, minlength=len(edges) + 1).astype(int)
    profile.bin_edges, profile.bin_counts = finite_bins(
        edges, [int(count) for count in held], float(lengths.min()), float(lengths.max())
    )
