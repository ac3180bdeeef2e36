"""`TelemetryRecord`: one per question, and one more per feedback. Holds no data values unless configured.

`WriterRecord` is what a process says of its own telemetry: how much it was handed, and what became of it.
"""

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


class QuestionFeatures(BaseModel):
    """What is known of a question without its text. Null: it could not be told."""

    characters: int | None = None
    words: int | None = None
    form: Literal["groups", "figure", "rows"] | None = Field(
        default=None, description="Of the SQL: by groups, one row of aggregates, or rows as they are."
    )
    functions: tuple[str, ...] = Field(default=(), description="Aggregates of the SQL.")
    joins: int | None = None
    filtered: bool | None = Field(default=None, description="Not all rows count.")
    by_time: bool | None = Field(default=None, description="Time is cut into parts.")


class TelemetryRecord(BaseModel):
    """What happened with one question."""

    schema_version: Literal[1] = 1
    kind: Literal["question", "feedback"] = "question"
    at: dt.datetime = Field(description="UTC.")
    question_id: str
    session: str | None = None
    question: str | None = None
    question_hash: str | None = Field(
        default=None, description="Keyed hash of the question's words, where the text is not kept."
    )
    features: QuestionFeatures | None = None
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
    chart: str | None = Field(default=None, description="Its kind; null: there is none.")
    usage: Usage = Field(default_factory=Usage)
    confidence: float | None = None
    strategy: str = ""
    repairs: int = 0
    fallback: bool = Field(default=False, description="Another model than the one that serves answered.")
    error: str | None = Field(default=None, description="The error's code; null when answered.")
    feedback: Literal["up", "down"] | None = None
    comment: str | None = None


class WriterRecord(BaseModel):
    """What one process handed over to telemetry, and what became of it. Counts are of records."""

    schema_version: Literal[1] = 1
    writer: str = Field(description="Process id and a random part, as in the names of its files.")
    since: dt.date = Field(description="When the process began; UTC.")
    handed_over: int
    written: int
    dropped: int = Field(description="Lost while the process lived: too many waited, or the disk failed.")
    alive: bool = Field(description="The process still writes: what is neither written nor dropped waits.")
    last_at: dt.datetime = Field(description="When the last one was handed over; UTC.")
    dropped_at: dt.datetime | None = Field(
        default=None, description="The last time that one was dropped; UTC."
    )
    busy_ms: float = Field(default=0.0, description="Processor time of the writing thread.")

    @property
    def lost(self) -> int:
        """Records that will never be on disk: dropped, or waiting when the process was killed."""
        return self.dropped if self.alive else self.handed_over - self.written

    @property
    def lost_at(self) -> dt.datetime | None:
        """When the last of them were lost; UTC."""
        return self.dropped_at if self.alive or self.lost == self.dropped else self.last_at
