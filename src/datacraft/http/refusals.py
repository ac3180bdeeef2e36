"""`Refusals`: sign-ins that were turned away, in the audit log, which nobody must be able to fill with them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from datacraft.access.audit import AuditLog
from datacraft.contracts.access import AuditRecord

MOST = 20
WINDOW_S = 3_600.0


class Refusals:
    """Writes the first refusals of each hour, and of the others how many there were. Safe to use from several threads.

    So a process adds at most 21 entries in an hour, however often somebody tries.

    Args:
        audit: the log.
        clock: returns seconds.
    """

    def __init__(self, audit: AuditLog, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._audit = audit
        self._clock = clock
        self._lock = threading.Lock()
        self._began = float("-inf")
        self._written = 0
        self._unwritten = 0
        self._last = ""

    def record(self, source: str, why: str) -> None:
        """Take down a sign-in that was turned away.

        Raises:
            StateUnavailable: the log can't be written.
        """
        with self._lock:
            now = self._clock()
            if now - self._began >= WINDOW_S:
                self._tell_rest()
                self._began, self._written = now, 0
            if self._written >= MOST:
                self._unwritten += 1
                self._last = source
                return
            self._written += 1
        self._write(source, why)

    def close(self) -> None:
        """Write how many there were that are not written."""
        with self._lock:
            self._tell_rest()

    def _tell_rest(self) -> None:
        count, self._unwritten = self._unwritten, 0
        if count:
            self._write(
                self._last, f"and {count:,} more refused sign-ins within an hour, the last one from there"
            )

    def _write(self, source: str, why: str) -> None:
        self._audit.append(
            AuditRecord(
                who="unknown", action="login", target="page", source=source, outcome="refused", detail=why
            )
        )
