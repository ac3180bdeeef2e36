"""Whether an outcome depends on the group: a permutation test within questions that differ in the group alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SHUFFLES = 1_999
LEAST_ROWS = 5
"""Fewer templates than this say nothing about a group."""


@dataclass(frozen=True, slots=True)
class Gap:
    """The group that differs most from the others.

    Attributes:
        group: its place.
        difference: its mean less that of the others.
        p_value: how often chance alone gives one as large, for any group.
    """

    group: int
    difference: float
    p_value: float


def largest_gap(outcomes: Floats, rng: np.random.Generator) -> Gap | None:
    """Return the largest gap between a group and the others; None where there are too few templates.

    The outcomes of each template are shuffled among the groups: where the group does not matter, any order is as
    likely. The largest gap over all groups is compared, so that many groups are no reason to find one (Westfall &
    Young 1993, the max-statistic).

    Args:
        outcomes: templates x groups.
        rng: source of the shuffles.
    """
    rows, groups = outcomes.shape
    if rows < LEAST_ROWS or groups < 2:
        return None
    observed = _gaps(outcomes.mean(axis=0))
    order = np.argsort(rng.random((SHUFFLES, rows, groups)), axis=2)
    shuffled = np.take_along_axis(np.broadcast_to(outcomes, order.shape), order, axis=2)
    largest = np.abs(_gaps(shuffled.mean(axis=1))).max(axis=1)
    place = int(np.abs(observed).argmax())
    as_large = int(np.count_nonzero(largest >= abs(observed[place]) - 1e-12))
    return Gap(place, float(observed[place]), (as_large + 1) / (SHUFFLES + 1))


def _gaps(means: Floats) -> Floats:
    """Return each group's mean less the mean of the others."""
    groups = means.shape[-1]
    total = means.sum(axis=-1, keepdims=True)
    gaps: Floats = means - (total - means) / (groups - 1)
    return gaps


def table_of(
    values: Sequence[tuple[str, str, float]],
) -> tuple[Floats, list[str], list[str]]:
    """Return complete templates x groups, the templates and the groups, of (template, group, value)."""
    groups = sorted({group for _, group, _ in values})
    rows: dict[str, dict[str, float]] = {}
    for template, group, value in values:
        rows.setdefault(template, {})[group] = value
    complete = [name for name, row in rows.items() if len(row) == len(groups)]
    table = np.array([[rows[name][group] for group in groups] for name in complete], dtype=np.float64)
    return table.reshape(len(complete), len(groups)), complete, groups
