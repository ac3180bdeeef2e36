"""`AdaptiveGate`: how many calls are made at the same time, fewer after the provider says that it is too much."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

_SHRINKS_EVERY_S = 1.0  # one burst of refusals is one reason to slow down, not as many as there were calls


class AdaptiveGate:
    """Lets calls in, first come first served; additive increase, multiplicative decrease.

    The rule is that of congestion control (Chiu and Jain, Computer Networks and ISDN Systems 17, 1989).

    Args:
        most: calls at the same time, at most.
        now: returns seconds that only grow.
    """

    def __init__(self, most: int, now: Callable[[], float]) -> None:
        self._most = most
        self._limit = float(most)
        self._now = now
        self._shrunk_at = float("-inf")
        self._waiting: deque[asyncio.Future[None]] = deque()
        self.inside = 0

    @property
    def limit(self) -> int:
        """Calls that may be made at the same time now."""
        return max(1, int(self._limit))

    async def enter(self) -> None:
        """Wait for a place, and take it."""
        if self.inside < self.limit and not self._waiting:
            self.inside += 1
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():  # given just now: somebody else may have it
                self.leave()
            raise

    def leave(self) -> None:
        """Give the place back."""
        self.inside -= 1
        self._let_in()

    def shrink(self) -> None:
        """The provider turned a call away for want of room."""
        if self._now() - self._shrunk_at >= _SHRINKS_EVERY_S:
            self._shrunk_at = self._now()
            self._limit = max(1.0, self._limit / 2)

    def grow(self) -> None:
        """A call went well."""
        self._limit = min(float(self._most), self._limit + 1 / self._limit)
        self._let_in()

    def _let_in(self) -> None:
        while self._waiting and self.inside < self.limit:
            place = self._waiting.popleft()
            if not place.done():
                self.inside += 1
                place.set_result(None)
