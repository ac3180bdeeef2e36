"""95 % intervals: Wilson's for a rate of independent cases, the cluster bootstrap for everything else."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from datacraft.contracts.estimate import Estimate

Floats = NDArray[np.float64]

_RESAMPLES = 2_000


def wilson(successes: float, n: int, *, confidence: float = 0.95) -> Estimate:
    """Return a rate with Wilson's score interval (Wilson 1927; Brown, Cai & DasGupta 2001, section 3.1.1).

    Args:
        successes: of `n` cases; may be fractional where repeats of a case were averaged, which makes the
            interval wider than it need be.
        n: independent cases, at least one.
        confidence: of the interval.

    Raises:
        ValueError: there are none.
    """
    if n < 1:
        raise ValueError("a rate of no cases is unknown")
    rate, z = successes / n, quantile((1 + confidence) / 2)
    centre = (rate + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(rate * (1 - rate) / n + z**2 / (4 * n**2))
    # At 0 and 1 the formula gives the rate itself, but for the last digit.
    low, high = min(rate, max(0.0, centre - half)), max(rate, min(1.0, centre + half))
    return Estimate(value=rate, low=low, high=high, n=n)


def quantile(share: float) -> float:
    """Return a quantile of the normal distribution."""
    from statistics import NormalDist

    return NormalDist().inv_cdf(share)


def cluster_ratio(
    sums: Floats,
    sizes: Floats,
    rng: np.random.Generator,
    *,
    low: float = 0.0,
    high: float = 1.0,
    confidence: float = 0.95,
) -> Estimate:
    """Return sum(sums) / sum(sizes) with a BCa bootstrap interval over the clusters (Efron 1987).

    Args:
        sums: the total of each cluster, for example of a case's repeats.
        sizes: how many observations each cluster holds; clusters of none say nothing and are left out.
        rng: source of the resamples.
        low: least value that an observation can have.
        high: greatest one. Where all clusters are alike, resampling can't tell how far off the figure may be;
            then the interval is Wilson's, on this range.
        confidence: of the interval.

    Raises:
        ValueError: no cluster holds an observation.
    """
    from scipy.stats import bootstrap

    kept = sizes > 0
    sums, sizes = sums[kept], sizes[kept]
    n = len(sums)
    if n == 0:
        raise ValueError("a rate of no cases is unknown")
    value = float(sums.sum() / sizes.sum())
    if n < 2 or np.ptp(sums / sizes) < 1e-12:
        return _on_range(value, n, low, high, confidence)

    def ratio(totals: Floats, counts: Floats, axis: int = -1) -> Floats:
        return np.asarray(totals.sum(axis=axis) / counts.sum(axis=axis))

    found = bootstrap(
        (sums, sizes), ratio, paired=True, vectorized=True, n_resamples=_RESAMPLES, method="BCa", rng=rng,
        confidence_level=confidence,
    ).confidence_interval  # fmt: skip
    if not (np.isfinite(found.low) and np.isfinite(found.high)):
        return _on_range(value, n, low, high, confidence)
    return Estimate(value=value, low=float(found.low), high=float(found.high), n=n)


def _on_range(value: float, n: int, low: float, high: float, confidence: float) -> Estimate:
    width = high - low
    rate = wilson((value - low) / width * n, n, confidence=confidence)
    return Estimate(value=value, low=low + rate.low * width, high=low + rate.high * width, n=n)


def percentile_estimate(value: float, draws: Floats, n: int) -> Estimate:
    """Return a figure with the percentile interval of its bootstrap draws (Efron & Tibshirani 1993, 13.3)."""
    low, high = np.quantile(draws, [0.025, 0.975])
    return Estimate(value=value, low=float(low), high=float(high), n=n)
