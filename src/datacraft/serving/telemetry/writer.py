"""`TelemetryWriter`: appends records to JSON Lines files from a thread of its own."""

from __future__ import annotations

import atexit
import datetime as dt
import logging
import os
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from queue import Empty, Full, Queue
from types import TracebackType

from datacraft.contracts.telemetry import TelemetryRecord
from datacraft.serving.telemetry.policy import TelemetryPolicy

log = logging.getLogger(__name__)

_BATCH = 500  # records that are written in one go
_COMPLAIN_EVERY = 1_000  # of the records that are lost, how many pass between two log lines


class TelemetryWriter:
    """Writes telemetry, one file per process and day, without ever holding up an answer.

    A batch of lines is one append to a file that no other process writes, so that a crash can tear the last
    line only. When the disk is slower than the questions come, records are dropped, counted and logged.

    Args:
        folder: is made when the first record comes.
        policy: what may be kept; applied in the writing thread.
        channel: that this process follows; written into every record.
        queue_size: records that may wait.
        clock: returns the present in UTC; names the day's file.
    """

    def __init__(
        self,
        folder: Path,
        *,
        policy: TelemetryPolicy | None = None,
        channel: str | None = None,
        queue_size: int = 10_000,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self._folder = folder
        self._policy = policy or TelemetryPolicy()
        self._channel = channel
        self._clock = clock
        self._queue: Queue[TelemetryRecord | threading.Event | None] = Queue(queue_size)
        self._writer = f"{os.getpid()}_{uuid.uuid4().hex[:8]}"
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._closed = False
        self.lost = 0

    def put(self, record: TelemetryRecord) -> None:
        """Hand over a record; returns at once. It is on disk as soon as the thread gets to it."""
        with self._lock:
            if self._closed:
                self._lose("the writer is closed")
                return
            if self._thread is None:
                self._start()
        try:
            self._queue.put_nowait(record)
        except Full:
            self._lose(f"{self._queue.maxsize:,} records wait already")

    def flush(self, timeout_s: float = 5.0) -> bool:
        """Wait until all that was put so far is on disk; False where that takes longer than `timeout_s`."""
        if self._thread is None or not self._thread.is_alive():
            return True
        done = threading.Event()
        self._queue.put(done)
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
            thread.join(timeout_s)
            atexit.unregister(self.close)

    def __enter__(self) -> TelemetryWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="telemetry", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def _run(self) -> None:
        running = True
        while running:
            records: list[TelemetryRecord] = []
            waiting: list[threading.Event] = []
            for item in self._next_batch():
                if item is None:
                    running = False
                elif isinstance(item, threading.Event):
                    waiting.append(item)
                else:
                    records.append(item)
            self._write(records)
            for event in waiting:
                event.set()

    def _next_batch(self) -> list[TelemetryRecord | threading.Event | None]:
        """Wait for one item, and take what else is there by then."""
        batch = [self._queue.get()]
        while len(batch) < _BATCH:
            try:
                batch.append(self._queue.get_nowait())
            except Empty:
                break
        return batch

    def _write(self, records: list[TelemetryRecord]) -> None:
        if not records:
            return
        try:
            lines = "".join(f"{self._kept(record).model_dump_json()}\n" for record in records)
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"{self._clock():%Y-%m-%d}_{self._writer}.jsonl"
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                _write_all(handle, lines.encode())
            finally:
                os.close(handle)
        except (OSError, ValueError) as error:  # a full disk must not stop answers
            self._lose(str(error), len(records))

    def _kept(self, record: TelemetryRecord) -> TelemetryRecord:
        record = self._policy.apply(record)
        return record if self._channel is None else record.model_copy(update={"channel": self._channel})

    def _lose(self, why: str, count: int = 1) -> None:
        before, self.lost = self.lost, self.lost + count
        if before == 0 or before // _COMPLAIN_EVERY != self.lost // _COMPLAIN_EVERY:
            log.warning("telemetry in %s: %d records were lost so far: %s", self._folder, self.lost, why)


def _write_all(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]
