"""Stopping what takes too long: one thread watches all deadlines of a process, as a timer each would cost a thread."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count


class _Watched:
    """Something with a deadline; `stop` is None once it need not be stopped any more."""

    __slots__ = ("stop",)

    def __init__(self, stop: Callable[[], None]) -> None:
        self.stop: Callable[[], None] | None = stop


class Deadlines:
    """Calls what stops a piece of work when that has taken too long. Safe to use from several threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[tuple[float, int, _Watched]] = []
        self._numbers = count()
        self._thread: threading.Thread | None = None

    @contextmanager
    def within(self, seconds: float, stop: Callable[[], None]) -> Iterator[None]:
        """Run the block; call `stop` from another thread when it is not done in time. Never after the block."""
        watched = self._watch(time.monotonic() + seconds, stop)
        try:
            yield
        finally:
            with self._changed:
                watched.stop = None

    def _watch(self, at: float, stop: Callable[[], None]) -> _Watched:
        watched = _Watched(stop)
        with self._changed:
            while self._waiting and self._waiting[0][2].stop is None:
                heapq.heappop(self._waiting)
            heapq.heappush(self._waiting, (at, next(self._numbers), watched))
            if self._thread is None or not self._thread.is_alive():  # it does not live on in a forked process
                self._thread = threading.Thread(target=self._run, name="deadlines", daemon=True)
                self._thread.start()
            elif self._waiting[0][2] is watched:
                self._changed.notify()
        return watched

    def _run(self) -> None:
        with self._changed:
            while True:
                if not self._waiting:
                    self._changed.wait()
                    continue
                at, _, watched = self._waiting[0]
                left = at - time.monotonic()
                if watched.stop is not None and left > 0:
                    self._changed.wait(left)
                    continue
                heapq.heappop(self._waiting)
                if watched.stop is not None:
                    watched.stop()


DEADLINES = Deadlines()
