"""`LLMEngine`: a question goes through the config's strategy to a plan or SQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from datacraft.contracts.errors import ModelTooSlow, NotUnderstood, UnsafeQuery
from datacraft.contracts.model_config import ModelConfig
from datacraft.contracts.proposal import Proposal, Turn
from datacraft.engines import Notice, Trial, unheard
from datacraft.engines.llm.asking import Asking, Drafted
from datacraft.engines.llm.calls import Calls, Meter
from datacraft.engines.llm.strategies import Strategy
from datacraft.engines.llm.telling import repeats, told_by_model


class LLMEngine:
    """Answers by a language model. Safe to use from several threads.

    Args:
        config: of the model.
        strategy: that the config names.
        calls: whose event loop it runs on.
        instructions: that the model gets, which nobody is shown.
        let_go: closes the model's connections.
    """

    patient = True

    def __init__(
        self,
        config: ModelConfig,
        strategy: Strategy,
        calls: Calls,
        instructions: str,
        let_go: Callable[[], Coroutine[Any, Any, None]],
    ) -> None:
        self.name = config.model
        self.config = config
        self._strategy = strategy
        self._calls = calls
        self._instructions = instructions
        self._let_go = let_go

    def propose(
        self, question: str, history: Sequence[Turn], trial: Trial | None = None, notice: Notice = unheard
    ) -> Proposal:
        """Return what the model proposes.

        Raises:
            NotAnswered: the model says that it can't be answered, or its samples differ.
            UnsafeQuery, QueryFailed, LimitExceeded: no draft could be run.
            ModelError: the model can't be used.
            ValueError: there is no trial.
        """
        if trial is None:
            raise ValueError("a language model needs a trial for its drafts")
        drafted = self._calls.run(self._answer(question, history, trial, notice))
        return self._proposal(drafted)

    def close(self) -> None:
        """Close the model's connections."""
        self._calls.run(self._let_go())

    async def _answer(self, question: str, history: Sequence[Turn], trial: Trial, notice: Notice) -> Drafted:
        deadline = asyncio.get_running_loop().time() + self.config.limits.deadline_s
        asking = Asking(question, history, trial, notice, Meter(deadline, trial.usage))
        try:
            async with asyncio.timeout_at(deadline):
                return await self._strategy.answer(asking)
        except TimeoutError as error:
            raise ModelTooSlow(
                f"There was no answer within {self.config.limits.deadline_s:g} s.",
                hint="Ask again, or raise limits.deadline_s of the model config.",
            ) from error

    def _proposal(self, drafted: Drafted) -> Proposal:
        if drafted.refusal is not None:
            reason = told_by_model(drafted.refusal, self._instructions)
            raise NotUnderstood(
                f"The model can't answer this from the data. {reason}".strip(),
                hint="Ask about what the tables hold.",
            )
        if drafted.sql is not None and repeats(drafted.sql, self._instructions):
            raise UnsafeQuery("The query would show what the model was told.", hint="Ask about the data.")
        notes = [told_by_model(note, self._instructions) for note in drafted.assumptions]
        plan = drafted.plan
        if plan is not None and not drafted.answered_by:  # its texts are the model's too
            plan = plan.model_copy(update={"notes": ()})
            notes += [told_by_model(note, self._instructions) for note in (drafted.plan or plan).notes]
        return Proposal(
            plan=plan,
            sql=drafted.sql,
            confidence=drafted.confidence,
            reading=list(drafted.reading),
            chart=drafted.chart,
            notes=[note for note in (*notes, *drafted.notes) if note],
            answered_by=drafted.answered_by or self.name,
            strategy=self.config.strategy.kind,
            repairs=drafted.repairs,
        )
