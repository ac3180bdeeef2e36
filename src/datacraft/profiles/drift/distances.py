"""How far apart two distributions are: of counts over the same cells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]
_HALF = 0.5


def shares(counts: Counts) -> Counts:
    """Return counts as shares of their sum; of nothing, zeros."""
    total = counts.sum()
    return counts / total if total else np.zeros_like(counts)


def total_variation(old: Counts, new: Counts) -> float:
    """Return the share of rows that would have to change for one to become the other; 0 to 1, symmetric."""
    return min(1.0, float(np.abs(shares(old) - shares(new)).sum() / 2))


def stability_index(old: Counts, new: Counts) -> float:
    """Return the population stability index; at least 0, symmetric.

    Cells that are empty on one side are counted as half a row there (as Jeffreys' prior does), so that a cell of
    one row does not weigh infinitely.
    """
    p, q = shares(old + _HALF), shares(new + _HALF)
    return max(0.0, float(((p - q) * np.log(p / q)).sum()))


def jensen_shannon(old: Counts, new: Counts) -> float:
    """Return the Jensen-Shannon distance, base 2 (Lin 1991; Endres & Schindelin 2003); 0 to 1, symmetric."""
    p, q = shares(old), shares(new)
    middle = (p + q) / 2
    bits = 0.0
    for part in (p, q):
        there = part > 0
        bits += float((part[there] * np.log2(part[there] / middle[there])).sum()) / 2
    return float(np.sqrt(min(1.0, max(0.0, bits))))


def wasserstein(edges: Counts, old: Counts, new: Counts) -> float:
    """Return how far values moved on average (earth mover's distance), in the values' unit; symmetric.

    Values are taken as spread evenly within a bin, so that the distribution functions are straight there and the
    area between them is exact.
    """
    apart = np.concatenate(([0.0], np.cumsum(shares(old) - shares(new))))
    left, right = np.abs(apart[:-1]), np.abs(apart[1:])
    crossing = apart[:-1] * apart[1:] < 0
    mean = np.where(
        crossing, (left**2 + right**2) / np.where(crossing, 2 * (left + right), 1.0), (left + right) / 2
    )
    return float((mean * np.diff(edges)).sum())


def scale(edges: Counts, counts: Counts) -> float:
    """Return a standard deviation that far values hardly move: of the middle 80 %, as of a normal distribution."""
    below = np.concatenate(([0.0], np.cumsum(shares(counts))))
    low, high = np.interp((0.1, 0.9), below, edges)
    if high > low:
        return float(high - low) / 2.563
    return float(edges[-1] - edges[0]) / 2.563
