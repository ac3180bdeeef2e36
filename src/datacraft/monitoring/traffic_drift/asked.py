"""Questions out of telemetry, with what is known of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import duckdb

from datacraft.monitoring.metrics.files import load_records, statement
from datacraft.monitoring.traffic_drift.features import behaviour_features, question_features
from datacraft.profiles.drift.questions import Asked

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MOST = 5_000


class AskedTraffic:
    """The questions of some time, read once from lines and Parquet alike.

    Args:
        folders: of the telemetry of all processes.
        since: the earliest moment that will be asked for; UTC.
    """

    def __init__(self, folders: Sequence[Path], since: dt.datetime) -> None:
        self._connection = duckdb.connect()
        day = (since - dt.timedelta(days=1)).date()
        self.findings = [one.words for one in load_records(self._connection, folders, day)]

    def between(
        self, start: dt.datetime, end: dt.datetime, channel: str | None
    ) -> tuple[list[Asked], list[Asked]]:
        """Return the questions after `start` up to `end`, and the same with what became of them.

        Of more than 5,000 some conversations are taken, always the same ones.

        Args:
            start: UTC.
            end: UTC.
            channel: whose questions, those without a channel too; None: everybody's.
        """
        rows = self._connection.execute(
            statement("asked"),
            {"start_us": _us(start), "end_us": _us(end), "channel": channel, "most": MOST},
        ).fetchall()
        asked, became = [], []
        for text, session, tables, words, form, functions, joins, filtered, by_time, at_us, *rest in rows:
            error, chart, confidence, fallback = rest
            known = question_features(tables, form, functions, joins, filtered, by_time)
            at = _EPOCH + dt.timedelta(microseconds=at_us)
            length = {"words": None if words is None else float(words)}
            asked.append(Asked(text, {**known, **length}, session, at))
            told = behaviour_features(error, chart, confidence, fallback=bool(fallback))
            became.append(Asked(None, {"topic": known["topic"], "form": known["form"], **told}, session, at))
        return asked, became

    def close(self) -> None:
        """Let go of the memory."""
        self._connection.close()


def _us(moment: dt.datetime) -> int:
    return (moment - _EPOCH) // dt.timedelta(microseconds=1)
