"""How much a parameter alone explains of the scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from datacraft.contracts.search_space import Choice, SearchSpace, label_of
from datacraft.evaluation.tuning.space import Settings

Floats = NDArray[np.float64]

_BINS = 4


def importance_of(space: SearchSpace, settings: Sequence[Settings], scores: Floats) -> dict[str, float]:
    """Return omega squared (Hays 1963) of each part: the share of variance that its levels explain.

    Unlike eta squared it is not raised by the mere number of levels. Ranges are cut into quarters of the trials.

    Args:
        space: that was searched.
        settings: of each trial.
        scores: of each trial, on the same cases.
    """
    return {
        parameter.part: _omega_squared(
            _levels(parameter, [one.get(parameter.part) for one in settings]), scores
        )
        for parameter in space.parameters
    }


def _levels(parameter: object, values: Sequence[object]) -> NDArray[np.int64]:
    numbers = [value for value in values if isinstance(value, int | float)]
    if isinstance(parameter, Choice) or len(numbers) < len(values) or len(set(numbers)) <= _BINS:
        labels = [label_of(value) for value in values]  # type: ignore[arg-type]
        return np.unique(labels, return_inverse=True)[1].astype(np.int64)
    cuts = np.quantile(numbers, np.arange(1, _BINS) / _BINS)
    return np.searchsorted(cuts, numbers, side="left").astype(np.int64)


def _omega_squared(levels: NDArray[np.int64], scores: Floats) -> float:
    groups = [scores[levels == level] for level in np.unique(levels)]
    within_df = len(scores) - len(groups)
    total = float(((scores - scores.mean()) ** 2).sum()) if len(scores) else 0.0
    if within_df < 1 or len(groups) < 2 or total < 1e-12:
        return 0.0
    within = float(sum(((group - group.mean()) ** 2).sum() for group in groups))
    error = within / within_df
    return max(0.0, (total - within - (len(groups) - 1) * error) / (total + error))
