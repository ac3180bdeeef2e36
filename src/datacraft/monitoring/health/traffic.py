"""`Traffic`: the questions and thumbs of a span of time, from telemetry files, in columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from datacraft.contracts.errors import DataCraftError

STEPS = ("propose", "render", "guard", "execute", "present")
_LONGEST_CLOCK_ERROR = dt.timedelta(minutes=5)


class TelemetryUnreadable(DataCraftError):
    """The telemetry's files can't be read, so that nothing is known."""

    code = "telemetry_unreadable"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: what the figures need of it."""

    at: dt.datetime
    release_id: str
    error: str | None
    fallback: bool
    total_ms: float
    steps_ms: tuple[float, ...]
    tokens: int
    cost_usd: float
    calls: int
    cached: int


@dataclass
class Traffic:
    """What happened on a channel.

    Attributes:
        questions: in the order of time.
        thumbs: when, and whether up.
        unreadable: lines that are no records; a torn last line is none of them.
        ahead: records of the future, by more than clocks may differ; they count for nothing.
    """

    questions: list[Asked] = field(default_factory=list)
    thumbs: list[tuple[dt.datetime, bool]] = field(default_factory=list)
    unreadable: int = 0
    ahead: int = 0


def read_traffic(folder: Path, channel: str, since: dt.datetime, now: dt.datetime) -> Traffic:
    """Read what telemetry says of a channel from `since` to `now`.

    Args:
        folder: of the telemetry's files; one that is not there holds nothing.
        channel: whose questions; a record without one counts too.
        since: UTC.
        now: UTC.

    Raises:
        TelemetryUnreadable: a file can't be read.
    """
    found = Traffic()
    # A day earlier: a file is named by the day of its writing, which may be that of another clock.
    first = (since - dt.timedelta(days=1)).date().isoformat()
    for path in sorted(folder.glob("*.jsonl")):
        if path.name < first:
            continue
        for record in _records(path, found):
            at = _time(record)
            if at is None:
                found.unreadable += 1
            elif at > now + _LONGEST_CLOCK_ERROR:
                found.ahead += 1
            elif at >= since and record.get("channel") in (None, channel):
                if record.get("kind") == "feedback":
                    found.thumbs.append((at, record.get("feedback") == "up"))
                else:
                    found.questions.append(_asked(at, record))
    found.questions.sort(key=lambda one: one.at)
    return found


def _records(path: Path, found: Traffic) -> Iterator[dict[str, Any]]:
    try:
        with path.open("rb") as lines:
            for line in lines:
                try:
                    record = from_json(line)
                except ValueError:
                    record = None
                if isinstance(record, dict):
                    yield record
                elif line.endswith(b"\n"):  # else it is being written, or a crash has torn it
                    found.unreadable += 1
    except OSError as error:
        raise TelemetryUnreadable(
            f"{path} can't be read: {error.strerror}.", hint="Allow reading it; until then nothing is known."
        ) from error


def _time(record: dict[str, Any]) -> dt.datetime | None:
    try:
        at = dt.datetime.fromisoformat(str(record.get("at")).replace("Z", "+00:00"))
    except ValueError:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=dt.UTC)


def _asked(at: dt.datetime, record: dict[str, Any]) -> Asked:
    timings, usage = _part(record, "timings"), _part(record, "usage")
    error = record.get("error")
    return Asked(
        at=at,
        release_id=str(record.get("release_id") or ""),
        error=None if error is None else str(error),
        fallback=record.get("fallback") is True,
        total_ms=_number(timings, "total_ms"),
        steps_ms=tuple(_number(timings, f"{step}_ms") for step in STEPS),
        tokens=int(_number(usage, "input_tokens") + _number(usage, "output_tokens")),
        cost_usd=_number(usage, "cost_usd"),
        calls=int(_number(usage, "calls")),
        cached=int(_number(usage, "cached")),
    )


def _part(record: dict[str, Any], name: str) -> dict[str, Any]:
    found = record.get(name)
    return found if isinstance(found, dict) else {}


def _number(values: dict[str, Any], name: str) -> float:
    value = values.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return float(value) if 0 <= value < float("inf") else 0.0
