"""What is known about each metric: both arms' rates, their difference with its bounds, and the evidence."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from datacraft.contracts.canary import ArmRate, CanaryPlan, CanaryWindow, Metric, MetricReading, SessionTotals
from datacraft.delivery.canary.betting import Floats, Pairs, Side, bounds, log_fortunes, pair

_LARGEST = 700.0  # the greatest logarithm whose exponential is a number
_WORDS: dict[Metric, str] = {
    "success": "answered",
    "error": "failed inside",
    "slow": "slow",
    "thumbs_down": "disliked",
    "cost": "of the cost cap spent",
}


def read_success(plan: CanaryPlan, window: CanaryWindow) -> MetricReading:
    """Return what is known about the success rates, and whether the canary's is surely within the margin."""
    reading, pairs = _read(plan, window, "success", plan.primary_alpha, 0.0)
    kept = _fortune(log_fortunes(pairs, plan.bets, side="above", than=-plan.margin)[-1:])
    return reading.model_copy(update={"not_worse": kept})


def read_guardrails(plan: CanaryPlan, window: CanaryWindow) -> tuple[MetricReading, ...]:
    """Return what is known about each guardrail, in the plan's order."""
    return tuple(_read(plan, window, one.metric, one.alpha, one.tolerance)[0] for one in plan.guardrails)


def describe(reading: MetricReading) -> str:
    """Return a reading with its numbers, as a sentence."""
    gap = "unknown"
    if reading.difference is not None:
        gap = f"{100 * reading.difference:+.1f} points"
    return (
        f"Canary {_rate(reading.canary)}, baseline {_rate(reading.baseline)} {_WORDS[reading.metric]}; difference "
        f"{gap} (bounds {100 * reading.low:+.1f} to {100 * reading.high:+.1f}, {reading.pairs} pairs of sessions); "
        f"evidence that it is worse {reading.worse:,.3g} of {1 / reading.alpha:,.3g}."
    )


def _read(
    plan: CanaryPlan, window: CanaryWindow, metric: Metric, alpha: float, tolerance: float
) -> tuple[MetricReading, Pairs]:
    pairs = pair(
        _totals(window.baseline.sessions, metric), _totals(window.canary.sessions, metric), plan.correlation
    )
    side: Side = "below" if metric == "success" else "above"
    worse = log_fortunes(pairs, plan.bets, side=side, than=-tolerance if side == "below" else tolerance)
    low, high = bounds(pairs, plan.bets, alpha)
    weight = float(pairs.weights.sum())
    reading = MetricReading(
        metric=metric,
        baseline=_arm_rate(window.baseline.sessions, metric),
        canary=_arm_rate(window.canary.sessions, metric),
        pairs=pairs.differences.size,
        difference=float((pairs.differences * pairs.weights).sum()) / weight if weight else None,
        low=low,
        high=high,
        alpha=alpha,
        # The highest so far: what was once sure stays so, however long nobody looked.
        worse=_fortune(worse),
    )
    return reading, pairs


def _totals(sessions: Sequence[SessionTotals], metric: Metric) -> tuple[Floats, Floats]:
    return (
        np.array([one.requests for one in sessions], dtype=np.float64),
        np.array([getattr(one, metric) for one in sessions], dtype=np.float64),
    )


def _arm_rate(sessions: Sequence[SessionTotals], metric: Metric) -> ArmRate:
    sizes, sums = _totals(sessions, metric)
    requests = int(sizes.sum())
    return ArmRate(
        rate=float(sums.sum()) / requests if requests else None, requests=requests, sessions=len(sessions)
    )


def _fortune(logarithms: Floats) -> float:
    """Return the highest fortune; before the first bet it is 1."""
    return math.exp(min(_LARGEST, float(logarithms.max()))) if logarithms.size else 1.0


def _rate(arm: ArmRate) -> str:
    share = "none" if arm.rate is None else f"{100 * arm.rate:.1f} %"
    return f"{share} of {arm.requests:,} requests in {arm.sessions:,} sessions"
