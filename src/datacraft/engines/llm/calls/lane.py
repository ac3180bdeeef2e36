"""`Lane`: what all calls to one provider share: places, rates, pauses and the breaker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiolimiter import AsyncLimiter

from datacraft.engines.llm.calls.breaker import Breaker
from datacraft.engines.llm.calls.gate import AdaptiveGate
from datacraft.engines.llm.providers import CallFailed

_MINUTE_S = 60.0
_MARGIN = 0.97  # calls that left apart may arrive together
_BURST = 0.1  # share of a minute's calls that may be made at once
_BROKEN = frozenset({"server", "connection", "timeout"})


class LaneClosed(Exception):
    """The provider keeps failing and is left alone.

    Attributes:
        for_s: seconds until it is tried again.
    """

    def __init__(self, for_s: float) -> None:
        super().__init__(f"closed for {for_s:.1f} s")
        self.for_s = for_s


class Lane:
    """Lets calls through to a provider. Used from one event loop.

    Args:
        name: of the provider, for people.
        concurrency: calls at the same time, at most.
        requests_per_minute: never more in any sliding minute; None: no limit of ours.
        tokens_per_minute: likewise, by estimate.
        now: returns seconds that only grow.
    """

    def __init__(
        self,
        name: str,
        *,
        concurrency: int,
        requests_per_minute: float | None,
        tokens_per_minute: float | None,
        now: Callable[[], float],
    ) -> None:
        self.name = name
        self.gate = AdaptiveGate(concurrency, now)
        self._breaker = Breaker(now)
        self._requests = sliding_minute(requests_per_minute)
        self._tokens = sliding_minute(tokens_per_minute)
        self._now = now
        self._paused_until = float("-inf")

    @asynccontextmanager
    async def call(self, tokens: float, deadline: float) -> AsyncIterator[None]:
        """Hold a place for one call, which is made inside; how it ends changes what the lane lets through.

        Args:
            tokens: that the call is estimated to take.
            deadline: of the call.

        Raises:
            LaneClosed: the provider is left alone for now.
            CallFailed: the provider wants to be left alone until after the deadline.
        """
        await self.gate.enter()
        try:
            await self._wait_for_turn(tokens, deadline)
            if (for_s := self._breaker.refusal_s()) is not None:
                raise LaneClosed(for_s)
            try:
                yield
            except CallFailed as failure:
                self._failed(failure)
                raise
            except BaseException:
                self._breaker.abandoned()
                raise
            self._breaker.succeeded()
            self.gate.grow()
        finally:
            self.gate.leave()

    async def _wait_for_turn(self, tokens: float, deadline: float) -> None:
        while (pause := self._paused_until - self._now()) > 0:
            if self._paused_until > deadline:
                raise CallFailed("rate_limit", f"it wants to be left alone for {pause:.0f} s", pause)
            await asyncio.sleep(pause)
        if self._tokens is not None:
            await self._tokens.acquire(min(tokens, self._tokens.max_rate))
        if self._requests is not None:
            await self._requests.acquire()

    def _failed(self, failure: CallFailed) -> None:
        if failure.kind == "rate_limit":
            self.gate.shrink()
            if failure.retry_after_s is not None:
                self._paused_until = max(self._paused_until, self._now() + failure.retry_after_s)
        if failure.kind in _BROKEN:
            self._breaker.failed()
        else:  # it answers, if only to say no
            self._breaker.succeeded()


def sliding_minute(most: float | None) -> AsyncLimiter | None:
    """Return a limiter that lets no more than `most` through in any 60 seconds; None without a limit.

    A leaky bucket of capacity b that drains r a second lets at most b + 60 r through in a minute, so r is
    (most - b) / 60.
    """
    if most is None:
        return None
    most *= _MARGIN
    if most < 2:
        return AsyncLimiter(1, _MINUTE_S / min(most, 1.0))
    burst = max(1.0, _BURST * most)
    return AsyncLimiter(burst, _MINUTE_S * burst / (most - burst))
