"""Reading telemetry back: all of it, or what came since the last look; lines and Parquet alike."""

from __future__ import annotations

import datetime as dt
import logging
import os
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from datacraft.contracts.telemetry import TelemetryRecord, WriterRecord
from datacraft.serving.telemetry.retention import day_of
from datacraft.serving.telemetry.tally import read_tallies

log = logging.getLogger(__name__)


def read_records(folder: Path, since: dt.date | None = None) -> Iterator[TelemetryRecord]:
    """Yield every record of a telemetry folder: those of Parquet files first, each file in the order of writing.

    A line that a crash left torn at a file's end is passed over; so is any other unreadable line, and a Parquet file
    that can't be read, with a warning that names it. A folder that does not exist holds no records.

    Args:
        folder: of `TelemetryWriter`s, which may be at work.
        since: files of earlier days (UTC) are passed over.
    """
    archives = _wanted(folder, ".parquet", since)
    archived = _sources(folder) if archives else {}
    for path in archives:
        yield from _archived_records(path)
    for path in _wanted(folder, ".jsonl", since):
        if archived.get(path.name) == path.stat().st_size:
            continue  # a crash has kept it from being removed
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if (record := _parsed(line, f"{path}, line {number}")) is not None:
                    yield record


def read_writers(folder: Path) -> list[WriterRecord]:
    """Return what the processes that write, or wrote and have lost records, say of themselves."""
    return [one for _, one in read_tallies(folder)]


class RecordTail:
    """A telemetry folder of which only what is new is read, whatever becomes of its files meanwhile.

    Args:
        folder: of `TelemetryWriter`s, which may be at work.
        since: files of earlier days (UTC) are passed over.
    """

    def __init__(self, folder: Path, since: dt.date) -> None:
        self._folder = folder
        self._since = since
        self._read_to: dict[
            tuple[str, int], int
        ] = {}  # by name and inode: a file that was rewritten is another
        self._archives: set[Path] = set()
        self._seen: set[tuple[str, str, dt.datetime]] = set()

    def new(self) -> Iterator[TelemetryRecord]:
        """Yield the records that were appended since the last time; a line that is not whole yet waits."""
        for record in self._unread():
            key = (record.kind, record.question_id, record.at)
            if key not in self._seen:
                self._seen.add(key)
                yield record

    def _unread(self) -> Iterator[TelemetryRecord]:
        for path in _wanted(self._folder, ".jsonl", self._since):
            yield from self._appended(path)
        for path in _wanted(self._folder, ".parquet", self._since):
            if path not in self._archives:
                self._archives.add(path)
                yield from _archived_records(path)

    def _appended(self, path: Path) -> Iterator[TelemetryRecord]:
        try:
            lines = path.open("rb")
        except FileNotFoundError:  # its day has just become Parquet
            return
        with lines:
            file = (path.name, os.fstat(lines.fileno()).st_ino)
            lines.seek(self._read_to.get(file, 0))
            for line in lines:
                if not line.endswith(b"\n"):
                    break
                start = self._read_to.get(file, 0)
                self._read_to[file] = start + len(line)
                if (record := _parsed(line, f"{path}, byte {start}")) is not None:
                    yield record


def _wanted(folder: Path, ending: str, since: dt.date | None) -> list[Path]:
    found = sorted(folder.glob(f"*{ending}"))
    if since is None:
        return found
    return [path for path in found if (day_of(path) or since) >= since]


def _sources(folder: Path) -> dict[str, int]:
    from datacraft.serving.telemetry.archive import archived_sources  # DuckDB is imported where it is needed

    return archived_sources(folder)


def _archived_records(path: Path) -> Iterator[TelemetryRecord]:
    from datacraft.serving.telemetry.archive import TelemetryFileError
    from datacraft.serving.telemetry.archived import read_archive

    try:
        yield from read_archive(path)
    except TelemetryFileError as error:
        log.warning("%s", error.message)


def _parsed(line: bytes, place: str) -> TelemetryRecord | None:
    try:
        return TelemetryRecord.model_validate_json(line)
    except ValidationError as error:
        if line.endswith(b"\n"):
            log.warning("%s is no telemetry record: %s", place, error)
        return None
