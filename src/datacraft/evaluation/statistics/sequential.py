"""Tests that may be looked at after every case: betting on which of two is better.

Who bets a share `b` of a fortune that starts at 1 on differences in [-1, 1] has the product of 1 + b d. Where the
mean difference is not above 0, whatever came before, the expected fortune never grows, and the chance that it ever
reaches F is at most 1 / F (Ville 1939; Waudby-Smith & Ramdas 2023, "Estimating means of bounded random variables
by betting"). A mixture of bets is a bet. For wins and losses of 1 the uniform mixture is the Beta mixture of the
sequential likelihood ratio (Robbins 1970).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_BETS = (np.arange(64) + 0.5) / 64
"""Shares, evenly from 0 to 1: bold ones see large differences early, timid ones see small differences late."""


def log_fortunes(differences: Floats) -> Floats:
    """Return the logarithm of the fortune of betting that the mean is above 0, for each row.

    Args:
        differences: rows x cases in [-1, 1], in the order in which the cases were drawn.

    Raises:
        ValueError: a difference is out of range.
    """
    if differences.size and np.abs(differences).max() > 1 + 1e-9:
        raise ValueError("differences must lie in [-1, 1]")
    kinds, places = np.unique(np.clip(differences, -1, 1), return_inverse=True)
    places = places.reshape(differences.shape) + len(kinds) * np.arange(len(differences))[:, None]
    counts = np.bincount(places.ravel(), minlength=len(kinds) * len(differences))
    counts = counts.reshape(len(differences), len(kinds)).astype(np.float64)
    grown = counts @ np.log1p(kinds[:, None] * _BETS)  # rows x bets
    largest = grown.max(axis=1, keepdims=True)
    fortunes: Floats = largest[:, 0] + np.log(np.exp(grown - largest).mean(axis=1))
    return fortunes
