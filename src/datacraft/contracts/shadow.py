"""A shadow: a release that silently answers copies of what production was asked, for people to review.

Times are UTC, costs in USD.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from datacraft.contracts.answer import Answer, Cell
from datacraft.contracts.proposal import Turn

Agreement = Literal["same", "different", "production_only", "candidate_only", "neither"]
"""Of the rows; of `production_only` and `candidate_only` the other one had no answer."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ShadowParameters(_Part):
    """How long a shadow runs, and what it may cost."""

    questions: int = Field(default=200, ge=1, description="Copies after which a person is asked.")
    max_s: float = Field(
        default=172_800, gt=0, description="Then a person is asked, however many there were."
    )
    max_cost_usd_per_day: float = Field(
        default=1.0, ge=0, description="What the candidate's answers may cost in a day (UTC); then it rests."
    )
    kept_rows: int = Field(default=50, ge=1, description="Of each answer, for the review.")


class ShadowPlan(ShadowParameters):
    """What a shadow was begun with; it never changes."""

    schema_version: Literal[1] = 1
    candidate: str
    baseline: str = Field(description="Release whose answers are copied.")
    started_at: dt.datetime


class ShadowOrder(_Part):
    """What serving processes read: whose answers to copy, and where to."""

    schema_version: Literal[1] = 1
    release_id: str
    folder: str


class ShownAnswer(_Part):
    """One side's answer, as far as the two are compared."""

    sql: str | None = None
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    row_count: int = 0
    error: str | None = Field(default=None, description="Its code; null: there is an answer.")
    total_ms: float = 0
    cost_usd: float = 0

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """Take over what is compared."""
        return cls(
            sql=answer.sql,
            columns=tuple(column.name for column in answer.columns),
            rows=tuple(map(tuple, answer.rows)),
            row_count=len(answer.rows),
            error=answer.error.code if answer.error else None,
            total_ms=answer.timings.total_ms,
            cost_usd=answer.usage.cost_usd,
        )


class ShadowCopy(_Part):
    """What production was asked, and what it answered."""

    question_id: str
    at: dt.datetime
    question: str
    turns: tuple[Turn, ...] = Field(
        default=(), description="Of its session before, which it may follow up on."
    )
    answer: ShownAnswer


class ShadowPair(_Part):
    """Both answers to one question."""

    question_id: str
    at: dt.datetime = Field(description="When the candidate answered.")
    question: str
    agreement: Agreement
    difference: str = Field(default="", description="In what they differ, as a sentence.")
    production: ShownAnswer
    candidate: ShownAnswer


class ShadowSummary(_Part):
    """How far a shadow is."""

    plan: ShadowPlan
    counts: dict[Agreement, int]
    cost_usd: float
    faster: int = Field(
        description="Of the candidate's answers, those that took less time than production's."
    )

    @property
    def asked(self) -> int:
        """Questions that both have answered."""
        return sum(self.counts.values())
