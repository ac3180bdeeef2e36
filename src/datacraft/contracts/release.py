"""What a release says of itself: `models/{timestamp}_{commit}/best_model_metadata.json`, and the channels."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

SUPPORTED_SCHEMA_VERSION = 1


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


class ChannelChange(BaseModel):
    """One move of a channel."""

    model_config = ConfigDict(extra="allow")

    release_id: str | None
    previous: str | None
    at: dt.datetime
    by: str
    reason: str


class Channel(BaseModel):
    """`channels/{name}.json`: which release a channel names, and every move before."""

    model_config = ConfigDict(extra="allow")

    schema_version: Literal[1] = 1
    release_id: str | None
    history: list[ChannelChange] = Field(default_factory=list)
