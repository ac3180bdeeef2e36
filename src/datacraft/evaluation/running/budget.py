"""`Budget`: how much money and time, and how many calls a run may take, checked before every call."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Budget:
    """What may still be spent. A call in flight is reckoned with the dearest one so far.

    With a ceiling on the cost, one call is made alone first, so that a cost is known.

    Attributes:
        max_cost_usd: of all calls of the run, earlier starts included; None: no ceiling.
        max_calls: of this start; None: as many as planned.
        max_seconds: of this start; None: as long as it takes.
        spent_usd: so far.
        dearest_usd: cost of the dearest call so far.
        finished: calls of this start.
        clock: returns seconds that never go back.
    """

    max_cost_usd: float | None = None
    max_calls: int | None = None
    max_seconds: float | None = None
    spent_usd: float = 0.0
    dearest_usd: float = 0.0
    finished: int = 0
    clock: Callable[[], float] = time.monotonic
    _in_flight: int = field(default=0)
    _started: float = field(init=False)

    def __post_init__(self) -> None:
        self._started = self.clock()

    def refusal(self) -> str | None:
        """Return why no further call may start; None where one may."""
        if self.max_calls is not None and self.finished + self._in_flight >= self.max_calls:
            return f"the ceiling of {self.max_calls:,} calls is reached"
        if self.max_seconds is not None and self.clock() - self._started >= self.max_seconds:
            return f"the {self.max_seconds:,.0f} seconds are over"
        if self.max_cost_usd is not None:
            reckoned = self.spent_usd + (self._in_flight + 1) * self.dearest_usd
            if self.spent_usd >= self.max_cost_usd or (self.dearest_usd and reckoned > self.max_cost_usd):
                return (
                    f"the cost ceiling of ${self.max_cost_usd:g} is reached (${self.spent_usd:.4f} are spent)"
                )
        return None

    def must_wait(self) -> bool:
        """Whether the cost of the first call has to be known before others start."""
        unknown = self.finished == 0 and self.dearest_usd == 0
        return self.max_cost_usd is not None and unknown and self._in_flight > 0

    def start(self) -> None:
        """A call starts."""
        self._in_flight += 1

    def finish(self, cost_usd: float) -> None:
        """A call has ended and cost this much."""
        self._in_flight -= 1
        self.finished += 1
        self.spent_usd += cost_usd
        self.dearest_usd = max(self.dearest_usd, cost_usd)
