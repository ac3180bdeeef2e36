"""`SelectionReport`: which candidate was chosen, why, and how sure that is."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from datacraft.contracts.estimate import Estimate
from datacraft.contracts.evaluation import RunIdentity
from datacraft.contracts.policy import SelectionPolicy
from datacraft.contracts.release import QuestionSetRef


class FloorResult(BaseModel):
    """One floor and whether a candidate reached it."""

    name: str
    threshold: float
    value: float | None = Field(
        description="Null where it could not be measured; then the floor is not reached."
    )
    passed: bool


class RankedCandidate(BaseModel):
    """A candidate in the order of its composite score; scores are from 0 to 100."""

    model_config = ConfigDict(protected_namespaces=())

    name: str
    config_id: str
    incumbent: bool
    composite: Estimate
    performance: Estimate
    bias: Estimate
    speed: Estimate
    reliability: Estimate
    accuracy: float | None = Field(description="Right among the answerable calls, as a fraction.")
    success_rate: float | None = Field(description="Answered among the answerable calls, as a fraction.")
    mean_latency_s: float
    cost_per_call_usd: float
    probability_of_being_best: float = Field(description="Among those that reach the floors.")
    floors: list[FloorResult]
    eligible: bool = Field(description="Every floor is reached.")


class Comparison(BaseModel):
    """Two candidates on the same cases."""

    first: str = Field(description="Config id.")
    second: str
    difference: Estimate = Field(description="Composite of the first less that of the second.")
    p_value: float = Field(
        description="Paired permutation test of the composite, corrected for all comparisons."
    )
    distinguishable: bool
    only_first_right: int = Field(description="Cases that only the first got right.")
    only_second_right: int
    mcnemar_p_value: float = Field(description="Of the accuracies; exact, corrected for all comparisons.")
    smallest_difference: float | None = Field(
        description="Of the accuracies, as a fraction, that this many cases show with a power of 80 %."
    )
    cases_needed: int | None = Field(description="To show the difference of accuracies that was seen.")


class WeightsMargin(BaseModel):
    """How far the weights can move before another candidate is ahead of the winner."""

    rival: str = Field(description="Config id; who is ahead then.")
    moved: float = Field(
        description="Least weight, as a fraction of 1, that has to move from some parts to another."
    )
    to: str = Field(description="The part that it moves to.")


class SelectionReport(BaseModel):
    """Who was chosen, why, and how sure that is."""

    schema_version: Literal[1] = 1
    selected: str | None = Field(description="Config id of the winner; null: nobody reached the floors.")
    reasons: list[str] = Field(description="Why, as sentences for a person.")
    tied: list[str] = Field(
        default_factory=list,
        description="Config ids that can't be told apart from the best; the winner is one.",
    )
    policy: SelectionPolicy
    ranking: list[RankedCandidate]
    comparisons: list[Comparison]
    weights_margin: WeightsMargin | None = Field(
        default=None, description="Null where no shift of weights puts anyone ahead of the winner."
    )
    incumbent: str | None = None
    cases: int
    identity: RunIdentity | None = None
    question_set: QuestionSetRef | None = None
    created_at: dt.datetime
