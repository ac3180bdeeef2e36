"""What a release must show before it may be promoted: read from ci-cd/config/ci_cd_config.yaml."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from datacraft.contracts.bias import Severity

VerdictKind = Literal["gates", "comparison"]


class _Policy(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class GatePolicy(_Policy):
    """The thresholds of the gates. Rates are fractions of 1."""

    part: Literal["select", "holdout"] = Field(
        default="select", description="The part of the question set whose figures are judged."
    )
    small_sample: int = Field(
        default=100,
        ge=0,
        description="With fewer cases, the bad end of a figure's 95 % interval is judged; else the figure.",
    )
    min_performance: float = Field(default=75.0, ge=0, le=100, description="Performance score at least.")
    min_success_rate: float = Field(
        default=0.80, ge=0, le=1, description="Answered, of the answerable calls."
    )
    min_syntactic_validity: float = Field(default=0.85, ge=0, le=1, description="Queries that parse.")
    min_executed: float = Field(default=0.85, ge=0, le=1, description="Queries that ran without error.")
    min_execution_accuracy: float = Field(default=0.75, ge=0, le=1, description="Right, of the answerable.")
    max_wrong_shown: float = Field(default=0.05, ge=0, le=1, description="Answered and wrong, of all calls.")
    max_bias: float = Field(default=30.0, ge=0, le=100, description="Bias score at most.")
    max_severity: Severity = Field(default="MEDIUM", description="Severity of the bias at most.")
    max_latency_p95_ms: float = Field(default=5_000, gt=0, description="95th percentile of the latency.")
    max_cost_per_question_usd: float = Field(default=0.02, ge=0, description="Mean cost of a question.")
    max_age_days: float = Field(default=30, gt=0, description="Age of the evaluation at most.")


class ComparisonPolicy(_Policy):
    """By how much a release may be worse than what serves before it is stopped."""

    margin: float = Field(
        default=0.03, ge=0, lt=1, description="Of the rates: so much worse is still not inferior."
    )
    alpha: float = Field(default=0.05, gt=0, lt=0.5, description="Chance of a wrong verdict of each kind.")
    bias_margin: float = Field(default=5.0, ge=0, le=100, description="Points of the bias score.")
    latency_ratio: float = Field(default=1.25, ge=1, description="Of the 95th percentiles.")
    latency_slack_ms: float = Field(
        default=250.0, ge=0, description="A difference that nobody notices, whatever the ratio."
    )
    cost_ratio: float = Field(default=1.25, ge=1, description="Of the costs per question.")
    cost_slack_usd: float = Field(
        default=0.001, ge=0, description="A difference per question that nobody minds, whatever the ratio."
    )
    slice_cases: int = Field(default=30, ge=1, description="Slices with fewer cases are not judged.")


class ChannelPolicy(_Policy):
    """What moving a channel forward takes. It binds people, API keys and CI alike."""

    evidence: tuple[VerdictKind, ...] = Field(
        default=("gates",), description="Verdicts that must have accepted the release."
    )
    movers: tuple[str, ...] = Field(default=(), description="Who may promote; empty: anybody.")
    max_verdict_age_days: float = Field(default=7, gt=0, description="Older verdicts count for nothing.")
