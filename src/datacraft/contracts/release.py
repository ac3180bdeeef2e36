"""What a release says of itself: `models/{timestamp}_{commit}/best_model_metadata.json`, and the channels."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

SUPPORTED_SCHEMA_VERSION = 1
CHANNEL_NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"


class Hyperparameters(BaseModel):
    """Sampling settings; null where the provider has no such thing. Unknown newer ones are kept."""

    model_config = ConfigDict(extra="allow")

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None


class Prompt(BaseModel):
    """A prompt by name and content."""

    model_config = ConfigDict(extra="allow")

    name: str
    sha256: str
    text: str


class QuestionSetRef(BaseModel):
    """Which question set a release was judged on."""

    model_config = ConfigDict(extra="allow")

    name: str
    version: str
    size: int


class ReleaseMetadata(BaseModel):
    """`best_model_metadata.json`. Unknown newer fields are kept; missing required ones are an error.

    Scores are 0-100; `success_rate` is a percentage; `avg_response_time` is in seconds.
    """

    model_config = ConfigDict(extra="allow", protected_namespaces=())

    schema_version: int = SUPPORTED_SCHEMA_VERSION
    release_id: str
    selected_model: str
    provider: str
    hyperparameters: Hyperparameters
    prompt: Prompt | None = None
    strategy: str
    composite_score: float
    performance_score: float
    bias_score: float
    success_rate: float
    avg_response_time: float
    deployment_ready: bool
    selection_methodology: str
    question_set: QuestionSetRef
    data_profile: str | None = Field(default=None, description="Path of the data profile in the release.")
    created_at: dt.datetime
    commit: str


class FileRecord(BaseModel):
    """One file of a release as it was published."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)


class ReleaseManifest(BaseModel):
    """`manifest.json`: every other file of a release, by its path. Nothing unknown is kept: all of it counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: Literal[1] = 1
    release_id: str
    files: dict[str, FileRecord]


class Overridden(BaseModel):
    """A rejection that a person took upon them when a channel was moved."""

    model_config = ConfigDict(extra="allow", frozen=True)

    check: str = Field(description="The gate that rejected, or `comparison`.")
    by: str
    reason: str


ChannelAction = Literal["promote", "rollback", "pin", "unpin"]


class ChannelChange(BaseModel):
    """One change of a channel: who, when, from, to, why, and by which evidence."""

    model_config = ConfigDict(extra="allow", frozen=True)

    id: str = Field(default="", description="Of this change alone; tells it from an equal one.")
    number: int = Field(default=0, description="1, 2, 3, ... without a gap.")
    action: ChannelAction = "promote"
    release_id: str | None = Field(description="What the channel names from then on.")
    previous: str | None = Field(description="What it named before.")
    at: dt.datetime
    by: str
    reason: str
    manifest: str | None = Field(default=None, description="SHA-256 of the manifest of `release_id`.")
    evidence: tuple[str, ...] = Field(default=(), description="Paths of the verdicts that allowed it.")
    overrides: tuple[Overridden, ...] = Field(
        default=(), description="Rejections that did not count, and why."
    )


class Channel(BaseModel):
    """`channels/{name}.json`: which release a channel names, and every change before."""

    model_config = ConfigDict(extra="allow", frozen=True)

    schema_version: Literal[1] = 1
    revision: int = Field(default=0, description="Raised by every write, so that no two are alike.")
    release_id: str | None
    pinned: str | None = Field(default=None, description="Why it may not move; null: it may.")
    pruning: tuple[str, ...] = Field(default=(), description="Releases that are being deleted.")
    history: tuple[ChannelChange, ...] = ()
