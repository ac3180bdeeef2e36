"""Bringing records out of the table into files beside those of this machine's own processes."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Protocol

_OWN = re.compile(r"^\d{4}-\d{2}-\d{2}_(\d+_[0-9a-f]{8})\.jsonl$")
_SETTLED_DAYS = 2
"""A day that is over for so long gets no more records: nothing waits longer to be sent."""


class RecordedTable(Protocol):
    """Knows records by time."""

    def between(
        self, start: dt.datetime, end: dt.datetime, without: Collection[str]
    ) -> Iterator[tuple[dt.date, str]]:
        """Yield the records of a time with their days, the earliest first."""


def was_mirrored(folder: Path, now: dt.datetime, within_s: float) -> bool:
    """Tell whether records were brought into a folder in the last so many seconds."""
    try:
        changed = (folder / _name(now.astimezone(dt.UTC).date())).stat().st_mtime
    except FileNotFoundError:
        return False
    return time.time() - changed < within_s


def mirror(table: RecordedTable, folder: Path, now: dt.datetime, days: int) -> int:
    """Write what other processes recorded, a file per day; return how many records were brought.

    Days that are there and over are not asked for again. Each file is replaced in one step, and none before all
    records are there.

    Args:
        table: that processes send to.
        folder: of this machine's telemetry; what its own processes wrote is left out.
        now: UTC.
        days: to go back.

    Raises:
        DataCraftError: the table can't be read.
        OSError: the folder can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    today = now.astimezone(dt.UTC).date()
    wanted = [
        day for ago in range(days, -1, -1) if not _is_done(folder, day := today - dt.timedelta(days=ago), ago)
    ]
    start = dt.datetime.combine(wanted[0], dt.time(), dt.UTC)
    end = dt.datetime.combine(today + dt.timedelta(days=1), dt.time(), dt.UTC)
    found: dict[dt.date, list[str]] = {day: [] for day in wanted}
    for day, record in table.between(start, end, _own_writers(folder)):
        if day in found:
            found[day].append(record)
    for day, records in found.items():
        path = folder / _name(day)
        unfinished = path.with_suffix(".part")
        unfinished.write_text("".join(f"{one}\n" for one in records), encoding="utf-8")
        unfinished.chmod(0o600)
        unfinished.replace(path)
    return sum(map(len, found.values()))


def _name(day: dt.date) -> str:
    return f"{day:%Y-%m-%d}_table.jsonl"


def _is_done(folder: Path, day: dt.date, ago: int) -> bool:
    is_parquet = any(folder.glob(f"{day:%Y-%m-%d}*.parquet"))  # and its own writers are no longer known
    return is_parquet or (ago >= _SETTLED_DAYS and (folder / _name(day)).exists())


def _own_writers(folder: Path) -> set[str]:
    return {found[1] for path in folder.glob("*.jsonl") if (found := _OWN.match(path.name)) is not None}
