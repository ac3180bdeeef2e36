"""`TelemetryMetrics`: figures out of the telemetry that every process writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from datacraft.contracts.metrics import (
    Anomaly,
    DayCounts,
    MetricFinding,
    MetricsReport,
    Quantiles,
    TopicRate,
    WindowMetrics,
)
from datacraft.contracts.telemetry import ASKED_BACK, REFUSED, UP_TO_WHO_ASKS
from datacraft.monitoring.metrics.files import load_records, statement

STEPS = ("propose", "render", "guard", "execute", "present")
_AT_ONCE = dt.timedelta(seconds=60)
_ALIKE = 0.5  # of the words of both questions together: so many in common is the same question in other words
_GAP = dt.timedelta(hours=24)
_FUTURE = dt.timedelta(seconds=60)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class TelemetryMetrics:
    """Reads all files in one pass into DuckDB, in memory. See `MetricSource`.

    Args:
        folders: of the telemetry of all processes; one, where they share it.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)

    def read(
        self, now: dt.datetime, windows_s: Sequence[int], within_ms: Sequence[int] = (), days: int = 0
    ) -> MetricsReport:
        """Return what happened in windows that end now; see `MetricSource`."""
        longest = dt.timedelta(seconds=max(windows_s))
        with duckdb.connect() as connection:
            since = (now - longest - dt.timedelta(days=1)).date()
            findings = list(load_records(connection, self._folders, since))
            make_questions(connection, now, windows_s)
            rows = _windows(connection, within_ms)
            measured = {one.window_s for one in rows if one.scope == "all"}
            nothing = [_nothing(seconds) for seconds in sorted({*windows_s} - measured)]
            last_us = _one(connection, "SELECT max(at_us) FROM questions")
            findings += _oddities(connection, now, longest)
        return MetricsReport(
            created_at=now,
            source=f"telemetry in {', '.join(map(str, self._folders))}",
            windows=(*nothing, *rows),
            days=self._days(now, days),
            findings=tuple(findings),
            last_at=None if last_us is None else moment(last_us),
        )

    def _days(self, now: dt.datetime, days: int) -> tuple[DayCounts, ...]:
        """Count days one by one; what is odd about files older than the windows is nobody's concern any more."""
        if not days:
            return ()
        start = now - dt.timedelta(days=days)
        with duckdb.connect() as connection:
            for _ in load_records(connection, self._folders, (start - dt.timedelta(days=1)).date()):
                pass
            make_questions(connection, now, [])
            parameters = {
                "now_us": microseconds(now),
                "start_us": microseconds(start),
                "rejected": sorted(UP_TO_WHO_ASKS - REFUSED - ASKED_BACK),
                "not_failed": sorted(UP_TO_WHO_ASKS),
            }
            rows = _rows(connection, "days", parameters)
        return tuple(DayCounts(**{**row, "took": row["took"] or {}}) for row in rows)


def make_questions(connection: duckdb.DuckDBPyConnection, now: dt.datetime, windows_s: Sequence[int]) -> None:
    """Make the tables `questions`, until now, and `windows`, out of `records`."""
    connection.execute(
        statement("questions"),
        {
            "now_us": microseconds(now),
            "at_once_us": _AT_ONCE // dt.timedelta(microseconds=1),
            "alike": _ALIKE,
        },
    )
    connection.execute("CREATE TEMP TABLE windows (seconds BIGINT, start_us BIGINT)")
    lengths = sorted(set(windows_s))
    if lengths:
        connection.executemany(
            "INSERT INTO windows VALUES (?, ?)",
            [[one, microseconds(now - dt.timedelta(seconds=one))] for one in lengths],
        )


def _windows(connection: duckdb.DuckDBPyConnection, within_ms: Sequence[int]) -> list[WindowMetrics]:
    codes = {
        "refused": sorted(REFUSED),
        "asked_back": sorted(ASKED_BACK),
        "rejected": sorted(UP_TO_WHO_ASKS - REFUSED - ASKED_BACK),
        "not_failed": sorted(UP_TO_WHO_ASKS),
    }
    topics: dict[tuple[object, ...], dict[str, TopicRate]] = {}
    for row in _rows(connection, "topics"):
        rate = TopicRate(requests=row["requests"], answered=row["answered"])
        topics.setdefault(_key(row), {})[row["topic"]] = rate
    within: dict[tuple[object, ...], dict[int, int]] = {}
    if within_ms:
        for row in _rows(connection, "within", {"within_ms": sorted(set(within_ms))}):
            within.setdefault(_key(row), {})[row["limit_ms"]] = row["answered"]
    none_within = dict.fromkeys(sorted(set(within_ms)), 0)
    return [
        _metrics(row, topics.get(_key(row), {}), none_within | within.get(_key(row), {}))
        for row in _rows(connection, "windows", codes)
    ]


def _metrics(row: dict[str, Any], topics: dict[str, TopicRate], within: dict[int, int]) -> WindowMetrics:
    steps = {step: _quantiles(row.pop(f"{step}_ms")) for step in STEPS}
    return WindowMetrics(
        **{
            **row,
            "errors": row["errors"] or {},
            "latency": _quantiles(row.pop("total_ms")),
            "steps": {step: found for step, found in steps.items() if found is not None},
            "topics": topics,
            "within_ms": within,
        }
    )


def _quantiles(values: Sequence[float] | None) -> Quantiles | None:
    return None if values is None else Quantiles(p50=values[0], p95=values[1], p99=values[2])


def _nothing(seconds: int) -> WindowMetrics:
    return WindowMetrics(
        scope="all", window_s=seconds, requests=0, answered=0, failed=0, liked=0, disliked=0, doubted=0,
        model_questions=0,
    )  # fmt: skip


def _oddities(
    connection: duckdb.DuckDBPyConnection, now: dt.datetime, longest: dt.timedelta
) -> Iterator[MetricFinding]:
    now_us = microseconds(now)
    ahead = _one(
        connection, "SELECT count(*) FROM records WHERE at_us > ?", [now_us + _FUTURE // dt.timedelta(microseconds=1)]
    )  # fmt: skip
    if ahead:
        yield MetricFinding(
            anomaly=Anomaly.FROM_THE_FUTURE,
            count=ahead,
            words=f"{ahead:,} records are of later than now: a clock is wrong; they count once it is then.",
        )
    twice = _one(
        connection,
        "SELECT count(*) - count(DISTINCT (kind, question_id, at_us)) FROM records WHERE question_id IS NOT NULL",
    )
    if twice:
        yield MetricFinding(
            anomaly=Anomaly.DUPLICATES,
            count=twice,
            words=f"{twice:,} records are there twice and count once.",
        )
    silences = connection.execute(
        statement("gaps"),
        {
            "since_us": microseconds(now - longest),
            "now_us": now_us,
            "gap_us": _GAP // dt.timedelta(microseconds=1),
        },
    ).fetchall()
    for start, end in silences:
        yield MetricFinding(
            anomaly=Anomaly.GAP,
            words=f"Nothing was asked, or nothing written, from {moment(start):%Y-%m-%d %H:%M} to "
            f"{moment(end):%Y-%m-%d %H:%M} UTC.",
        )


def _rows(
    connection: duckdb.DuckDBPyConnection, name: str, parameters: Mapping[str, object] | None = None
) -> list[dict[str, Any]]:
    cursor = connection.execute(statement(name), parameters or {})
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _one(connection: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[object] = ()) -> Any:
    row = connection.execute(query, parameters).fetchone()
    return row[0] if row is not None else None


def _key(row: dict[str, Any]) -> tuple[object, ...]:
    return row["scope"], row["channel"], row["release_id"], row["window_s"]


def microseconds(time: dt.datetime) -> int:
    """Return a time as telemetry's tables hold it: microseconds since 1970, UTC."""
    return (time - _EPOCH) // dt.timedelta(microseconds=1)


def moment(since_1970_us: int) -> dt.datetime:
    """Return the time of what telemetry's tables hold."""
    return _EPOCH + dt.timedelta(microseconds=since_1970_us)
