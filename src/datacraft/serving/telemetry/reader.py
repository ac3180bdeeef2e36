"""Reading telemetry back."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from datacraft.contracts.telemetry import TelemetryRecord

log = logging.getLogger(__name__)


def read_records(folder: Path, *, since: dt.date = dt.date.min) -> Iterator[TelemetryRecord]:
    """Yield every record of a telemetry folder, file by file, each file in the order of writing.

    A line that a crash left torn at a file's end is passed over; any other unreadable line is, too, with a
    warning that names it. A folder that does not exist holds no records.

    Args:
        folder: of a `TelemetryWriter`.
        since: files of earlier days (UTC) are passed over.
    """
    for path in sorted(path for path in folder.glob("*.jsonl") if path.name >= since.isoformat()):
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    yield TelemetryRecord.model_validate_json(line)
                except ValidationError as error:
                    if line.endswith(b"\n"):
                        log.warning("%s, line %d is no telemetry record: %s", path, number, error)
