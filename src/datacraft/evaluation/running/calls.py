"""Make calls at the same time, no more than allowed, until all are made or the budget is spent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from datacraft.evaluation.running.budget import Budget

Call = TypeVar("Call")


async def make_calls(
    calls: Sequence[Call], make: Callable[[Call], Awaitable[float]], budget: Budget, *, concurrency: int
) -> str | None:
    """Make the calls in their order; return why some were not made, or None.

    Calls in flight are awaited when the budget ends, since they are paid for. Where a call raises, or the
    whole is cancelled, those in flight are cancelled.

    Args:
        calls: to make.
        make: makes one, keeps its result and returns what it cost in US dollars.
        budget: asked before each call.
        concurrency: most calls at the same time.
    """
    waiting = iter(calls)
    running: set[asyncio.Task[float]] = set()
    stopped: str | None = None
    exhausted = False
    try:
        while True:
            while not exhausted and len(running) < concurrency and not budget.must_wait():
                call = next(waiting, None)
                if call is None:
                    exhausted = True
                    break
                stopped = budget.refusal()
                if stopped is not None:
                    exhausted = True
                    break
                budget.start()
                running.add(asyncio.ensure_future(make(call)))
            if not running:
                return stopped
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                budget.finish(task.result())
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
