"""A delivery: the nine steps that take a release to people, what each came to, and how it ended."""

from __future__ import annotations

import datetime as dt
from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from datacraft.contracts.errors import ErrorInfo
from datacraft.contracts.notice import NoticeStatus, WebAddress

StepName = Literal["trigger", "wait", "download", "validate", "compare", "image", "push", "deploy", "notify"]
STEP_NAMES: tuple[StepName, ...] = get_args(StepName)

StepState = Literal["started", "done", "skipped", "failed"]

FINAL: frozenset[NoticeStatus] = frozenset({"deployed", "rejected", "worse", "rolled_back", "no_candidate"})
"""Ends after which nothing is left to go on with."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DeliveryWish(_Part):
    """What a delivery was asked for. It is written down first and never changes."""

    release_id: str | None = Field(
        default=None, description="A release that is there already; null: one is evaluated and published."
    )
    channel: str = "production"
    strategy: Literal["direct", "canary", "shadow"] = "direct"
    trigger: Literal["here", "airflow"] = Field(default="here", description="Where candidates are evaluated.")
    image: Literal["auto", "always", "never"] = Field(
        default="auto", description="auto: where the target runs images."
    )
    again: bool = Field(default=False, description="Also a release that was rolled back before.")
    reason: str
    by: str
    workflow_run_url: WebAddress = None


class DeliveryFacts(_Part):
    """What is known so far; a later step reads what an earlier one found."""

    evaluation: str | None = Field(default=None, description="Name of the run that evaluates.")
    release_id: str | None = None
    production: str | None = Field(default=None, description="What the channel named before.")
    verdicts: tuple[str, ...] = Field(default=(), description="Paths in the registry.")
    image: tuple[str, ...] = Field(default=(), description="Names of the image that was built.")
    pinned: str | None = Field(default=None, description="Name of the image with its digest.")
    revision: str | None = Field(default=None, description="Of the service, made for this delivery.")
    url: str | None = Field(default=None, description="Where questions are asked.")


class StepRecord(_Part):
    """One line about a step."""

    step: StepName
    state: StepState
    at: dt.datetime
    seconds: float | None = Field(default=None, ge=0, description="Null: it has just begun.")
    attempt: int = Field(default=1, ge=1)
    note: str = Field(default="", description="What it came to, as a sentence.")
    facts: DeliveryFacts = DeliveryFacts()
    error: ErrorInfo | None = None


class DeliveryEnd(_Part):
    """How a delivery ended; one that failed or waits can be gone on with."""

    status: NoticeStatus
    at: dt.datetime
    error: ErrorInfo | None = None
    exit_code: int = 0

    @property
    def final(self) -> bool:
        """Whether nothing is left to go on with."""
        return self.status in FINAL


class DeliveryEntry(_Part):
    """One entry of a delivery's journal; exactly one of its three is set."""

    schema_version: Literal[1] = 1
    wish: DeliveryWish | None = None
    step: StepRecord | None = None
    end: DeliveryEnd | None = None

    @model_validator(mode="after")
    def _one_is_set(self) -> Self:
        if sum(one is not None for one in (self.wish, self.step, self.end)) != 1:
            raise ValueError("exactly one of wish, step and end must be set")
        return self
