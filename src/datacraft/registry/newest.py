"""Find the newest of many folders that are named by time, without listing them all.

A store lists names upwards, from a start; the newest are at the far end. So windows of time are listed
instead, stepping back from now, each longer than the one before, and a window with more than a page of names
is halved. What is transferred depends on how long ago the newest was made, not on how many there are.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from datacraft.registry.store import ObjectStore

_TIMESTAMP = "%Y%m%dT%H%M%SZ"
_TIMED = re.compile(r"(?P<time>\d{8}T\d{6}Z)_(?P<rest>.+)")
_AFTER_DIGITS = ":"  # the character that follows "9"
_FIRST_WINDOW = dt.timedelta(hours=1)
_GROWTH = 8
_EARLIEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def format_time(time: dt.datetime) -> str:
    """Write a UTC time as folder names start with it."""
    return time.strftime(_TIMESTAMP)


def parse_time(text: str) -> dt.datetime | None:
    """Read what `format_time` has written; None where it is something else."""
    try:
        return dt.datetime.strptime(text, _TIMESTAMP).replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def split_name(name: str) -> tuple[dt.datetime, str] | None:
    """Split `{timestamp}_{rest}`; None where the name is none of that kind."""
    match = _TIMED.fullmatch(name)
    time = parse_time(match["time"]) if match else None
    return (time, match["rest"]) if match and time else None


def newest_first(store: ObjectStore, folder: str, now: dt.datetime) -> Iterator[str]:
    """Yield the names of the folders in `folder` that start with a digit, the latest first.

    Lazy: who takes one name pays for the few requests that find it.
    """
    upper, span = _AFTER_DIGITS, _FIRST_WINDOW
    while (since := now - span) > _EARLIEST:
        lower = format_time(since)
        yield from _descending(store, folder, lower, upper)
        upper, span = lower, span * _GROWTH
    yield from _descending(store, folder, "", upper)


def other_names(store: ObjectStore, folder: str) -> tuple[str, ...]:
    """Return a few of the folders that don't start with a digit."""
    return store.list(folder, start=_AFTER_DIGITS, limit=3).folders


def _descending(store: ObjectStore, folder: str, lower: str, upper: str) -> Iterator[str]:
    """Yield the names in `lower` <= name < `upper`, the latest first."""
    page = store.list(folder, start=lower, end=upper)
    if not page.complete:
        after = f"{page.last}\0"
        if middle := _between(page.last, upper):
            yield from _descending(store, folder, middle, upper)
            yield from _descending(store, folder, after, middle)
        else:
            yield from reversed(_upwards(store, folder, after, upper))
    yield from reversed(page.folders)


def _between(last: str, upper: str) -> str | None:
    """Return the time halfway from the name `last` to `upper`; None where they are too near to split."""
    first, then = parse_time(last[:16]), parse_time(upper[:16])
    if first is None or then is None:
        return None
    middle = format_time(first + (then - first) / 2)
    return middle if last < middle < upper else None


def _upwards(store: ObjectStore, folder: str, start: str, end: str) -> list[str]:
    """Return every name of a range, page by page."""
    names: list[str] = []
    while True:
        page = store.list(folder, start=start, end=end)
        names.extend(page.folders)
        if page.complete:
            return names
        start = f"{page.last}\0"
