"""`EvaluationReport`: what candidates did on a question set."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from datacraft.contracts.estimate import Estimate
from datacraft.contracts.judgement import MistakeKind
from datacraft.contracts.policy import PerformanceWeights
from datacraft.contracts.question_set import Split
from datacraft.contracts.release import QuestionSetRef


class RunIdentity(BaseModel):
    """What a run's results hold for; a run is only gone on with where all of it is the same."""

    model_config = ConfigDict(frozen=True)

    question_set: str = Field(description="Name, version and digest.")
    data: str = Field(description="Digest of what the tables hold.")
    evaluator: int = Field(description="Version of the evaluator.")
    variants: int = Field(description="Generated variants of the data that answers are judged on too.")


class SliceResult(BaseModel):
    """Accuracy on the cases of one slice."""

    dimension: str
    value: str
    accuracy: Estimate = Field(description="Handled rightly, where the slice is of cases not to be answered.")
    wrong_shown: Estimate


class CandidateResult(BaseModel):
    """What one candidate did. Rates are fractions; times in milliseconds; money in US dollars.

    What no call can show, such as a latency before the first one, is null or not there.
    """

    name: str
    config_id: str
    config: dict[str, object] = Field(description="The model config, without secrets.")
    cases: int
    calls: int
    performance: Estimate | None = Field(description="0 to 100; see `PerformanceWeights`.")
    rates: dict[str, Estimate] = Field(description="By name; see `datacraft.evaluation.measuring`.")
    latency_p50_ms: Estimate | None
    latency_p95_ms: Estimate | None
    mean_latency_ms: float | None
    input_tokens: int
    output_tokens: int
    cost_usd: float
    mistakes: dict[MistakeKind, int] = Field(default_factory=dict)
    slices: list[SliceResult] = Field(default_factory=list)


class EvaluationReport(BaseModel):
    """What all candidates did on the same cases."""

    schema_version: Literal[1] = 1
    identity: RunIdentity
    question_set: QuestionSetRef
    split: Split | None = Field(default=None, description="The part that was asked; null: all of it.")
    commit: str
    repeats: int
    weights: PerformanceWeights
    complete: bool = Field(description="Every planned call was made.")
    stopped: str | None = Field(default=None, description="Why not, where it was not.")
    planned_calls: int
    calls: int
    cost_usd: float
    created_at: dt.datetime
    candidates: list[CandidateResult]
