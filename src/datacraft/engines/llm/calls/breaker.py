"""`Breaker`: leaves a provider alone that keeps failing, and tries it again with one call after a while.

The pattern is Nygard's circuit breaker (Release It!, 2nd edition, 2018, chapter 5).
"""

from __future__ import annotations

from collections.abc import Callable

OPENS_AFTER = 10
"""Failures in a row."""
_FIRST_COOL_S, _LONGEST_COOL_S = 5.0, 60.0


class Breaker:
    """Closed while calls go well; open after failures in a row; half open for one probe after the wait.

    Args:
        now: returns seconds that only grow.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._failures = 0
        self._cool_s = _FIRST_COOL_S
        self._open_until: float | None = None
        self._probing = False

    def refusal_s(self) -> float | None:
        """Return for how many seconds no call may start; None where one may, which may be the probe."""
        if self._open_until is None:
            return None
        left = self._open_until - self._now()
        if left > 0 or self._probing:
            return max(left, 0.1)
        self._probing = True
        return None

    def succeeded(self) -> None:
        """A call went well."""
        self._failures = 0
        self._open_until = None
        self._probing = False
        self._cool_s = _FIRST_COOL_S

    def failed(self) -> None:
        """A call failed in the provider, or on the way to it."""
        self._failures += 1
        if self._probing:
            self._cool_s = min(2 * self._cool_s, _LONGEST_COOL_S)
        if self._probing or (self._open_until is None and self._failures >= OPENS_AFTER):
            self._open_until = self._now() + self._cool_s
        self._probing = False

    def abandoned(self) -> None:
        """A call was given up, so that nothing is known of the provider; if it was the probe, another may be."""
        self._probing = False
