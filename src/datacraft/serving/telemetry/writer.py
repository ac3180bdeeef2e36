"""`TelemetryWriter`: appends records to JSON Lines files from a thread of its own."""

from __future__ import annotations

import atexit
import datetime as dt
import fcntl
import logging
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType

from datacraft.contracts.telemetry import TelemetryRecord
from datacraft.serving.telemetry.policy import TelemetryPolicy
from datacraft.serving.telemetry.retention import remove_old_days
from datacraft.serving.telemetry.tally import Tally

log = logging.getLogger(__name__)

_BATCH = 500  # records that are written in one go
_GATHER_S = (
    0.05  # so long records are waited for, once there is one: a process is woken 20 times a second at most
)
_COMPLAIN_EVERY = 1_000  # of the records that are lost, how many pass between two log lines


@dataclass(frozen=True, slots=True)
class WriterFigures:
    """What a writer has done so far, in records; and what it took.

    Attributes:
        written: on disk.
        lost: dropped: too many waited, the disk failed, or the writer was closed.
        waiting: handed over, and not on disk yet.
        busy_s: processor time of the writing thread.
    """

    written: int
    lost: int
    waiting: int
    busy_s: float


class TelemetryWriter:
    """Writes telemetry, one file per process and day, without ever holding up an answer.

    A batch of lines is one append to a file that no other process writes, so that a crash can tear the last
    line only; it is there within a second. When the disk is slower than the questions come, records are dropped,
    counted and logged; what a killed process took along is counted in its tally, see `read_writers`.

    Args:
        folder: is made when the first record comes.
        policy: what may be kept; applied in the writing thread.
        channel: that this process follows; written into every record.
        keep_days: files of earlier days are removed when a day's first record is written; None keeps them.
        queue_size: records that may wait.
        pass_on: gets the writer's name and the lines that are on disk, and returns at once.
        clock: returns the present in UTC; names the day's file.
    """

    def __init__(
        self,
        folder: Path,
        *,
        policy: TelemetryPolicy | None = None,
        channel: str | None = None,
        keep_days: int | None = None,
        queue_size: int = 10_000,
        pass_on: Callable[[str, list[bytes]], None] | None = None,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self._folder = folder
        self._policy = policy or TelemetryPolicy()
        self._channel = channel
        self._keep_days = keep_days
        self._queue_size = queue_size
        self._pass_on = pass_on
        self._clock = clock
        self._queue: SimpleQueue[TelemetryRecord | threading.Event | None] = SimpleQueue()
        self._writer = f"{os.getpid()}_{uuid.uuid4().hex[:8]}"
        self._thread: threading.Thread | None = None
        self._hurry = threading.Event()
        self._lock = threading.Lock()
        self._closed = False
        self._tally: Tally | None = None
        self._day: dt.date | None = None
        self._written = self._handed_over = self.lost = 0
        self._busy_s = 0.0

    def put(self, record: TelemetryRecord) -> None:
        """Hand over a record; returns at once. It is on disk within a second."""
        refused = None
        with self._lock:
            if not self._closed and self._thread is None:
                self._start()
            self._handed_over += 1
            if self._tally is not None:
                self._tally.handed_over()
            if self._closed:
                refused = "the writer is closed"
            elif self._queue.qsize() >= self._queue_size:
                refused = f"{self._queue_size:,} records wait already"
            else:
                self._queue.put(record)
        if refused is not None:
            self._lose(refused)

    def flush(self, timeout_s: float = 5.0) -> bool:
        """Wait until all that was put so far is on disk; False where that takes longer than `timeout_s`."""
        if self._thread is None or not self._thread.is_alive():
            return True
        done = threading.Event()
        self._queue.put(done)
        self._hurry.set()
        return done.wait(timeout_s)

    def close(self, timeout_s: float = 5.0) -> None:
        """Write what waits, and stop. Closing twice is no error."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            thread = self._thread
        if thread is not None:
            self._queue.put(None)
            self._hurry.set()
            thread.join(timeout_s)
            atexit.unregister(self.close)

    def figures(self) -> WriterFigures:
        """Return what has been done so far."""
        with self._lock:
            waiting = self._handed_over - self._written - self.lost
            return WriterFigures(self._written, self.lost, waiting, self._busy_s)

    def __enter__(self) -> TelemetryWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self) -> None:
        self._tally = Tally(self._folder, f"{self._clock():%Y-%m-%d}_{self._writer}")
        self._thread = threading.Thread(target=self._run, name="telemetry", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def _run(self) -> None:
        running = True
        while running:
            lines: list[bytes] = []
            waiting: list[threading.Event] = []
            for item in self._batch():
                if item is None:
                    running = False
                elif isinstance(item, threading.Event):
                    waiting.append(item)
                else:
                    lines += self._line(item)
            self._write(lines)
            for event in waiting:
                event.set()
        with self._lock:
            if self._tally is not None:
                self._tally.close()
                self._tally = None

    def _batch(self) -> Iterator[TelemetryRecord | threading.Event | None]:
        """Wait for an item, and for some more, and yield what is there by then.

        After each record answers have their turn: threads of one process share the interpreter, and one that kept it
        for a whole batch would hold up each of them by milliseconds now and then.
        """
        item = self._queue.get()
        self._hurry.wait(_GATHER_S)
        self._hurry.clear()
        for _ in range(1, _BATCH):
            yield item
            time.sleep(0)
            try:
                item = self._queue.get_nowait()
            except Empty:
                return
        yield item

    def _line(self, record: TelemetryRecord) -> list[bytes]:
        """Return the record's line; none, and one more is lost, where it can't be written as text."""
        try:
            record = self._policy.apply(record)
            if self._channel is not None:
                record.channel = self._channel  # a copy of what was handed over
            return [f"{record.model_dump_json()}\n".encode()]
        except ValueError as error:
            self._lose(str(error))
            return []

    def _write(self, lines: list[bytes]) -> None:
        if lines:
            today = self._clock()
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                append(self._folder / f"{today:%Y-%m-%d}_{self._writer}.jsonl", b"".join(lines))
            except OSError as error:  # a full disk must not stop answers
                self._lose(str(error), len(lines))
                lines = []
            if lines and self._pass_on is not None:
                self._pass_on(self._writer, lines)
            if lines and self._keep_days is not None and self._day != today.date():
                self._day = today.date()
                remove_old_days(self._folder, self._keep_days, today)
        with self._lock:
            self._written += len(lines)
            self._busy_s = time.thread_time()
            if self._tally is not None:
                self._tally.written(len(lines), self._busy_s)

    def _lose(self, why: str, count: int = 1) -> None:
        with self._lock:
            before, self.lost = self.lost, self.lost + count
            now = self.lost
            if self._tally is not None:
                self._tally.dropped(count)
        if before == 0 or before // _COMPLAIN_EVERY != now // _COMPLAIN_EVERY:
            log.warning("telemetry in %s: %d records were lost so far: %s", self._folder, now, why)


def append(path: Path, data: bytes) -> None:
    """Append to a file that no other process appends to: all of it or nothing, unless the process is killed.

    Whoever rewrites the file holds its lock meanwhile; where it was replaced before ours was had, the new one is meant.
    """
    while True:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_SH)
            before = os.fstat(handle)
            if before.st_nlink:
                try:
                    while data:
                        data = data[os.write(handle, data) :]
                except OSError:
                    os.ftruncate(handle, before.st_size)
                    raise
                return
        finally:
            os.close(handle)
