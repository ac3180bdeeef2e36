"""`Meter`: what one question has used so far, and how long it may go on."""

from __future__ import annotations

from dataclasses import dataclass

from datacraft.contracts.usage import Usage


@dataclass
class Meter:
    """Counts the calls of one question.

    Attributes:
        deadline: on the event loop's clock, in seconds.
        usage: so far.
        reserved_usd: of calls that are being made.
    """

    deadline: float
    usage: Usage
    reserved_usd: float = 0.0

    def add(self, input_tokens: int, output_tokens: int, cost_usd: float) -> None:
        """A call has ended."""
        self.usage.calls += 1
        self.usage.input_tokens += input_tokens
        self.usage.output_tokens += output_tokens
        self.usage.cost_usd += cost_usd
