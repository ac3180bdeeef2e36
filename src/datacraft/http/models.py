"""What the API takes and gives, where it is not a contract of its own."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from datacraft.contracts.access import ApiKey, Role
from datacraft.contracts.answer import Answer
from datacraft.contracts.errors import ErrorInfo

_Short = Annotated[str, StringConstraints(max_length=200)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AskRequest(_Request):
    """A question."""

    question: str = Field(description="In plain words.", examples=["total sales by region in 2023"])
    session: _Short | None = Field(
        default=None,
        min_length=1,
        description="The `session` of an earlier answer: the question may then follow up on it.",
    )


class PredictRequest(BaseModel):
    """What Vertex AI sends: questions, as texts or as objects; `parameters` and the rest mean nothing here."""

    instances: list[AskRequest | str] = Field(min_length=1, max_length=100)


class FeedbackRequest(_Request):
    """What a person thinks of an answer."""

    question_id: _Short = Field(min_length=1, description="Of the answer.")
    thumb: Literal["up", "down"]
    comment: Annotated[str, StringConstraints(max_length=2_000)] | None = None


class MoveRequest(_Request):
    """How a channel shall move."""

    reason: str = Field(
        min_length=1, max_length=2_000, pattern=r"\S", description="Why; it stays in the history."
    )
    release: _Short | None = Field(
        default=None,
        description="To promote, or to go back to; for a rollback by default what served before.",
    )
    again: bool = Field(
        default=False, description="Also promote what is not newer than what was rolled back last."
    )


class KeyRequest(_Request):
    """A key that shall be made."""

    name: _Short = Field(min_length=1, description="Who or what uses it.")
    role: Role = "viewer"
    days: float = Field(default=90, gt=0, description="How long it is valid.")


class NewKey(BaseModel):
    """A key that was made; it is not shown again."""

    key: str
    about: ApiKey


class FeedbackReceipt(BaseModel):
    """The feedback was taken."""

    question_id: str
    recorded: Literal[True] = True


class StepNote(BaseModel):
    """A step of the path of a question has begun."""

    step: Literal["reading", "linking", "asking", "trying", "checking", "running", "drawing"]
    question_id: str


class Alive(BaseModel):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Ready(BaseModel):
    """Questions can be answered."""

    status: Literal["ready"] = "ready"
    tables: list[str]
    model: str
    release_id: str | None = None
    warnings: list[str] = Field(default_factory=list)


class ErrorBody(BaseModel):
    """Every error of the API has this shape."""

    error: ErrorInfo
    request_id: str


class Predictions(BaseModel):
    """What Vertex AI gets: an answer for each instance, in their order; or why there is none."""

    predictions: list[Answer | ErrorBody]
