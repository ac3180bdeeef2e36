"""The performance score: 100 x the sum of weight x rate over the parts that the cases can show."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from datacraft.contracts.policy import PerformanceWeights
from datacraft.evaluation.measuring.arrays import CandidateArrays

Floats = NDArray[np.float64]


def performance(arrays: CandidateArrays, weights: PerformanceWeights, draws: Floats) -> Floats:
    """Return the score of each draw, 0 to 100; nan where the cases of a draw can show nothing.

    Args:
        arrays: of a candidate.
        weights: of the parts.
        draws: draws x cases; how often each case is in each draw. A row of ones is the set as it is.
    """
    names = list(weights.shares())
    hits = draws @ np.stack([arrays.rates[name].hits for name in names], axis=1)
    of = draws @ np.stack([arrays.rates[name].of for name in names], axis=1)
    return weighted(hits, of, weights)


def weighted(hits: Floats, of: Floats, weights: PerformanceWeights) -> Floats:
    """Return the score from the parts' hits and chances: rows x parts, in the order of the weights."""
    shares = np.array(list(weights.shares().values()))
    known = of > 0
    rates = np.divide(hits, of, out=np.zeros_like(hits), where=known)
    total = (known * shares).sum(axis=1)
    score = np.full(len(total), np.nan)
    np.divide(100 * (rates * shares * known).sum(axis=1), total, out=score, where=total > 0)
    return score
