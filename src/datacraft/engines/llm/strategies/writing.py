"""`Writer`: one request to the model, and one more where its reply could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from datacraft.contracts.errors import ModelBlocked, ModelOutputInvalid
from datacraft.contracts.model_config import PromptText
from datacraft.engines.llm.asking import Asking, Correction, Drafted
from datacraft.engines.llm.calls import Caller
from datacraft.engines.llm.output import PlanReply, SqlReply, Unreadable, read_reply, schema_of
from datacraft.engines.llm.prompting import Prompting
from datacraft.engines.llm.providers import Message, Reply, Request

_LONGEST_SAID = 20_000  # characters of a reply that are sent back


@dataclass(frozen=True)
class Writer:
    """Asks the model for SQL, or for a plan.

    Attributes:
        caller: of the model.
        prompting: makes its instructions and messages.
        prompts: one for each sample in turn.
        kind: of reply that is asked for.
    """

    caller: Caller
    prompting: Prompting
    prompts: Sequence[PromptText]
    kind: type[SqlReply] | type[PlanReply]

    async def answer(
        self, asking: Asking, corrections: tuple[Correction, ...] = (), sample: int = 0
    ) -> Drafted:
        """Return what the model writes; see `Strategy`."""
        reply = await self._ask(asking, corrections, sample)
        try:
            return _drafted(reply, self.kind)
        except Unreadable as unreadable:
            corrections = (*corrections, Correction(reply.text, _complaint(reply, unreadable)))
        reply = await self._ask(asking, corrections, sample)
        try:
            return _drafted(reply, self.kind)
        except Unreadable as unreadable:
            raise ModelOutputInvalid(
                f"What the model wrote could not be read, twice: {unreadable}",
                hint="Ask again, or use a model that keeps to a JSON schema.",
            ) from unreadable

    async def _ask(self, asking: Asking, corrections: tuple[Correction, ...], sample: int) -> Reply:
        asking.notice("linking")
        messages = [Message("user", self.prompting.message(asking.question, asking.history))]
        for correction in corrections:
            messages.append(Message("model", correction.said[:_LONGEST_SAID] or "(nothing)"))
            messages.append(Message("user", correction.complaint))
        request = Request(
            instructions=self.prompting.instructions(self.prompts[sample % len(self.prompts)]),
            messages=tuple(messages),
            schema_name=self.kind.__name__,
            schema=_SCHEMAS[self.kind],
            sample=sample,
        )
        asking.notice("asking")
        reply = await self.caller.ask(request, asking.meter, version=self.prompting.version)
        if reply.finish == "blocked":
            raise ModelBlocked(
                "The provider's safety filter let no answer through.", hint="Ask it in other words."
            )
        return reply


_SCHEMAS: dict[type, dict[str, Any]] = {kind: schema_of(kind) for kind in (SqlReply, PlanReply)}


def _drafted(reply: Reply, kind: type[SqlReply] | type[PlanReply]) -> Drafted:
    found = read_reply(reply.text, kind)
    assumptions = tuple(found.assumptions)
    if not found.answerable:
        return Drafted(reply.text, refusal=found.reason or "", assumptions=assumptions)
    if isinstance(found, PlanReply):
        return Drafted(reply.text, plan=found.plan, chart=found.chart, assumptions=assumptions)
    sql = (found.sql or "").strip().rstrip(";").strip()
    return Drafted(reply.text, sql=sql, chart=found.chart, assumptions=assumptions)


def _complaint(reply: Reply, unreadable: Unreadable) -> str:
    cut = " It was cut off: write less." if reply.finish == "length" else ""
    return f"Your reply could not be read: {unreadable}{cut} Reply again, with one JSON object of the schema alone."
