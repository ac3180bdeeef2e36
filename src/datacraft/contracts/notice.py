"""`DeliveryNotice`: what people are told when a release was taken somewhere, or was stopped on its way."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

NoticeStatus = Literal[
    "deployed", "rejected", "worse", "rolled_back", "waiting", "no_candidate", "failed", "cancelled",
    "degraded", "recovered", "re_evaluated", "taken_back", "act_failed",
]  # fmt: skip
"""How a delivery ended: reached people; stopped by gates, by the comparison, by its canary; waits for a person;
had nothing to deliver; failed inside; was called off. And what monitoring has to say: something is wrong with what
serves, or no longer; candidates were evaluated anew; what serves was taken back; an act failed."""


def _none_if_empty(value: object) -> object:
    """Read an empty text as nothing: workflows pass on variables that were never set."""
    return None if value == "" else value


WebAddress = Annotated[
    Annotated[str, Field(pattern=r"^https?://[^\s<>\"'`\\]+$")] | None, BeforeValidator(_none_if_empty)
]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class NoticeScore(_Record):
    """One figure of a release beside production's."""

    name: str
    value: float
    production: float | None = Field(
        default=None, description="Null: nothing serves, or it has no such figure."
    )
    unit: Literal["", "%", "s"] = ""
    higher_is_better: bool = True


class NoticeGate(_Record):
    """What one gate thought of a release."""

    gate: str
    passed: bool
    detail: str = Field(description="What was judged, and by which measure.")
    overridden: str | None = Field(default=None, description="Who let it pass all the same, and why.")


class DeliveryNotice(_Record):
    """What people are told about one delivery."""

    schema_version: Literal[1] = 1
    status: NoticeStatus
    reason: str = Field(default="", description="Why it ended so, as a sentence.")
    release_id: str | None = Field(default=None, description="Null: there is none.")
    production: str | None = Field(
        default=None, description="The release that served before; null: none did."
    )
    commit: str | None = None
    deployment_url: WebAddress = Field(default=None, description="Where questions are asked.")
    workflow_run_url: WebAddress = Field(default=None, description="Where the run's log is.")
    scores: tuple[NoticeScore, ...] = ()
    gates: tuple[NoticeGate, ...] = ()
    next_steps: tuple[str, ...] = Field(
        default=(), description="What to do next; empty: what the status suggests."
    )
    created_at: dt.datetime


class NoticeReceipt(_Record):
    """Whether a notice reached one of its destinations."""

    destination: str = Field(description="For a person, without anything secret.")
    delivered: bool
    problem: str | None = Field(default=None, description="Why it did not arrive, and what to do.")
