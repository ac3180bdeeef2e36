"""Two rates on the same cases: how much worse one may be than the other (Tango 1998).

T. Tango, "Equivalence test and confidence interval for the difference in proportions for the paired-sample design",
Statistics in Medicine 17, 891-908. The score test holds its level also where the two hardly ever differ, where the
usual interval of a difference has no width at all.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

from datacraft.contracts.estimate import Estimate

_STEPS = 60


def paired_score(only_first: int, only_second: int, cases: int, difference: float) -> float:
    """Return Tango's score statistic of rate(first) - rate(second) being `difference`; standard normal if it is.

    Args:
        only_first: cases in which only the first one had a hit.
        only_second: cases in which only the second one had.
        cases: all, at least one.
        difference: in (-1, 1).
    """
    b, c, n = only_first, only_second, cases
    # The rate of `only_second` that is likeliest under this difference.
    linear = -b - c + (2 * n - b + c) * difference
    constant = -c * difference * (1 - difference)
    rate = (math.sqrt(max(0.0, linear**2 - 8 * n * constant)) - linear) / (4 * n)
    variance = n * (2 * rate + difference * (1 - difference))
    distance = b - c - n * difference
    if variance <= 0:
        return math.copysign(math.inf, distance) if abs(distance) > 1e-12 else 0.0
    return distance / math.sqrt(variance)


def paired_rates(only_first: int, only_second: int, cases: int, *, alpha: float = 0.05) -> Estimate:
    """Return rate(first) - rate(second) with the interval that each bound of which holds with 1 - alpha.

    So it is an interval of 1 - 2 alpha: each of its ends is for a test to one side.

    Args:
        only_first: cases in which only the first one had a hit.
        only_second: cases in which only the second one had.
        cases: all, at least one.
        alpha: chance that the difference is below the interval; also that it is above.

    Raises:
        ValueError: there is no case.
    """
    if cases < 1:
        raise ValueError("a difference on no cases is unknown")
    value, bound = (only_first - only_second) / cases, NormalDist().inv_cdf(1 - alpha)
    low = _where(lambda at: paired_score(only_first, only_second, cases, at) > bound, -1.0, value)
    high = _where(lambda at: paired_score(only_first, only_second, cases, at) >= -bound, value, 1.0)
    return Estimate(value=value, low=low, high=high, n=cases)


def worse_p_value(only_first: int, only_second: int, cases: int, *, margin: float = 0.0) -> float:
    """Return the p-value against the first one being no worse than by `margin`: small where it surely is worse."""
    return NormalDist().cdf(paired_score(only_first, only_second, cases, -margin))


def _where(holds: Callable[[float], bool], low: float, high: float) -> float:
    """Return where a condition that holds first stops to hold."""
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return (low + high) / 2
