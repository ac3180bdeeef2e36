"""`TelemetryRecord`: one per question, and one more per feedback. Holds no data values unless configured."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, Field

from datacraft.contracts.answer import Timings
from datacraft.contracts.errors import AmbiguousQuestion, InputError, NotAnswered, NotUnderstood, Refused
from datacraft.contracts.usage import Usage

CANCELLED = "cancelled"
"""As an `error`: whoever asked did not wait."""
REFUSED = frozenset(kind.code for kind in (NotAnswered, NotUnderstood, Refused))
ASKED_BACK = frozenset({AmbiguousQuestion.code})
UP_TO_WHO_ASKS = REFUSED | ASKED_BACK | {CANCELLED, InputError.code}
"""No answer, but no failure inside either."""


def failed_inside(error: str | None) -> bool:
    """Tell whether an error is one for which whoever asked can do nothing."""
    return error is not None and error not in UP_TO_WHO_ASKS


class TelemetryRecord(BaseModel):
    """What happened with one question."""

    schema_version: Literal[1] = 1
    kind: Literal["question", "feedback"] = "question"
    at: dt.datetime = Field(description="UTC.")
    question_id: str
    session: str | None = None
    question: str | None = None
    release_id: str | None = None
    channel: str | None = Field(
        default=None, description="That whoever answered follows; where traffic is split, it names the arm."
    )
    model: str = ""
    sql: str | None = None
    tables: tuple[str, ...] | None = Field(
        default=None, description="That the SQL reads; null: there is none, or it was not noted."
    )
    timings: Timings = Field(default_factory=Timings)
    rows: int = 0
    usage: Usage = Field(default_factory=Usage)
    confidence: float | None = None
    strategy: str = ""
    repairs: int = 0
    fallback: bool = Field(default=False, description="Another model than the one that serves answered.")
    error: str | None = Field(default=None, description="The error's code; null when answered.")
    feedback: Literal["up", "down"] | None = None
    comment: str | None = None
