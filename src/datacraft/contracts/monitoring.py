"""How production is doing: figures of a window of time, service levels, and the verdict. Times are UTC, rates fractions."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from datacraft.contracts.drift import DriftReport, TrafficDrift
from datacraft.contracts.judgement import Outcome
from datacraft.contracts.metrics import MetricFinding, WindowMetrics

Health = Literal["healthy", "degraded", "down", "unknown"]
"""unknown is not healthy: there were too few questions, or what happened can't be read."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class BurnTier(_Part):
    """An alert on the error budget: so much of it in the long window, and still going on in the short one."""

    long_h: float = Field(gt=0)
    short_h: float = Field(gt=0)
    budget: float = Field(
        gt=0, le=1, description="Share of the period's budget that is burnt in the long window."
    )
    severity: Literal["page", "ticket"]


def _in_order(tiers: tuple[BurnTier, ...]) -> tuple[BurnTier, ...]:
    if any(tier.short_h >= tier.long_h for tier in tiers):
        raise ValueError("the short window must be shorter than the long one")
    if list(tiers) != sorted(tiers, key=lambda tier: tier.long_h):
        raise ValueError("tiers go from the fastest to the slowest")
    return tiers


class ServiceLevel(_Part):
    """A promise: of all questions, so many are not failed inside.

    The four tiers are those of the Google SRE workbook, chapter 5, for a period of 30 days; factors follow from
    the period.
    """

    objective: float = Field(default=0.99, gt=0, lt=1)
    period_days: float = Field(default=30, gt=0)
    tiers: Annotated[tuple[BurnTier, ...], AfterValidator(_in_order)] = (
        BurnTier(long_h=1, short_h=5 / 60, budget=0.02, severity="page"),
        BurnTier(long_h=6, short_h=0.5, budget=0.05, severity="page"),
        BurnTier(long_h=24, short_h=2, budget=0.1, severity="ticket"),
        BurnTier(long_h=72, short_h=6, budget=0.1, severity="ticket"),
    )
    alpha: float = Field(
        default=0.01,
        gt=0,
        lt=0.5,
        description="So rarely may chance alone give as many failures at the rate of a tier or a threshold.",
    )

    def factor(self, tier: BurnTier) -> float:
        """Return how many times as fast as even the budget is burnt where the tier fires."""
        return tier.budget * self.period_days * 24 / tier.long_h


class DecisionPolicy(_Part):
    """What follows from an alarm, and how often anything may."""

    drift_looks: int = Field(
        default=2, ge=1, description="So many looks in a row must see drift to believe it."
    )
    clear_looks: int = Field(default=2, ge=1, description="So many good looks in a row end an alarm.")
    remind_h: float = Field(default=24, gt=0, description="An alarm that lasts is told again after so long.")
    cool_down_h: float = Field(default=24, ge=0, description="Between two acts for the same cause.")
    acts_per_week: int = Field(default=3, ge=0, description="0: people are told, and nothing is done.")
    roll_back_h: float = Field(
        default=72,
        ge=0,
        description="A release that serves for no longer is rolled back; an older one is not.",
    )
    approval: tuple[Literal["re_evaluate", "roll_back"], ...] = Field(
        default=(), description="What waits for a person's word."
    )
    quiet_hours: tuple[int, int] | None = Field(
        default=None, description="UTC, from and until: tickets are told afterwards, pages at once."
    )

    def is_quiet(self, now: dt.datetime) -> bool:
        """Tell whether tickets wait."""
        if self.quiet_hours is None:
            return False
        start, end = self.quiet_hours
        hour = now.astimezone(dt.UTC).hour
        return start <= hour < end if start <= end else hour >= start or hour < end


class UsualPolicy(_Part):
    """What the last 24 hours are compared with, and from when on a difference matters."""

    baseline_days: int = Field(default=28, ge=7, le=90, description="Before the last 24 hours.")
    least_days: int = Field(
        default=7, ge=3, description="With fewer days nobody knows what is usual, and nothing is said."
    )
    least_ratio: float = Field(default=1.5, ge=1, description="So many times as many as usual must go badly.")
    least_points: float = Field(
        default=0.01, ge=0, lt=1, description="And so much more of all: 0.01 is one in a hundred."
    )


class GradingPolicy(_Part):
    """How production is asked questions whose answers are known."""

    every_h: float = Field(default=24, gt=0, description="A grading is due when the last one is so old.")
    cases: int = Field(
        default=200, ge=20, description="At most, the same each time; chosen so that every slice is there."
    )
    paid: bool = Field(
        default=False, description="Also where answers of the model cost money, without --grade."
    )
    decline_points: float = Field(
        default=0.02, ge=0, lt=1, description="So much of the graded cases must a slow decline have lost."
    )


_COMPARISONS = 6
"""Errors, refusals, latency and doubt against the usual; data; traffic."""
_SHARE, _GRADED_SHARE, _DECLINE_SHARE = 0.5 / _COMPARISONS, 0.45, 0.05
"""Of the false alarms. Grading has the most: it is made once a day, of no more cases than a model can be asked."""
_MONTH_DAYS = 30


class MonitoringPolicy(_Part):
    """When production counts as degraded, and what follows."""

    window_h: float = Field(default=6, gt=0, description="That the thresholds are about.")
    min_requests: int = Field(default=20, ge=1, description="With fewer questions thresholds say nothing.")
    max_error_rate: float = Field(default=0.05, ge=0, le=1, description="Failed inside, of all questions.")
    max_latency_p95_ms: float = Field(default=5_000, gt=0)
    min_success_rate: float = Field(
        default=0.8,
        ge=0,
        le=1,
        description="Answered by the release's own model, of all questions that somebody waited for.",
    )
    max_thumbs_down: float = Field(default=0.2, ge=0, le=1, description="Of the questions with a thumb.")
    usual: UsualPolicy = UsualPolicy()
    grading: GradingPolicy = GradingPolicy()
    false_alarms_per_month: float = Field(
        default=0.02,
        gt=0,
        le=1,
        description="Expected where nothing changes, over all comparisons with what was, and over all looks.",
    )
    looks_per_day: float = Field(
        default=4,
        gt=0,
        description="As the schedule has it; says how rare a false alarm must be at each look.",
    )
    service_level: ServiceLevel = ServiceLevel()
    decisions: DecisionPolicy = DecisionPolicy()

    @property
    def level(self) -> float:
        """Chance of a false alarm that one comparison has at one look (Bonferroni: windows of looks overlap)."""
        return self.false_alarms_per_month * _SHARE / (_MONTH_DAYS * self.looks_per_day)

    @property
    def graded_level(self) -> float:
        """Chance of a false alarm that the graded cases have, each time."""
        return self.false_alarms_per_month * _GRADED_SHARE / self._gradings

    @property
    def decline_level(self) -> float:
        """Chance of a false alarm that the search for a slow decline has, each time."""
        return self.false_alarms_per_month * _DECLINE_SHARE / self._gradings

    @property
    def _gradings(self) -> float:
        """In a month."""
        return _MONTH_DAYS * 24 / self.grading.every_h


class Alert(_Part):
    """Something that is wrong, with the numbers that it rests on."""

    name: str = Field(description="What it is about; the same from one look to the next.")
    severity: Literal["page", "ticket", "note"]
    message: str


class HealthReport(_Part):
    """The verdict on production at one time."""

    schema_version: Literal[1] = 1
    at: dt.datetime
    channel: str
    status: Health
    reasons: tuple[str, ...] = Field(min_length=1, description="As sentences for a person.")
    alerts: tuple[Alert, ...] = ()
    measured: tuple[str, ...] = Field(
        default=(),
        description="Names of the alerts that there was enough to judge by, whether they fire or not.",
    )
    windows: tuple[WindowMetrics, ...] = Field(default=(), description="Of the channel, the shortest first.")
    by_release: tuple[WindowMetrics, ...] = Field(
        default=(), description="In the window that the thresholds are about."
    )
    findings: tuple[MetricFinding, ...] = Field(default=(), description="What is odd about the measurements.")
    policy: MonitoringPolicy


class GradedCase(_Part):
    """What production answered to a question whose answer is known."""

    case: str
    right: bool
    outcome: Outcome
    confidence: float | None = None
    mistake: str | None = Field(default=None, description="The kind of the first mistake.")


class Grading(_Part):
    """The graded cases of one time: `monitoring/{channel}/graded/{time}_{release}/grading.json`."""

    schema_version: Literal[1] = 1
    at: dt.datetime
    channel: str
    release_id: str
    question_set: str
    cost_usd: float = Field(ge=0)
    cases: tuple[GradedCase, ...] = Field(min_length=1)

    @property
    def right(self) -> int:
        """How many are right."""
        return sum(one.right for one in self.cases)


class AccuracyDecline(_Part):
    """Where in a row of gradings of the same cases accuracy changed most, downwards."""

    since: dt.datetime = Field(description="The first grading after the change.")
    before: float = Field(ge=0, le=1, description="Share that was right until then.")
    after: float = Field(ge=0, le=1)
    p_value: float = Field(ge=0, le=1, description="Chance of as clear a change (Pettitt's test).")


class AccuracyEstimate(_Part):
    """How many of production's own answers are right, told by their confidence alone, without labels."""

    answers: int = Field(ge=1, description="With a confidence, of the last 24 hours.")
    value: float = Field(ge=0, le=1)
    low: float = Field(ge=0, le=1, description="95 %, from how well the cases of the release say it.")
    high: float = Field(ge=0, le=1)
    disagrees: str | None = Field(
        default=None, description="Why it is not to be trusted: what it says of the graded cases is wrong."
    )


class AccuracyCheck(_Part):
    """Whether a release answers as many cases right as when it was chosen, on the same cases."""

    at: dt.datetime
    release_id: str
    cases: int = Field(ge=0)
    right: int = Field(ge=0, description="Now.")
    expected: int = Field(ge=0, description="Of the same cases, when the release was evaluated.")
    lost: int = Field(ge=0, description="Right then, and not now.")
    gained: int = Field(ge=0, description="Right now, and not then.")
    p_value: float = Field(
        ge=0, le=1, description="Chance of as many lost, were nothing different (McNemar, exact, one-sided)."
    )
    lost_cases: tuple[str, ...] = Field(default=(), description="Ids of the first that were lost.")
    decline: AccuracyDecline | None = Field(default=None, description="Null: too few gradings, or none.")
    estimate: AccuracyEstimate | None = Field(
        default=None, description="Null: answers or cases with a confidence are too few."
    )


class ProductionReport(_Part):
    """One look at production: its health, and whether data and questions are what the release was chosen on."""

    schema_version: Literal[1] = 1
    at: dt.datetime
    channel: str
    status: Health = Field(description="Of `health`; drift stands beside it.")
    release_id: str | None = Field(default=None, description="That the channel names; null: none.")
    health: HealthReport
    data: DriftReport | None = Field(default=None, description="Data now, against the release's profile.")
    traffic: TrafficDrift | None = Field(
        default=None,
        description="Questions and answers now, against those before and those that the release was chosen by.",
    )
    accuracy: AccuracyCheck | None = None
    skipped: tuple[str, ...] = Field(default=(), description="What was not looked at, and why.")
    alerts: tuple[Alert, ...] = Field(default=(), description="All that is wrong, the gravest first.")
    measured: tuple[str, ...] = Field(
        default=(),
        description="Names of the alerts that there was enough to judge by, whether they fire or not.",
    )

    @property
    def drifted(self) -> bool:
        """Data or traffic are no longer what they were."""
        return any(one is not None and one.verdict == "drifted" for one in (self.data, self.traffic))
