"""`TuningReport`: the study of a search space: every trial, what it was worth, when it stopped and why."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from datacraft.contracts.estimate import Estimate
from datacraft.contracts.evaluation import RunIdentity
from datacraft.contracts.model_config import ModelConfig
from datacraft.contracts.policy import PerformanceWeights
from datacraft.contracts.question_set import Split
from datacraft.contracts.release import QuestionSetRef
from datacraft.contracts.search_space import SearchSpace

TuningMethod = Literal["grid", "random", "tpe"]
TUNING_METHODS: tuple[TuningMethod, ...] = ("grid", "random", "tpe")

TrialEnd = Literal["finished", "surely_worse", "outranked", "budget", "invalid"]
"""All cases were asked; worse than another beyond doubt; behind when the rest of the budget was for fewer; the
budget ended; no such config is possible."""


class TuningBudget(BaseModel):
    """What a study may take in all; null: no limit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_calls: int | None = Field(default=None, ge=1, description="Earlier starts included.")
    max_cost_usd: float | None = Field(default=None, gt=0, description="Earlier starts included.")
    max_seconds: float | None = Field(default=None, gt=0, description="Of one start.")


class Trial(BaseModel):
    """One config and what it was worth on the cases that it was asked."""

    number: int = Field(description="In the order of proposal; 0 is the config that tuning starts from.")
    config_id: str | None = Field(description="Null where no such config is possible.")
    name: str
    settings: dict[str, JsonValue] = Field(description="By name of the parameter.")
    cohort: int = Field(description="Those that were raced against each other, from 0.")
    cases: int = Field(default=0, description="That it was asked.")
    calls: int = 0
    score: Estimate | None = Field(default=None, description="Performance on those cases, 0 to 100.")
    projected: float | None = Field(
        default=None,
        description="Score over all cases, if it kept its distance to the best one on those that it was asked; "
        "unlike scores on different cases, these can be compared.",
    )
    end: TrialEnd
    reason: str = Field(description="Why it stopped there, as a sentence.")
    beaten_by: str | None = Field(default=None, description="Config id, where it is surely worse.")


class TuningReport(BaseModel):
    """Every trial of a study, and the config that was best."""

    schema_version: Literal[1] = 1
    method: TuningMethod
    seed: int
    space: SearchSpace
    base: ModelConfig
    budget: TuningBudget
    alpha: float = Field(
        description="Chance of calling the truly best config surely worse, over the whole study."
    )
    identity: RunIdentity
    question_set: QuestionSetRef
    split: Split
    weights: PerformanceWeights
    cases: int
    repeats: int
    calls: int
    calls_of_all: int = Field(description="That asking every trial every case would have taken.")
    cost_usd: float
    complete: bool = Field(description="The race was run to its end.")
    stopped: str | None = Field(default=None, description="Why not, where it was not.")
    best: str = Field(description="Config id.")
    best_config: ModelConfig
    gain: Estimate = Field(
        description="Score of the best less that of the base on cases that both were asked; of those that "
        "were chosen by, so that it is optimistic."
    )
    importance: dict[str, float] = Field(
        description="Share of the variance of scores that a parameter explains alone, 0 to 1."
    )
    trials: list[Trial]
    created_at: dt.datetime

    def trial_of(self, config_id: str) -> Trial:
        """Return the trial of a config."""
        return next(trial for trial in self.trials if trial.config_id == config_id)
