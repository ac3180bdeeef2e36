"""What a process says of its own telemetry, in a way that outlives being killed.

A tally is a small file that is mapped into memory: counting is a store into memory, and what was stored is in the
file whatever becomes of the process. Its lock tells whether the process lives: the system lets go of it at its end.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import mmap
import os
import re
import struct
import time
from collections.abc import Iterator
from pathlib import Path

from datacraft.contracts.telemetry import WriterRecord

SUFFIX = ".tally"
_MAGIC = b"dctally1"
_SIZE = 64
_HANDED_OVER, _WRITTEN, _DROPPED, _LAST_US, _DROPPED_US, _BUSY_US = range(1, 7)
_NAME = re.compile(r"^(?P<day>\d{4}-\d{2}-\d{2})_(?P<writer>.+)\.tally$")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Tally:
    """Counts of one process. Not safe to use from several threads at once.

    Args:
        folder: of the telemetry; where no file can be made in it, counts are in memory alone.
        name: of the file, without its ending.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / f"{name}{SUFFIX}"
        self._lock: int | None = None
        self._map: mmap.mmap | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.write(self._lock, _MAGIC.ljust(_SIZE, b"\0"))
            self._map = mmap.mmap(self._lock, _SIZE)
            self._cells = memoryview(self._map).cast("Q")
        except OSError:  # the disk's trouble is told where records are written
            self._cells = memoryview(bytearray(_SIZE)).cast("Q")

    def handed_over(self) -> None:
        """A record came."""
        self._cells[_HANDED_OVER] += 1
        self._cells[_LAST_US] = time.time_ns() // 1_000

    def written(self, count: int, busy_s: float) -> None:
        """Records are on disk; so much has the writing thread worked by now."""
        self._cells[_WRITTEN] += count
        self._cells[_BUSY_US] = int(busy_s * 1e6)

    def dropped(self, count: int) -> None:
        """Records are lost."""
        self._cells[_DROPPED] += count
        self._cells[_DROPPED_US] = time.time_ns() // 1_000

    def close(self) -> None:
        """Let go of the file; where all is written, there is nothing to tell and it goes."""
        complete = self._cells[_HANDED_OVER] == self._cells[_WRITTEN]
        self._cells.release()
        self._cells = memoryview(bytearray(_SIZE)).cast("Q")
        if self._map is not None:
            self._map.close()
        if self._lock is not None:
            if complete:
                with contextlib.suppress(OSError):
                    self._path.unlink()
            os.close(self._lock)
            self._lock = None


def read_tallies(folder: Path) -> Iterator[tuple[Path, WriterRecord]]:
    """Yield what the processes of a folder say of themselves, with the file; what is no tally is passed over."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        name = _NAME.match(path.name)
        with contextlib.suppress(OSError, ValueError, OverflowError):
            if name is not None:
                yield path, _read(path, name["writer"], dt.date.fromisoformat(name["day"]))


def _read(path: Path, writer: str, since: dt.date) -> WriterRecord:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        alive = _is_locked(handle)  # before the counts: who ends in between is told to live, not to have lost
        data = os.pread(handle, _SIZE, 0)
    finally:
        os.close(handle)
    if len(data) != _SIZE or not data.startswith(_MAGIC):
        raise ValueError(f"{path} is no tally")
    cells = struct.unpack("=8Q", data)
    return WriterRecord(
        writer=writer,
        since=since,
        handed_over=cells[_HANDED_OVER],
        written=cells[_WRITTEN],
        dropped=cells[_DROPPED],
        alive=alive,
        last_at=_moment(cells[_LAST_US]),
        dropped_at=_moment(cells[_DROPPED_US]) if cells[_DROPPED] else None,
        busy_ms=cells[_BUSY_US] / 1_000,
    )


def _moment(microseconds: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(microseconds=microseconds)


def _is_locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(handle, fcntl.LOCK_UN)
    return False
