"""Figures over time, and the questions behind them: what charts of production show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from datacraft.contracts.telemetry import UP_TO_WHO_ASKS
from datacraft.monitoring.metrics.files import load_records, statement
from datacraft.monitoring.metrics.telemetry import make_questions, microseconds, moment


@dataclass(frozen=True, slots=True)
class Stretch:
    """What happened with one release in one stretch of time; latency in milliseconds."""

    start: dt.datetime
    release_id: str | None
    requests: int
    answered: int
    failed: int
    p95_ms: float | None


@dataclass(frozen=True, slots=True)
class Behind:
    """One question behind a figure."""

    at: dt.datetime
    question_id: str
    question: str | None
    release_id: str | None
    error: str | None
    total_ms: float | None
    thumb: str | None
    rephrased: bool | None


def series(
    folders: Sequence[Path], channel: str, now: dt.datetime, span: dt.timedelta, step: dt.timedelta
) -> list[Stretch]:
    """Return the figures of a channel, stretch by stretch; one in which nobody asked is not there.

    Args:
        folders: of the telemetry of all processes.
        channel: whose figures are meant.
        now: UTC; the last stretch ends there.
        span: how far back to go.
        step: length of a stretch.
    """
    with _questions(folders, now, span) as connection:
        rows = connection.execute(
            statement("series"),
            {
                "start_us": microseconds(now - span),
                "step_us": step // dt.timedelta(microseconds=1),
                "not_failed": sorted(UP_TO_WHO_ASKS),
                "channel": channel,
            },
        ).fetchall()
    return [Stretch(moment(start), *rest) for start, *rest in rows]


def behind(
    folders: Sequence[Path], channel: str, start: dt.datetime, length: dt.timedelta, most: int = 200
) -> list[Behind]:
    """Return the questions of a stretch of time: failures first, then dislikes, the latest first."""
    end = start + length
    with _questions(folders, end, length) as connection:
        rows = connection.execute(
            statement("behind"),
            {"start_us": microseconds(start), "end_us": microseconds(end), "channel": channel, "most": most},
        ).fetchall()
    return [Behind(moment(at), *rest) for at, *rest in rows]


def confidences(
    folders: Sequence[Path], channel: str, release_id: str, now: dt.datetime, span: dt.timedelta
) -> list[float]:
    """Return how sure a release was of each of its own answers, where that is known."""
    with _questions(folders, now, span) as connection:
        rows = connection.execute(
            statement("confidences"),
            {"start_us": microseconds(now - span), "channel": channel, "release_id": release_id},
        ).fetchall()
    return [float(one) for (one,) in rows]


@contextmanager
def _questions(
    folders: Sequence[Path], now: dt.datetime, span: dt.timedelta
) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for _ in load_records(connection, folders, (now - span - dt.timedelta(days=1)).date()):
            pass  # what is odd about the files is told with the verdict
        make_questions(connection, now, [])
        yield connection
