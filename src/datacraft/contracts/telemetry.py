"""`TelemetryRecord`: one per question, and one more per feedback. Holds no data values unless configured."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, Field

from datacraft.contracts.answer import Timings
from datacraft.contracts.usage import Usage


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
