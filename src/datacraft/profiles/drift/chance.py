"""What chance alone does: the null of a difference for two sample sizes, and many columns at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from datacraft.profiles.drift.distances import Counts, jensen_shannon, shares, total_variation

_LEAST_EXPECTED = 5.0


def expected_total_variation(old: Counts, new: Counts) -> float:
    """Return the total variation that two samples of these sizes have where nothing differs.

    A cell's difference is about normal with the variance p (1 - p) (1/n + 1/m), and the mean of its size is
    sqrt(2 / pi) of its standard deviation.
    """
    n, m = old.sum(), new.sum()
    if not n or not m:
        return 0.0
    pooled = shares(old + new)
    return float(np.sqrt(2 / np.pi * pooled * (1 - pooled) * (1 / n + 1 / m)).sum() / 2)


def expected_jensen_shannon(old: Counts, new: Counts) -> float:
    """Return the Jensen-Shannon distance that two samples of these sizes have where nothing differs.

    Its square is about an eighth of the chi-square statistic's share of each degree of freedom, in bits.
    """
    n, m = old.sum(), new.sum()
    if not n or not m:
        return 0.0
    freedom = max(0, int(((old + new) > 0).sum()) - 1)
    return float(np.sqrt(freedom * (1 / n + 1 / m) / (8 * np.log(2))))


def beyond_chance(old: Counts, new: Counts) -> float:
    """Return how different two counts are without what chance adds: the larger of two distances, 0 to 1.

    Total variation says how many rows are different; the Jensen-Shannon distance sees values that are new or gone
    before they are many. Chance and difference are independent, so that their squares add up.
    """
    return max(
        without(total_variation(old, new), expected_total_variation(old, new)),
        without(jensen_shannon(old, new), expected_jensen_shannon(old, new)),
    )


def beyond_chance_sampled(old: Counts, new: Counts, rows: tuple[float, float]) -> float:
    """Return the total variation without what chance adds, from the counts of some of the values (a ratio estimate).

    Args:
        old: counts of the sampled values.
        new: counts of the same values.
        rows: of all values, on both sides.
    """
    p, q = old / rows[0], new / rows[1]
    weight = float((p + q).sum())
    if not weight:
        return 0.0
    pooled = (old + new) / sum(rows)
    by_chance = float(np.sqrt(2 / np.pi * pooled * (1 - pooled) * (1 / rows[0] + 1 / rows[1])).sum()) / weight
    return without(float(np.abs(p - q).sum()) / weight, by_chance)


def without(measured: float, explained: float) -> float:
    """Return what is left of a distance when an independent part of it is explained."""
    return float(np.sqrt(max(0.0, measured**2 - explained**2)))


def expected_wasserstein(edges: Counts, old: Counts, new: Counts) -> float:
    """Return the Wasserstein distance that two samples of these sizes have where nothing differs.

    The same argument for the two distribution functions at each place between the bins.
    """
    n, m = old.sum(), new.sum()
    if not n or not m:
        return 0.0
    below = np.concatenate(([0.0], np.cumsum(shares(old + new))))
    deviation = np.sqrt(np.clip(below * (1 - below), 0, None) * (1 / n + 1 / m))
    middle = (deviation[:-1] + deviation[1:]) / 2
    return float(np.sqrt(2 / np.pi) * (middle * np.diff(edges)).sum())


def chance_of(old: Counts, new: Counts) -> float:
    """Return the p-value of Pearson's test that two counts come from one distribution.

    Cells in which fewer than five rows are expected on a side are joined, as the approximation by the chi-square
    distribution asks for (Cochran 1954).
    """
    from scipy.special import chdtrc

    n, m = old.sum(), new.sum()
    if not n or not m:
        return 1.0
    table = _joined(np.stack((old, new)))
    if table.shape[1] < 2:
        return 1.0
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    square = ((table - expected) ** 2 / expected).sum()
    return float(chdtrc(table.shape[1] - 1, square))


def _joined(table: Counts) -> Counts:
    """Join the rarest cells until each is expected often enough."""
    table = table[:, table.sum(axis=0) > 0]
    smaller = table.sum(axis=1).min() / table.sum()
    expected = table.sum(axis=0) * smaller
    order = np.argsort(expected, kind="stable")
    table, expected = table[:, order], expected[order]
    few = int((expected < _LEAST_EXPECTED).sum())
    if few and expected[:few].sum() < _LEAST_EXPECTED:
        few = min(few + 1, table.shape[1])
    if few < 2:
        return table
    return np.concatenate((table[:, :few].sum(axis=1, keepdims=True), table[:, few:]), axis=1)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted so that any false finding at all is as rare as asked for (Holm 1979)."""
    count = len(p_values)
    order = np.argsort(p_values, kind="stable")
    ranked = np.asarray(p_values, dtype=np.float64)[order] * (count - np.arange(count))
    adjusted = np.empty(count)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(ranked))
    return [float(value) for value in adjusted]


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Return q-values: the share of false findings among those at least as clear (Benjamini & Hochberg 1995)."""
    count = len(p_values)
    order = np.argsort(p_values, kind="stable")
    ranked = np.asarray(p_values, dtype=np.float64)[order] * count / (np.arange(count) + 1)
    adjusted = np.empty(count)
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(ranked[::-1])[::-1])
    return [float(value) for value in adjusted]
