"""Telemetry as tests write it."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path
from typing import Any

from datacraft.contracts.answer import Timings
from datacraft.contracts.telemetry import TelemetryRecord

NOW = dt.datetime(2025, 6, 15, 12, tzinfo=dt.UTC)
_numbers = itertools.count()


def asked(ago_s: float = 60, *, ms: float = 40, **more: Any) -> TelemetryRecord:
    """Return the record of a question that was put so many seconds before `NOW`."""
    given = {
        "at": NOW - dt.timedelta(seconds=ago_s),
        "question_id": f"q{next(_numbers)}",
        "release_id": "r1",
        "channel": "production",
        "timings": Timings(propose_ms=ms / 2, execute_ms=ms / 4, total_ms=ms),
    }
    return TelemetryRecord(**given | more)


def thumb(record: TelemetryRecord, thumb: str, after_s: float = 5) -> TelemetryRecord:
    """Return the record of a thumb on a question."""
    return TelemetryRecord(
        kind="feedback",
        at=record.at + dt.timedelta(seconds=after_s),
        question_id=record.question_id,
        channel=record.channel,
        feedback=thumb,  # type: ignore[arg-type]
    )


def write(folder: Path, *records: TelemetryRecord, name: str = "2025-06-15_1.jsonl") -> Path:
    """Append records to a telemetry file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{record.model_dump_json()}\n" for record in records)
    return path
