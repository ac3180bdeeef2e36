"""`Chain`: engines in a declared order; where one can't be used the next one answers, and says why."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from datacraft.contracts.errors import ConfigError, DataCraftError, ModelError
from datacraft.contracts.proposal import Proposal, Turn
from datacraft.engines import Engine, Notice, Trial, unheard

log = logging.getLogger(__name__)


class Chain:
    """Asks one engine after the other. Safe to use from several threads.

    Args:
        name: of the model that should answer.
        openers: each opens an engine, at its first question; one that fails is tried again at the next.
    """

    patient = True

    def __init__(self, name: str, openers: Sequence[Callable[[], Engine]]) -> None:
        self.name = name
        self._openers = openers
        self._engines: dict[int, Engine] = {}
        self._lock = threading.Lock()

    def propose(
        self, question: str, history: Sequence[Turn], trial: Trial | None = None, notice: Notice = unheard
    ) -> Proposal:
        """Return what the first engine that can be used proposes; see `Engine`."""
        reason: DataCraftError | None = None
        for place in range(len(self._openers)):
            try:
                engine = self._engine(place)
                proposal = engine.propose(question, history, trial, notice)
            except (ModelError, ConfigError) as error:
                log.info("%s can't answer: %s", self.name if place == 0 else "its fallback", error.message)
                if reason is not None and place + 1 == len(self._openers):
                    raise reason from error
                reason = reason or error
                continue
            if reason is None:
                return proposal
            who = proposal.answered_by or engine.name
            told = f"{who} answered instead of {self.name}: {reason.message}"
            return proposal.model_copy(update={"answered_by": who, "fallback": told})
        assert reason is not None  # there is at least one engine
        raise reason

    def _engine(self, place: int) -> Engine:
        with self._lock:
            if place not in self._engines:
                self._engines[place] = self._openers[place]()
            return self._engines[place]
