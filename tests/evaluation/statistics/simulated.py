"""Bounds on simulated rates: met when a one-sided 99 % binomial test does not reject them."""

from __future__ import annotations

from scipy.stats import binomtest


def at_most(count: int, runs: int, bound: float) -> bool:
    """Whether `count` of `runs` agrees with a rate of at most `bound`."""
    return bool(binomtest(count, runs, bound, alternative="greater").pvalue >= 0.01)


def at_least(count: int, runs: int, bound: float) -> bool:
    """Whether `count` of `runs` agrees with a rate of at least `bound`."""
    return bool(binomtest(count, runs, bound, alternative="less").pvalue >= 0.01)
