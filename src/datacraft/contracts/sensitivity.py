"""`SensitivityReport`: how much a config's score moves when something moves that should not matter, or might."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from datacraft.contracts.estimate import Estimate
from datacraft.contracts.evaluation import RunIdentity
from datacraft.contracts.model_config import ModelConfig
from datacraft.contracts.policy import PerformanceWeights
from datacraft.contracts.question_set import Split
from datacraft.contracts.release import QuestionSetRef

FactorKind = Literal["config", "wording", "data"]


class Level(BaseModel):
    """One value of a factor, and the score there."""

    model_config = ConfigDict(frozen=True)

    label: str
    score: float = Field(description="Performance, 0 to 100, on the cases of this level.")
    change: Estimate = Field(description="Against the config as it is, on the same cases, in points.")
    wrong_shown: float = Field(
        description="Wrong answers shown as fact, as a fraction of the cases; what else is lost was not answered."
    )
    example: str | None = Field(default=None, description="Of wordings: a question as it was asked.")


class Factor(BaseModel):
    """What was moved, alone, while all else stayed."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(description="A part of the config, or what was done to questions or data.")
    kind: FactorKind
    levels: tuple[Level, ...] = Field(min_length=1)

    @property
    def worst(self) -> float:
        """The lowest change; 0 where none is below."""
        return min(0.0, *(level.change.value for level in self.levels))

    @property
    def best(self) -> float:
        """The highest change; 0 where none is above."""
        return max(0.0, *(level.change.value for level in self.levels))


class ElementaryEffects(BaseModel):
    """Morris' measures of one part of the config (Morris 1991; Campolongo et al. 2007), in points of the score."""

    model_config = ConfigDict(frozen=True)

    part: str
    mean: float = Field(description="mu: of the effects of crossing the part's range, all else at random.")
    strength: Estimate = Field(description="mu*: mean of their sizes.")
    spread: float = Field(description="sigma: where large, the effect depends on the other parts.")


class SensitivityReport(BaseModel):
    """What moves a config's score, and how far."""

    schema_version: Literal[1] = 1
    config: ModelConfig
    identity: RunIdentity
    question_set: QuestionSetRef
    split: Split
    weights: PerformanceWeights
    cases: int
    calls: int
    cost_usd: float
    score: Estimate = Field(description="Performance of the config as it is, 0 to 100.")
    factors: list[Factor] = Field(description="The one that moves the score furthest first.")
    effects: list[ElementaryEffects] = Field(
        default_factory=list, description="The strongest first; none where the config was not varied."
    )
    created_at: dt.datetime
