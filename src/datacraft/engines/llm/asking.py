"""`Asking`: one question on its way through a strategy, and `Draft`, what comes out."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextvars import copy_context
from dataclasses import dataclass

from datacraft.contracts.plan import QueryPlan
from datacraft.contracts.proposal import ChartKind, SpanReading, Turn
from datacraft.engines import Notice, Trial, Tried
from datacraft.engines.llm.calls import Meter


@dataclass(frozen=True, slots=True)
class Correction:
    """A draft that would not do.

    Attributes:
        said: what the model wrote.
        complaint: why it would not do, for the model to read.
    """

    said: str
    complaint: str


@dataclass(frozen=True)
class Drafted:
    """What a strategy came to.

    Attributes:
        said: what the model wrote, as it stood.
        plan: where it filled in a plan.
        sql: where it wrote SQL.
        refusal: why it does not answer, in its own words; then there is neither plan nor SQL.
        chart: that the question asks for.
        assumptions: choices that the question left open.
        confidence: where it is measured.
        repairs: drafts before this one.
        reading: how words were read, where that is known.
        answered_by: who made it, where it is not the config's model.
        notes: for the person, beside the assumptions.
    """

    said: str
    plan: QueryPlan | None = None
    sql: str | None = None
    refusal: str | None = None
    chart: ChartKind | None = None
    assumptions: tuple[str, ...] = ()
    confidence: float | None = None
    repairs: int = 0
    reading: tuple[SpanReading, ...] = ()
    answered_by: str = ""
    notes: tuple[str, ...] = ()

    @property
    def body(self) -> QueryPlan | str:
        """The plan, else the SQL."""
        return self.plan if self.plan is not None else self.sql or ""


@dataclass
class Asking:
    """One question, with all that a strategy needs to answer it.

    Attributes:
        question: in plain words.
        history: the session's answered questions, oldest first.
        trial: where drafts are tried.
        notice: is told of the stages.
        meter: counts the calls.
    """

    question: str
    history: Sequence[Turn]
    trial: Trial
    notice: Notice
    meter: Meter

    async def attempt(self, drafted: Drafted) -> Tried:
        """Run a draft past the guard, on another thread."""
        self.notice("trying")
        context = copy_context()
        running = asyncio.get_running_loop().run_in_executor(None, context.run, self.trial.run, drafted.body)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:  # a query that runs can't be left alone: its data may be closed next
            await asyncio.wait([running])
            raise
