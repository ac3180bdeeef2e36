"""`Workers`: questions are answered by a few threads; a bounded number waits, more are turned away."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import queue
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from time import perf_counter
from typing import Generic, TypeVar

from datacraft.contracts.errors import LimitExceeded

Event = TypeVar("Event")
Work = Callable[[], Generator[Event, None, None]]


class Busy(LimitExceeded):
    """As many questions as may wait are waiting already, or one waited too long for its turn."""

    code = "busy"

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message, hint=f"Try again in {retry_after_s} seconds.")
        self.retry_after_s = retry_after_s


class TooSlow(LimitExceeded):
    """The work began, but did not end in time."""

    code = "timeout"


class Workers:
    """A pool of threads that runs work which yields events, such as the steps of a question.

    Work that is given up (its caller left, or its time is over) ends at its next event, and holds its thread
    until then: the machine never does more at a time than it was set to.

    Args:
        threads: pieces of work that run at the same time.
        waiting: pieces of work that may wait.
        wait_s: seconds that one may wait for its turn.
        timeout_s: seconds that one may run.
    """

    def __init__(self, threads: int, waiting: int, *, wait_s: float, timeout_s: float) -> None:
        self.threads = threads
        self.wait_s = wait_s
        self.timeout_s = timeout_s
        self._room = threads + waiting
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="question")
        self._lock = threading.Lock()
        self._taken = 0
        self._running = 0
        self._recent_s = 1.0  # smoothed time of one piece of work, to tell people when to come again

    @property
    def running(self) -> int:
        """Pieces of work that run now."""
        return self._running

    @property
    def waiting(self) -> int:
        """Pieces of work that wait now."""
        return max(0, self._taken - self._running)

    def submit(self, work: Work[Event]) -> Job[Event]:
        """Queue `work`; the thread that runs it sees the caller's context variables.

        Raises:
            Busy: too many wait already.
        """
        with self._lock:
            if self._taken >= self._room:
                raise self.busy(f"{self.waiting} questions wait already; this one can't be taken.")
            self._taken += 1
        job: Job[Event] = Job(self)
        context = contextvars.copy_context()
        try:
            future = self._pool.submit(context.run, self._run, work, job)
        except RuntimeError as error:  # the pool is shut down
            self._left(job)
            raise Busy("The server is shutting down.", retry_after_s=10) from error
        future.add_done_callback(lambda _: self._left(job))
        job.future = future
        return job

    def busy(self, message: str) -> Busy:
        """Return the error for those who find no room, with the time after which there may be some."""
        seconds = self._recent_s * (self._taken + 1) / self.threads
        return Busy(message, retry_after_s=max(1, min(60, round(seconds))))

    def close(self, *, wait: bool = True) -> None:
        """Take no more work; end what waits, and wait for what runs."""
        self._pool.shutdown(wait=wait, cancel_futures=True)

    def _left(self, job: Job[Event]) -> None:
        """Free a job's place, once: it may end before it began."""
        with self._lock:
            if not job.left:
                job.left = True
                self._taken -= 1

    def _run(self, work: Work[Event], job: Job[Event]) -> None:
        if job.given_up.is_set():
            return
        with self._lock:
            self._running += 1
        started = perf_counter()
        job.started.set_result(None)
        events = work()
        failure: Exception | None = None
        try:
            for event in events:
                job.put(event)
                if job.given_up.is_set():
                    break
        except Exception as error:  # noqa: BLE001 - the edge of a thread: whoever waits for the job gets it
            failure = error
        finally:
            events.close()
            with self._lock:
                self._running -= 1
                self._recent_s += 0.2 * (perf_counter() - started - self._recent_s)
            self._left(job)
            job.end(failure)  # last: who hears of the end finds the place free


class _End:
    def __init__(self, error: Exception | None) -> None:
        self.error = error


class Job(Generic[Event]):
    """Work that was queued. Read its events either blocking (`events`) or in an event loop (`stream`)."""

    def __init__(self, workers: Workers) -> None:
        self.started: Future[None] = Future()
        self.given_up = threading.Event()
        self.future: Future[None] | None = None
        self.left = False
        self._workers = workers
        self._queue: queue.SimpleQueue[Event | _End] = queue.SimpleQueue()
        self._heard: Callable[[], None] = lambda: None

    def put(self, event: Event | _End) -> None:
        """Hand an event to whoever reads."""
        self._queue.put(event)
        self._heard()

    def end(self, error: Exception | None) -> None:
        """Say that nothing more comes."""
        self.put(_End(error))

    def give_up(self) -> None:
        """Nobody waits for this any more."""
        self.given_up.set()
        if self.future is not None:
            self.future.cancel()

    def events(self) -> Iterator[Event]:
        """Yield the events as they come.

        Raises:
            Busy: its turn did not come in time.
            TooSlow: it did not end in time.
        """
        try:
            try:
                self.started.result(self._workers.wait_s)
            except FutureTimeout as error:
                raise self._not_started() from error
            deadline = perf_counter() + self._workers.timeout_s
            while True:
                try:
                    event = self._queue.get(timeout=max(0.001, deadline - perf_counter()))
                except queue.Empty as error:
                    raise self._too_slow() from error
                if isinstance(event, _End):
                    if event.error is not None:
                        raise event.error
                    return
                yield event
        finally:
            self.give_up()

    async def turn(self) -> None:
        """Wait, in an event loop, for the work to begin.

        Raises:
            Busy: its turn did not come in time.
        """
        try:
            await asyncio.wait_for(
                asyncio.shield(asyncio.wrap_future(self.started)), timeout=self._workers.wait_s
            )
        except TimeoutError as error:
            self.give_up()
            raise self._not_started() from error
        except asyncio.CancelledError:
            self.give_up()
            raise

    async def stream(self) -> AsyncIterator[Event]:
        """Yield the events as they come, in an event loop.

        Raises:
            Busy: its turn did not come in time.
            TooSlow: it did not end in time.
        """
        loop = asyncio.get_running_loop()
        heard = asyncio.Event()
        self._heard = lambda: _tell(loop, heard)
        try:
            await self.turn()
            deadline = perf_counter() + self._workers.timeout_s
            while True:
                heard.clear()
                while not self._queue.empty():
                    event = self._queue.get_nowait()
                    if isinstance(event, _End):
                        if event.error is not None:
                            raise event.error
                        return
                    yield event
                try:
                    await asyncio.wait_for(heard.wait(), timeout=max(0.001, deadline - perf_counter()))
                except TimeoutError as error:
                    raise self._too_slow() from error
        finally:
            self.give_up()

    def _not_started(self) -> Busy:
        return self._workers.busy(
            f"The question waited {self._workers.wait_s:g} seconds for its turn; others are being answered."
        )

    def _too_slow(self) -> TooSlow:
        return TooSlow(
            f"The question was not answered within {self._workers.timeout_s:g} seconds, and was given up.",
            hint="Ask about a shorter period or fewer groups.",
        )


def _tell(loop: asyncio.AbstractEventLoop, heard: asyncio.Event) -> None:
    """Wake the reader; one whose loop is closed has left."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(heard.set)
