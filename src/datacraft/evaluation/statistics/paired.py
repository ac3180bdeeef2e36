"""Two candidates on the same cases: tests that need no assumption but that equal candidates are exchangeable."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from datacraft.contracts.estimate import Estimate
from datacraft.evaluation.statistics.intervals import cluster_ratio, wilson

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
