"""`Calls`: the event loop and the lanes that all calls of a process share."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar

from datacraft.engines.llm.calls.lane import Lane
from datacraft.engines.llm.calls.ledger import Ledger

T = TypeVar("T")

_THREADS = 16  # for running drafts while models are waited for


@dataclass(frozen=True, slots=True)
class Rates:
    """What the calls to one provider may be, together.

    Attributes:
        concurrency: at the same time.
        requests_per_minute: in any sliding minute; None: no limit of ours.
        tokens_per_minute: likewise, estimated.
    """

    concurrency: int = 16
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None


class Calls:
    """Runs coroutines on a thread of its own for whoever calls from other threads.

    Args:
        rates: of each provider.
        ledger: keeps replies and costs; None: nothing is kept.
    """

    def __init__(self, rates: Rates = Rates(), ledger: Ledger | None = None) -> None:
        self.rates = rates
        self.ledger = ledger
        self._lanes: dict[str, Lane] = {}
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(_THREADS, thread_name_prefix="draft"))
        self._thread = threading.Thread(target=self._loop.run_forever, name="model-calls", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the loop and return its result; Ctrl-C in the caller cancels it."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def lane(self, key: str, name: str) -> Lane:
        """Return the lane of a provider; all who name the same key share it.

        Args:
            key: of the provider, with its address and account.
            name: for people.
        """
        with self._lock:
            if key not in self._lanes:
                self._lanes[key] = Lane(
                    name,
                    concurrency=self.rates.concurrency,
                    requests_per_minute=self.rates.requests_per_minute,
                    tokens_per_minute=self.rates.tokens_per_minute,
                    now=monotonic,
                )
            return self._lanes[key]

    @property
    def tasks(self) -> int:
        """Tasks that are not finished."""
        return len(asyncio.all_tasks(self._loop))

    def close(self) -> None:
        """Cancel what is being called and end the loop; engines are closed before."""
        self.run(self._wind_up())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        if self.ledger is not None:
            self.ledger.close()

    async def _wind_up(self) -> None:
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._loop.shutdown_default_executor()
