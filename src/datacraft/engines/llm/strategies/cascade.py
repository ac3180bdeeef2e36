"""`Cascade`: the built-in engine answers what it is sure of, the model the rest."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from datacraft.contracts.errors import NotAnswered
from datacraft.engines import Engine
from datacraft.engines.llm.asking import Asking, Correction, Drafted
from datacraft.engines.llm.strategies import Strategy


@dataclass(frozen=True)
class Cascade:
    """Asks the cheap engine first.

    Attributes:
        first: the built-in engine.
        threshold: confidence from which on its answer is taken.
        otherwise: answers the rest.
    """

    first: Engine
    threshold: float
    otherwise: Strategy

    async def answer(
        self, asking: Asking, corrections: tuple[Correction, ...] = (), sample: int = 0
    ) -> Drafted:
        """Return the built-in engine's plan where it is sure, else what the model comes to; see `Strategy`."""
        asking.notice("linking")
        try:
            proposal = await asyncio.to_thread(self.first.propose, asking.question, asking.history)
        except NotAnswered:  # the model may understand it
            return await self.otherwise.answer(asking, corrections, sample)
        if proposal.confidence is not None and proposal.confidence >= self.threshold:
            return Drafted(
                said="",
                plan=proposal.plan,
                chart=proposal.chart,
                confidence=proposal.confidence,
                reading=tuple(proposal.reading),
                answered_by=self.first.name,
            )
        return await self.otherwise.answer(asking, corrections, sample)
