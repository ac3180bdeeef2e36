"""`profile_data`: what the data look like at one time, for releases to keep and drift to compare."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from datacraft.contracts.profile import ColumnProfile, DataProfile, TableProfile
from datacraft.contracts.semantic import ColumnType
from datacraft.profiles.connection import Connection
from datacraft.profiles.facts import EXACT_ROWS, column_type, list_columns, plain, quoted

QUANTILES = (0.01, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.99)
_EDGES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_TOP = 30
_COUNTABLE_DISTINCT = 200_000
_NUMBERS = {ColumnType.INTEGER, ColumnType.NUMBER}
_GROUPED = {ColumnType.TEXT, ColumnType.BOOLEAN, ColumnType.INTEGER, ColumnType.DATE}
_WIDEST = 50


def profile_data(connection: Connection, now: dt.datetime | None = None) -> DataProfile:
    """Measure every table and view of the main schema.

    Costs a few passes over each table. Bins of numbers end at the deciles, so that each holds about a tenth of
    the rows where values don't repeat; comparing counts over the same edges shows how a distribution moved.

    Args:
        connection: read only.
        now: when the profile was taken, by default now; UTC.
    """
    profiles: list[TableProfile] = []
    digest = hashlib.sha256()
    for table, columns in list_columns(connection).items():
        profile = _table(connection, table, columns)
        profiles.append(profile)
        digest.update(_content(connection, table, columns, profile.rows).encode())
    return DataProfile(
        created_at=now or dt.datetime.now(dt.UTC), data_hash=digest.hexdigest(), tables=profiles
    )


def _content(connection: Connection, table: str, columns: Sequence[tuple[str, str]], rows: int) -> str:
    """Return a text that changes with the content of a table, but not with the order of its rows.

    Rows are hashed by DuckDB and the hashes added up, so that one parallel pass does it. The hash is the
    same for equal data under one version of DuckDB.
    """
    names = ", ".join(quoted(column) for column, _ in columns)
    row = connection.execute(
        f"SELECT sum(hash({names})::HUGEINT), bit_xor(hash({names})) FROM {quoted(table)}"
    ).fetchone()
    schema = ";".join(f"{column!r} {kind}" for column, kind in columns)
    return f"{table!r}({schema}):{rows}:{row}\n"


def _table(connection: Connection, table: str, columns: Sequence[tuple[str, str]]) -> TableProfile:
    counted = connection.execute(f"SELECT count(*) FROM {quoted(table)}").fetchone()
    rows = int(counted[0]) if counted else 0
    profiles: list[ColumnProfile] = []
    for start in range(0, len(columns), _WIDEST):
        profiles.extend(_measure(connection, table, rows, columns[start : start + _WIDEST]))
    for profile, (_, kind) in zip(profiles, columns, strict=True):
        _add_distribution(connection, table, profile, column_type(kind))
    return TableProfile(name=table, rows=rows, columns=profiles)


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
        else:
            parts.extend(("NULL", "NULL", "NULL"))
    row = connection.execute(f"SELECT {', '.join(parts)} FROM {quoted(table)}").fetchone()
    assert row is not None  # an aggregate without groups has exactly one row
    profiles: list[ColumnProfile] = []
    for index, (column, kind) in enumerate(columns):
        count, different, low, high, mean, deviation, marked = row[index * 7 : index * 7 + 7]
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


def _add_distribution(connection: Connection, table: str, profile: ColumnProfile, kind: ColumnType) -> None:
    """Add bins to a number and the most frequent values to a column that has few enough."""
    if kind in _NUMBERS and profile.quantiles:
        _add_bins(connection, table, profile)
    if kind in _GROUPED and 0 < profile.distinct <= _COUNTABLE_DISTINCT:
        name = quoted(profile.name)
        found = connection.execute(
            f"SELECT {name}::VARCHAR, count(*) FROM {quoted(table)} WHERE {name} IS NOT NULL "
            f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {_TOP}"
        ).fetchall()
        profile.top_values = {value: int(count) for value, count in found}
        profile.other_count = profile.rows - profile.nulls - sum(profile.top_values.values())


def _add_bins(connection: Connection, table: str, profile: ColumnProfile) -> None:
    low, high = profile.minimum, profile.maximum
    if not isinstance(low, float) or not isinstance(high, float):
        return
    inner = sorted({profile.quantiles[str(q)] for q in _EDGES} - {low, high})
    number = _finite(quoted(profile.name))
    tests = "".join(f" WHEN n < ? THEN {index}" for index in range(len(inner)))
    bin_of = f"CASE{tests} ELSE {len(inner)} END" if inner else "0"
    found = connection.execute(
        f"SELECT {bin_of} AS bin, count(*) FROM (SELECT {number} AS n FROM {quoted(table)}) WHERE n IS NOT NULL GROUP BY 1",
        inner,
    ).fetchall()
    counts = dict(found)
    profile.bin_edges = [low, *inner, high]
    profile.bin_counts = [int(counts.get(index, 0)) for index in range(len(inner) + 1)]
