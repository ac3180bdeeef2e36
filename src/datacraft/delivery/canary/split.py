"""Whether sessions are split evenly between the arms: a sequential test of sample-ratio mismatch.

The canary's share of sessions is bet to come from a Beta distribution around one half. The likelihood ratio against
exactly one half is a fortune: where the split is even, the chance that it ever reaches 1 / alpha is at most alpha
(Lindon & Malek 2022, "Anytime-valid inference for multinomial count data", NeurIPS 35; for two arms).
"""

from __future__ import annotations

import math

from datacraft.contracts.canary import CanaryPlan, CanaryWindow, SplitReading

_CONCENTRATION = 20.0  # both parameters of the Beta: shares of 0.35 to 0.65 are expected of a wrong split


def read_split(plan: CanaryPlan, window: CanaryWindow) -> SplitReading:
    """Return how much the sessions that began speak against an even split."""
    baseline, canary = window.baseline.opened, window.canary.opened
    return SplitReading(
        baseline=baseline,
        canary=canary,
        evidence=math.exp(min(700.0, log_evidence(baseline, canary))),
        needed=1 / plan.split_alpha,
    )


def log_evidence(first: int, second: int) -> float:
    """Return the logarithm of the likelihood ratio of counts, against an even split."""
    a = _CONCENTRATION
    return _log_beta(a + first, a + second) - _log_beta(a, a) + (first + second) * math.log(2)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
