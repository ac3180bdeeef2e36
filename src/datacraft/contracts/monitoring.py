"""How production is doing: figures of a window of time, service levels, and the verdict. Times are UTC, rates fractions."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

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
        description="So rarely may chance alone give as many failures at the tier's rate.",
    )

    def factor(self, tier: BurnTier) -> float:
        """Return how many times as fast as even the budget is burnt where the tier fires."""
        return tier.budget * self.period_days * 24 / tier.long_h


class MonitoringPolicy(_Part):
    """When production counts as degraded."""

    window_h: float = Field(default=6, gt=0, description="That the thresholds are about.")
    min_requests: int = Field(default=20, ge=1, description="With fewer questions thresholds say nothing.")
    max_error_rate: float = Field(default=0.05, ge=0, le=1, description="Failed inside, of all questions.")
    max_latency_p95_ms: float = Field(default=5_000, gt=0)
    min_success_rate: float = Field(
        default=0.8, ge=0, le=1, description="Answered by the release's own model."
    )
    max_thumbs_down: float = Field(default=0.2, ge=0, le=1, description="Of the questions with a thumb.")
    service_level: ServiceLevel = ServiceLevel()


class WindowFigures(_Part):
    """What happened in a window."""

    hours: float
    requests: int = 0
    answered: int = Field(default=0, description="By the release's own model.")
    failed: int = Field(default=0, description="Inside, by which whoever asked can do nothing.")
    asked_back: int = Field(default=0, description="Declined, or asked back.")
    fallbacks: int = Field(default=0, description="Answered by another model than the one that serves.")
    errors: dict[str, int] = Field(default_factory=dict, description="By code.")
    latency_ms: dict[str, float] = Field(
        default_factory=dict, description="p50, p95 and p99 of the whole answer."
    )
    step_p95_ms: dict[str, float] = Field(default_factory=dict, description="By step.")
    thumbs_up: int = 0
    thumbs_down: int = 0
    tokens: int = 0
    cost_usd: float = 0.0
    with_model: int = Field(default=0, description="Questions for which a language model was asked.")
    cached: int = Field(default=0, description="Questions answered from kept replies.")

    @property
    def error_rate(self) -> float | None:
        """Failed inside / all; None without questions."""
        return self.failed / self.requests if self.requests else None

    @property
    def success_rate(self) -> float | None:
        """Answered / all; None without questions."""
        return self.answered / self.requests if self.requests else None


class Alert(_Part):
    """Something that is wrong, with the numbers that it rests on."""

    name: str
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
    windows: tuple[WindowFigures, ...] = ()
    releases: dict[str, int] = Field(
        default_factory=dict, description="Questions by release in the window that the thresholds are about."
    )
    unreadable: int = Field(default=0, description="Lines of telemetry that are no records.")
    policy: MonitoringPolicy
