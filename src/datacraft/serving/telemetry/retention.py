"""How long telemetry is kept: whole days go, by the names of their files."""

from __future__ import annotations

import datetime as dt
import logging
import re
from pathlib import Path

from datacraft.serving.telemetry.tally import read_tallies

log = logging.getLogger(__name__)

_DAY = re.compile(r"^\.?(\d{4}-\d{2}-\d{2})[_.].*(?:jsonl|parquet|tmp)$")


def day_of(path: Path) -> dt.date | None:
    """Return the day (UTC) that a file of telemetry is about; None of other files."""
    named = _DAY.match(path.name)
    try:
        return dt.date.fromisoformat(named[1]) if named is not None else None
    except ValueError:
        return None


def remove_old_days(folder: Path, keep_days: int, now: dt.datetime) -> list[Path]:
    """Remove what is of days that are over for more than `keep_days` days; return what is gone.

    A file that can't be removed stays, with a warning.

    Args:
        folder: of the telemetry.
        keep_days: 1 keeps yesterday and today.
        now: UTC.
    """
    first = now.date() - dt.timedelta(days=keep_days)
    try:
        old = [path for path in folder.iterdir() if (day := day_of(path)) is not None and day < first]
    except OSError as error:
        log.warning("%s can't be looked through for old days: %s", folder, error.strerror)
        return []
    old += [path for path, one in read_tallies(folder) if not one.alive and one.last_at.date() < first]
    gone = []
    for path in sorted(old):
        try:
            path.unlink(missing_ok=True)
            gone.append(path)
        except OSError as error:
            log.warning("%s is older than %d days and can't be removed: %s", path, keep_days, error.strerror)
    return gone
