"""What was counted of a number, put into its profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from datacraft.contracts.profile import ColumnProfile
from datacraft.profiles.measuring.planning import Plan, finite_bins
from datacraft.profiles.measuring.sketches import QUANTILES


def take_bins(
    plan: Plan,
    profile: ColumnProfile,
    bins: Mapping[float, int] | None,
    finite: int,
    bounds: Sequence[float],
) -> None:
    """Take counts between the planned edges, given by their upper edge; what is left lies above the last."""
    if bins is None:
        counts = [finite]
    else:
        counts = [bins.get(edge, 0) for edge in plan.edges]
        counts.append(finite - sum(counts))
    low, high = bounds
    if plan.sensitive:
        low, high = float(f"{low:.1e}"), float(f"{high:.1e}")
    profile.bin_edges, profile.bin_counts = finite_bins(plan.edges, counts, low, high)


def take_number(
    plan: Plan,
    profile: ColumnProfile,
    bounds: Sequence[float],
    moments: Sequence[float | None],
    marked: Sequence[float] | None,
) -> None:
    """Take bounds, mean and deviation, and quantiles; of a sensitive column mean and deviation alone."""
    profile.mean, profile.stddev = moments
    if not plan.sensitive:
        profile.minimum, profile.maximum = bounds
        marked = marked or _quantiles(profile)
        profile.quantiles = {str(q): float(v) for q, v in zip(QUANTILES, marked, strict=True)}


def _quantiles(profile: ColumnProfile) -> list[float]:
    """Return quantiles within the bins; of very many rows, which no exact quantile is worth."""
    below = np.concatenate(([0], np.cumsum(profile.bin_counts))) / sum(profile.bin_counts)
    return [float(value) for value in np.interp(QUANTILES, below, profile.bin_edges)]
