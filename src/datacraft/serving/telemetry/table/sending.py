"""`TableSender`: copies to the table what a process writes, off the answering path and off the writing one."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Sequence
from itertools import islice, takewhile
from typing import Protocol

from datacraft.contracts.errors import DataCraftError

log = logging.getLogger(__name__)
_BATCH = 500
"""Rows of one request, as BigQuery's documentation advises for streaming inserts."""


class Table(Protocol):
    """Takes records."""

    name: str

    def insert(self, writer: str, lines: Sequence[bytes]) -> int:
        """Add records; return how many would not be taken. Raises `DataCraftError` where none could be added."""

    def close(self) -> None:
        """Let go of the connections."""


class TableSender:
    """Sends lines in a thread of its own. What can't be sent is tried again while there is room to keep it.

    Args:
        table: gets them.
        most: lines that may wait; of more, the oldest are given up.
        patience_s: from a failure to the next attempt.
    """

    def __init__(self, table: Table, *, most: int = 50_000, patience_s: float = 5.0) -> None:
        self._table = table
        self._most = most
        self._patience_s = patience_s
        self._waiting: deque[tuple[str, bytes]] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._thread: threading.Thread | None = None
        self.lost = 0

    def put(self, writer: str, lines: Sequence[bytes]) -> None:
        """Hand over what a process wrote; returns at once."""
        with self._changed:
            self._waiting.extend((writer, line) for line in lines)
            too_many = len(self._waiting) - self._most
            for _ in range(too_many):
                self._waiting.popleft()
            if too_many > 0:
                self.lost += too_many
                log.warning(
                    "telemetry table %s: %d records were given up so far; this process's files have them",
                    self._table.name, self.lost,
                )  # fmt: skip
            if self._thread is None and not self._closing:
                self._thread = threading.Thread(target=self._run, name="telemetry-table", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self, timeout_s: float = 5.0) -> None:
        """Send what waits, and stop; what can't be sent by then is lost to the table."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(timeout_s)
        self._table.close()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._closing:
                    self._changed.wait()
                closing = self._closing
                writer, batch = self._batch()
            if not batch:
                return
            try:
                refused = self._table.insert(writer, batch)
            except DataCraftError as error:
                log.warning("telemetry table %s: %s %s", self._table.name, error.message, error.hint or "")
                if closing:
                    return
                with self._changed:
                    self._changed.wait_for(lambda: self._closing, self._patience_s)
                continue
            with self._changed:
                self.lost += refused
                for line in batch:
                    # Those that were given up meanwhile are gone from the front already.
                    if self._waiting and self._waiting[0][1] is line:
                        self._waiting.popleft()

    def _batch(self) -> tuple[str, list[bytes]]:
        """Return the first lines that are of one writer."""
        if not self._waiting:
            return "", []
        writer = self._waiting[0][0]
        first = takewhile(lambda one: one[0] == writer, islice(self._waiting, _BATCH))
        return writer, [line for _, line in first]
