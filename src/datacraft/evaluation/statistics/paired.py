"""Two candidates on the same cases: tests that need no assumption but that equal candidates are exchangeable."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from datacraft.contracts.estimate import Estimate
from datacraft.evaluation.statistics.intervals import cluster_ratio, quantile, wilson

Floats = NDArray[np.float64]


def mcnemar_exact(only_first: int, only_second: int) -> float:
    """Return the two-sided p-value of McNemar's exact test (McNemar 1947; binomial form, Edwards 1948).

    Args:
        only_first: cases that only the first candidate got right.
        only_second: cases that only the second one did.
    """
    from scipy.stats import binomtest

    discordant = only_first + only_second
    return 1.0 if discordant == 0 else float(binomtest(only_first, discordant, 0.5).pvalue)


def sign_test(better: int, worse: int) -> float:
    """Return the one-sided p-value of being worse: of so many cases and more, were both as likely (Dixon & Mood 1946).

    Args:
        better: cases in which the first candidate does better.
        worse: cases in which it does worse; cases that are alike say nothing.
    """
    from scipy.stats import binomtest

    differing = better + worse
    return 1.0 if differing == 0 else float(binomtest(worse, differing, 0.5, alternative="greater").pvalue)


def tango(
    only_first: float, only_second: float, n: float, *, confidence: float = 0.95
) -> tuple[float, float]:
    """Return the score interval of the difference of two rates on the same cases (Tango 1998, formulas 5 and 7).

    It keeps its level where few cases differ, or none, which is where releases are compared: there a bootstrap has
    nothing to draw from.

    Args:
        only_first: cases that only the first candidate got right; a fraction of a case is no error.
        only_second: cases that only the second one did.
        n: cases, at least one.
        confidence: of the interval.
    """
    z = quantile((1 + confidence) / 2)
    rate = (only_first - only_second) / n

    def distance(difference: float) -> float:
        """Return how many standard errors the observed difference is above this one."""
        linear = -only_first - only_second + (2 * n - only_first + only_second) * difference
        constant = -only_second * difference * (1 - difference)
        root = math.sqrt(max(0.0, linear**2 - 8 * n * constant))
        second = (root - linear) / (4 * n)  # the likeliest share of `only_second` under this difference
        variance = n * (2 * second + difference * (1 - difference))
        gap = only_first - only_second - n * difference
        return gap / math.sqrt(variance) if variance > 1e-12 else math.copysign(math.inf, gap) if gap else 0.0

    def bound(end: float) -> float:
        inside, outside = rate, end
        for _ in range(60):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if abs(distance(middle)) <= z else (inside, middle)
        return inside

    return bound(-1.0), bound(1.0)


def swap_test(
    difference: Callable[[NDArray[np.bool_]], Floats], cases: int, rng: np.random.Generator, *, swaps: int
) -> float:
    """Return the two-sided p-value of a paired permutation test of any statistic (Good 2005, chapter 3).

    Under the hypothesis that two candidates are equal, which of them gave which of a case's two outcomes is
    chance; so each case's outcomes are swapped at random and the difference computed anew.

    Args:
        difference: takes swaps, one row each, one flag per case, and returns the difference for each row.
        cases: number of cases.
        rng: source of the swaps.
        swaps: how many; the smallest p-value is 1 / (swaps + 1) (Phipson & Smyth 2010).
    """
    observed = abs(float(difference(np.zeros((1, cases), dtype=np.bool_))[0]))
    drawn = np.abs(difference(rng.integers(0, 2, size=(swaps, cases)).astype(np.bool_)))
    # Equal sums can differ in the last digits.
    as_large = int(np.count_nonzero(drawn >= observed - 1e-9 * max(1.0, observed)))
    return (as_large + 1) / (swaps + 1)


def paired_rates(gaps: Floats, *, confidence: float = 0.95) -> Estimate:
    """Return the difference of two rates on the same cases: Tango's interval; the bootstrap's where cases were repeated.

    Args:
        gaps: of each case, the first candidate's share of right repeats less the second's.
        confidence: of the interval.
    """
    better, worse = int(np.count_nonzero(gaps == 1)), int(np.count_nonzero(gaps == -1))
    if better + worse < np.count_nonzero(gaps):
        return cluster_ratio(
            gaps, np.ones(len(gaps)), np.random.default_rng(0), low=-1, high=1, confidence=confidence
        )
    low, high = tango(better, worse, len(gaps), confidence=confidence)
    return Estimate(value=float(gaps.mean()), low=low, high=high, n=len(gaps))


def paired_difference(gaps: Floats, spread: float) -> Estimate:
    """Return the mean of paired differences with its bootstrap interval.

    Args:
        gaps: of each case.
        spread: the largest that one can be. Where nothing differs, that nothing was seen in so many cases bounds
            how often it could (Wilson).
    """
    if not gaps.any():
        unseen = wilson(0, len(gaps)).high * spread
        return Estimate(value=0.0, low=-unseen, high=unseen, n=len(gaps))
    return cluster_ratio(gaps, np.ones(len(gaps)), np.random.default_rng(0), low=-spread, high=spread)
