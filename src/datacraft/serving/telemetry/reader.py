"""Reading telemetry back: all of it, or what was appended since the last look."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from datacraft.contracts.telemetry import TelemetryRecord

log = logging.getLogger(__name__)


def read_records(folder: Path) -> Iterator[TelemetryRecord]:
    """Yield every record of a telemetry folder, file by file, each file in the order of writing.

    A line that a crash left torn at a file's end is passed over; any other unreadable line is, too, with a
    warning that names it. A folder that does not exist holds no records.
    """
    for path in sorted(folder.glob("*.jsonl")):
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if (record := _parsed(line, f"{path}, line {number}")) is not None:
                    yield record


class RecordTail:
    """A telemetry folder of which only what is new is read.

    Args:
        folder: of `TelemetryWriter`s, which may be at work.
        since: files of earlier days (UTC) are passed over.
    """

    def __init__(self, folder: Path, since: dt.date) -> None:
        self._folder = folder
        self._since = since.isoformat()
        self._read_to: dict[Path, int] = {}

    def new(self) -> Iterator[TelemetryRecord]:
        """Yield the records that were appended since the last time; a line that is not whole yet waits."""
        for path in sorted(self._folder.glob("*.jsonl")):
            if path.name < self._since:
                continue
            with path.open("rb") as lines:
                lines.seek(self._read_to.get(path, 0))
                for line in lines:
                    if not line.endswith(b"\n"):
                        break
                    start = self._read_to.get(path, 0)
                    self._read_to[path] = start + len(line)
                    if (record := _parsed(line, f"{path}, byte {start}")) is not None:
                        yield record


def _parsed(line: bytes, place: str) -> TelemetryRecord | None:
    try:
        return TelemetryRecord.model_validate_json(line)
    except ValidationError as error:
        if line.endswith(b"\n"):
            log.warning("%s is no telemetry record: %s", place, error)
        return None
