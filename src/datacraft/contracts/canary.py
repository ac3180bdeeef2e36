"""A canary: the plan that is frozen before its first request, what its arms did, and what was concluded.

Rates are fractions from 0 to 1, times are UTC, durations are in seconds. A difference is always the canary's rate
less the baseline's.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Metric = Literal["success", "error", "slow", "thumbs_down", "cost"]
"""success: answered, by the release's own model; error: failed inside, for which whoever asked can do nothing;
slow: took longer than `slow_ms`; thumbs_down: disliked; cost: part of `cost_cap_usd` that was spent. Only of
success is more better."""

Decision = Literal["go_on", "next_step", "hold", "promote", "roll_back", "ask_person"]
Status = Literal["running", "holding", "waiting", "promoted", "rolled_back"]
"""holding: goes on by itself once it can; waiting: for a person."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bets(_Part):
    """The sizes of the bets that are mixed, lognormal around `centre`, in units of 1 / request.

    Small ones see small differences late, large ones large differences early. The defaults lose least where
    10 points of 95 % are missing, and still see 2 points.
    """

    least: float = Field(default=0.05, gt=0)
    most: float = Field(default=3.0, gt=0)
    centre: float = Field(default=0.6, gt=0)
    spread: float = Field(default=0.4, gt=0, description="Of the logarithm.")
    count: int = Field(default=16, ge=1, le=256)


class Guardrail(_Part):
    """Something that may get worse while the success rate does not. One-sided: being better is no alarm."""

    metric: Literal["error", "slow", "thumbs_down", "cost"]
    action: Literal["roll_back", "hold", "warn"]
    alpha: float = Field(gt=0, lt=0.5, description="Chance of a false alarm over the whole canary.")
    tolerance: float = Field(default=0.0, ge=0, lt=1, description="So much worse is no alarm.")


def _rising(steps: tuple[int, ...]) -> tuple[int, ...]:
    if not steps or list(steps) != sorted(set(steps)) or steps[0] < 1 or steps[-1] > 50:
        raise ValueError(
            "steps must rise from at least 1 to at most 50 %: the baseline is as large as the canary"
        )
    return steps


class CanaryParameters(_Part):
    """How canaries are judged, whatever the release."""

    steps: Annotated[tuple[int, ...], AfterValidator(_rising)] = (5, 25, 50)

    alpha: float = Field(
        default=0.05,
        gt=0,
        lt=0.5,
        description="Chance of rolling back an equal version, all alarms together.",
    )
    margin: float = Field(
        default=0.05, gt=0, lt=1, description="What is surely not this much less successful is promoted."
    )
    promote_alpha: float = Field(
        default=0.05, gt=0, lt=0.5, description="Chance of promoting what is less successful by the margin."
    )
    guardrails: tuple[Guardrail, ...] = (
        Guardrail(metric="error", action="roll_back", alpha=0.005),
        Guardrail(metric="slow", action="hold", alpha=0.01, tolerance=0.02),
        Guardrail(metric="thumbs_down", action="hold", alpha=0.01),
        Guardrail(metric="cost", action="warn", alpha=0.01, tolerance=0.05),
    )
    bets: Bets = Bets()
    correlation: float = Field(
        default=0.1, ge=0, le=1, description="Expected within a session; it only decides how sessions weigh."
    )
    split_alpha: float = Field(default=0.001, gt=0, lt=0.5, description="Of the test of the split.")

    slow_ms: float = Field(default=5_000, gt=0)
    cost_cap_usd: float = Field(
        default=0.05, gt=0, description="What a request costs beyond it is not counted."
    )
    session_requests: int = Field(default=20, ge=1, description="Later requests of a session do not count.")
    session_idle_s: float = Field(default=1_200, gt=0, description="Then a session is over, and counts.")

    min_requests: int = Field(default=50, ge=1, description="Of each arm, before anything is concluded.")
    min_sessions: int = Field(default=10, ge=1)
    step_requests: int = Field(default=100, ge=1, description="Of each arm, in each step.")
    step_s: float = Field(default=900, ge=0, description="Least duration of a step.")
    silent_s: float = Field(
        default=1_800, gt=0, description="Without a request for so long there is no traffic."
    )
    max_s: float = Field(default=172_800, gt=0, description="Then a person decides.")
    crossed_share: float = Field(
        default=0.01, ge=0, lt=1, description="Of sessions that saw both arms; more of them always hold."
    )

    @model_validator(mode="after")
    def _alpha_suffices(self) -> Self:
        if len({one.metric for one in self.guardrails}) < len(self.guardrails):
            raise ValueError("a metric has more than one guardrail")
        if self.primary_alpha <= 0:
            raise ValueError("the guardrails that roll back leave no alpha for the success rate")
        return self

    @property
    def primary_alpha(self) -> float:
        """What is left of alpha for the success rate."""
        return self.alpha - sum(one.alpha for one in self.guardrails if one.action == "roll_back")


class CanaryPlan(CanaryParameters):
    """All that decides about a canary. It is written down before the first request and never changes."""

    schema_version: Literal[1] = 1
    candidate: str = Field(description="Release that the canary serves.")
    baseline: str = Field(description="Release that production served when the canary began.")
    again: bool = Field(default=False, description="Also where that release was rolled back before.")
    started_at: dt.datetime

    @model_validator(mode="after")
    def _differs(self) -> Self:
        if self.candidate == self.baseline:
            raise ValueError("the candidate is what production serves already")
        return self


class SessionTotals(_Part):
    """One session that is over, or has as many requests as count."""

    session: str
    requests: int = Field(ge=1)
    closed_at: dt.datetime
    success: float = Field(ge=0)
    error: float = Field(default=0, ge=0)
    slow: float = Field(default=0, ge=0)
    thumbs_down: float = Field(default=0, ge=0)
    cost: float = Field(default=0, ge=0, description="In parts of `cost_cap_usd`.")


class ArmWindow(_Part):
    """What one arm did since the canary began."""

    sessions: tuple[SessionTotals, ...] = Field(default=(), description="Those that count, as they closed.")
    opened: int = Field(default=0, ge=0, description="Sessions that began here, closed or not.")
    last_at: dt.datetime | None = Field(
        default=None, description="Of the last request; null: there was none."
    )
    strays: int = Field(default=0, ge=0, description="Requests that another release than the arm's answered.")
    stray_at: dt.datetime | None = Field(default=None, description="Of the last one.")

    @property
    def requests(self) -> int:
        """Requests that count."""
        return sum(one.requests for one in self.sessions)


class CanaryWindow(_Part):
    """What both arms did since the canary began."""

    baseline: ArmWindow = ArmWindow()
    canary: ArmWindow = ArmWindow()
    crossed: int = Field(default=0, ge=0, description="Sessions that saw both arms.")
    crossed_at: dt.datetime | None = Field(default=None, description="When one did last.")


class Signal(_Part):
    """Something outside that speaks against going on, such as an alert of the monitoring. It may only hold."""

    name: str
    message: str


class ArmRate(_Part):
    """One arm's plain rate: sum over sessions / requests."""

    rate: float | None = Field(description="Null where there is no request.")
    requests: int
    sessions: int


class MetricReading(_Part):
    """What is known about the difference of one metric."""

    metric: Metric
    baseline: ArmRate
    canary: ArmRate
    pairs: int = Field(description="Sessions of both arms that were compared, one with one.")
    difference: float | None = Field(description="Weighted mean over pairs; null where there is none.")
    low: float = Field(description="Bound that is right with 1 - alpha at all times together.")
    high: float
    alpha: float
    worse: float = Field(description="Highest fortune of betting that the canary is worse.")
    not_worse: float | None = Field(
        default=None, description="Present fortune of betting that it is not worse by the margin."
    )

    @property
    def alarm(self) -> bool:
        """Whether the canary is surely worse, at this alpha."""
        return self.worse >= 1 / self.alpha


class SplitReading(_Part):
    """Whether sessions are split evenly."""

    baseline: int
    canary: int
    evidence: float = Field(description="Likelihood ratio against an even split.")
    needed: float


class CanaryVerdict(_Part):
    """What was concluded at one look, with all numbers that it rests on."""

    schema_version: Literal[1] = 1
    decision: Decision
    at: dt.datetime
    by: str = Field(default="judge", description="Or the person whose word it is.")
    step: int = Field(ge=0, description="Index of the step that it was given in.")
    percent: int = Field(description="That the canary gets in this step.")
    reasons: tuple[str, ...] = Field(min_length=1, description="As sentences for a person.")
    warnings: tuple[str, ...] = ()
    elapsed_s: float
    primary: MetricReading
    guardrails: tuple[MetricReading, ...] = ()
    split: SplitReading
    crossed: int = 0
    strays: int = 0


class CanaryWord(_Part):
    """What a person says about a canary: roll back at any time, or promote what waits for a person."""

    decision: Literal["promote", "roll_back"]
    by: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    at: dt.datetime


class CanaryState(_Part):
    """How far a canary is. It follows from the plan and the verdicts so far."""

    status: Status = "running"
    step: int = 0
    step_began_at: dt.datetime
    step_baseline: int = Field(default=0, description="Requests of the baseline when the step began.")
    step_canary: int = 0
    verdict: CanaryVerdict | None = Field(default=None, description="The latest.")

    @property
    def final(self) -> bool:
        """Whether nothing changes it any more."""
        return self.status in ("promoted", "rolled_back")
