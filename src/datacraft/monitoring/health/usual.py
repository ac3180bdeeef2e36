"""The last 24 hours against the days before them: what no absolute threshold sees.

An error rate that goes from 1 % to 5 %, or answers that take twice as long, may stay within every threshold. Each
figure is a share of questions that went badly. It is compared with the same share on the (up to) 28 days before, which
also say how much it moves from day to day by itself: weekdays, season and conversations make days differ by more than
independent questions would, by a factor that Pearson's statistic over those days estimates (McCullagh & Nelder,
Generalized Linear Models, section 4.5). Growth changes counts and no share. An alert takes all three:

- a score test with that overdispersion, by Student's distribution for so many days,
- Fisher's exact test, which holds where few questions went badly,
- an effect that matters: `least_ratio` times as many as usual, and `least_points` more.

Chance is held at a level that follows from the false alarms that a month may have (`MonitoringPolicy.level`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datacraft.contracts.metrics import DayCounts, MetricsReport
from datacraft.contracts.monitoring import Alert, MonitoringPolicy

ERRORS, REFUSALS, SLOW, DOUBT, REQUESTS = (
    "unusual errors",
    "unusual refusals",
    "unusual latency",
    "unusual doubt",
    "unusual requests",
)
_SLOW_SHARE = 0.1
"""Slow: what took longer than all but so many answers of the days before."""
_SEASON_DAYS = 21
"""From so many days on weekdays and growth can be told apart from noise."""
_STRANGE = 6.0
_Counts = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Share:
    """A share of questions that went badly, day by day, the last 24 hours first."""

    name: str
    what: str
    bad: _Counts
    all: _Counts


def unusual(metrics: MetricsReport, channel: str, policy: MonitoringPolicy) -> tuple[list[Alert], list[str]]:
    """Return the figures that are worse than usual, and the names of all that there was enough to judge by.

    How many ask is a note: a holiday is no fault.
    """
    days = _days(metrics, channel, policy.usual.baseline_days)
    if days[0].requests < policy.min_requests:
        return [], []
    alerts, measured = [], []
    for share in _shares(days):
        compared = _Compared.of(share, policy)
        if compared is None:
            continue
        measured.append(share.name)
        if compared.is_worse(policy):
            alerts.append(Alert(name=share.name, severity="ticket", message=compared.words()))
    if (note := _requests(days, policy)) is not None:
        alerts.append(note)
    return alerts, measured


def _days(metrics: MetricsReport, channel: str, before: int) -> list[DayCounts]:
    """Return the stretches of a channel, the latest first; of a source that knows no channels, of all."""
    knows_channels = any(one.channel is not None for one in metrics.days)
    found = {one.ago: one for one in metrics.days if not knows_channels or one.channel == channel}
    return [
        found.get(ago) or DayCounts(ago=ago, requests=0, answered=0, failed=0) for ago in range(before + 1)
    ]


def _shares(days: Sequence[DayCounts]) -> list[_Share]:
    def share(
        name: str, what: str, bad: Callable[[DayCounts], int], whole: Callable[[DayCounts], int]
    ) -> _Share:
        return _Share(name, what, _array([bad(one) for one in days]), _array([whole(one) for one in days]))

    limit = _slow_from(days[1:])
    found = [
        share(ERRORS, "questions failed inside", lambda one: one.failed, lambda one: one.requests),
        share(
            REFUSALS,
            "questions were refused, asked back or left to another model",
            lambda one: one.requests - one.rejected - one.failed - (one.answered - one.fallback),
            lambda one: one.requests - one.rejected - one.failed,
        ),
    ]
    if limit is not None:
        found.append(
            share(
                SLOW,
                f"answers took longer than {2 ** (limit / 4):,.0f} ms",
                lambda one: sum(count for took, count in one.took.items() if took >= limit),
                lambda one: sum(one.took.values()),
            )
        )
    if all(one.doubted is not None for one in days if one.requests):
        found.append(
            share(
                DOUBT, "answers were disliked or asked again at once",
                lambda one: one.doubted or 0, lambda one: one.answered,
            )
        )  # fmt: skip
    return found


def _slow_from(before: Sequence[DayCounts]) -> int | None:
    """Return the first bucket from which on at most a tenth of the answers of the days before took."""
    total = sum(sum(one.took.values()) for one in before)
    if not total:
        return None
    slower, limit = 0, max(max(one.took, default=0) for one in before) + 1
    while slower + (here := sum(one.took.get(limit - 1, 0) for one in before)) <= _SLOW_SHARE * total:
        slower += here
        limit -= 1
    return limit


@dataclass(frozen=True, slots=True)
class _Compared:
    """A share now against the days that are usual.

    Attributes:
        bad: of the last 24 hours.
        all: of the last 24 hours.
        usual_bad: of the days before.
        usual_all: of the days before.
        days: so many they are.
        spread: variance between these days, as a multiple of what independent questions have; 1 at least.
        what: is counted, for a person.
    """

    bad: float
    all: float
    usual_bad: float
    usual_all: float
    days: int
    spread: float
    what: str

    @classmethod
    def of(cls, share: _Share, policy: MonitoringPolicy) -> _Compared | None:
        """Return None where there is too little on either side."""
        asked = share.all[1:] >= policy.min_requests
        bad, whole = share.bad[1:][asked], share.all[1:][asked]
        ordinary = _ordinary(bad, whole)
        bad, whole = bad[ordinary], whole[ordinary]
        if share.all[0] < policy.min_requests or len(whole) < policy.usual.least_days:
            return None
        return cls(
            float(share.bad[0]), float(share.all[0]), float(bad.sum()), float(whole.sum()),
            len(whole), _spread(bad, whole), share.what,
        )  # fmt: skip

    @property
    def rate(self) -> float:
        return self.bad / self.all

    @property
    def usual(self) -> float:
        return self.usual_bad / self.usual_all

    def is_worse(self, policy: MonitoringPolicy) -> bool:
        least = max(self.usual * policy.usual.least_ratio, self.usual + policy.usual.least_points)
        return self.rate >= least and self.chance() <= policy.level

    def chance(self) -> float:
        """Return the chance of as much or more where nothing changed: the larger one of two tests."""
        from scipy.special import stdtr
        from scipy.stats import hypergeom

        total, bad = self.all + self.usual_all, self.bad + self.usual_bad
        exact = float(hypergeom.sf(self.bad - 1, total, bad, self.all))
        pooled = bad / total
        variance = self.spread * pooled * (1 - pooled) * (1 / self.all + 1 / self.usual_all)
        if not variance:
            return 1.0
        return max(exact, float(stdtr(self.days - 1, (self.usual - self.rate) / math.sqrt(variance))))

    def words(self) -> str:
        return (
            f"{self.bad:,.0f} of {self.all:,.0f} {self.what} in the last 24 hours ({self.rate:.1%}); on the "
            f"{self.days} days before it was {self.usual:.1%} (chance: {self.chance():.2g})."
        )


def _ordinary(bad: _Counts, whole: _Counts) -> NDArray[np.bool_]:
    """Return which days are usual: an incident must not hide the next one by what it did to average and spread.

    Days are measured by the median and by the median deviation from it, which incidents on up to half of the days
    leave alone; only what is far beyond that is left out, so that ordinary spread is not underestimated.
    """
    if len(whole) < 3:
        return np.ones(len(whole), dtype=bool)
    rate = bad / whole
    middle = float(np.median(rate))
    usual = np.maximum(middle * (1 - middle), 1 / whole)
    score = (rate - middle) / np.sqrt(usual / whole)
    scale = max(1.0, 1.4826 * float(np.median(np.abs(score))))
    return np.asarray(np.abs(score) <= _STRANGE * scale)


def _spread(bad: _Counts, whole: _Counts) -> float:
    rate = bad.sum() / whole.sum()
    if not 0 < rate < 1:
        return 1.0
    square = ((bad - whole * rate) ** 2 / (whole * rate * (1 - rate))).sum()
    return max(1.0, float(square) / (len(whole) - 1))


def _requests(days: Sequence[DayCounts], policy: MonitoringPolicy) -> Alert | None:
    """Return a note where far more or fewer ask than at the same hours of the week before.

    The logarithm of each day's count is its weekday's plus growth plus noise; stretches that are whole weeks ago cover
    the same hours of the week.
    """
    from scipy.special import stdtr

    before = [one for one in days[1:] if one.requests]
    weekdays = {one.ago % 7 for one in before}
    if len(before) < _SEASON_DAYS or len(weekdays) < 7:
        return None
    design = np.array([[float(one.ago % 7 == day) for day in range(7)] + [one.ago] for one in before])
    counts = np.log([one.requests for one in before])
    known, *_ = np.linalg.lstsq(design, counts, rcond=None)
    freedom = len(before) - design.shape[1]
    noise = float(((counts - design @ known) ** 2).sum()) / freedom
    now = np.array([1.0] + [0.0] * 7)
    leverage = float(now @ np.linalg.pinv(design.T @ design) @ now)
    expected = float(known[0])
    error = math.sqrt(max(noise, math.exp(-expected)) * (1 + leverage))
    difference = math.log(days[0].requests) - expected
    ratio = math.exp(abs(difference))
    if ratio < policy.usual.least_ratio or 2 * stdtr(freedom, -abs(difference) / error) > policy.level:
        return None
    return Alert(
        name=REQUESTS,
        severity="note",
        message=f"{days[0].requests:,} questions were asked in the last 24 hours; about {math.exp(expected):,.0f} would "
        "be usual for these hours of the week.",
    )


def _array(counts: Sequence[int]) -> _Counts:
    return np.asarray(counts, dtype=np.float64)
