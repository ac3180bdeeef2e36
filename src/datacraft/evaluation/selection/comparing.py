"""Whether one candidate is really better than another: every pair, on the same cases."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from datacraft.contracts.selection import Comparison
from datacraft.evaluation.selection.scores import Evidence, Flags, Scorer
from datacraft.evaluation.statistics import (
    cases_needed,
    holm,
    mcnemar_exact,
    percentile_estimate,
    smallest_difference,
)
from datacraft.evaluation.statistics.paired import swap_test

Floats = NDArray[np.float64]

SWAPS = 4_999


def compared(
    candidates: Sequence[Evidence],
    composites: Sequence[Floats],
    scorer: Scorer,
    rng: np.random.Generator,
    *,
    alpha: float,
    swaps: int = SWAPS,
) -> list[Comparison]:
    """Compare every pair; p-values are corrected for the number of pairs (Holm).

    Args:
        candidates: on the same cases.
        composites: bootstrap draws of each one's composite, from the same draws of cases; the first entry of
            each is the composite as measured.
        scorer: computes composites.
        rng: source of the swaps.
        alpha: chance of calling any two equal candidates different.
        swaps: per pair.
    """
    pairs = list(combinations(range(len(candidates)), 2))
    p_values = holm([_p_value(candidates[i], candidates[j], scorer, rng, swaps) for i, j in pairs])
    tables = [_discordant(candidates[i], candidates[j]) for i, j in pairs]
    mcnemar = holm([mcnemar_exact(b, c) for b, c, _ in tables])
    found = []
    for index, (i, j) in enumerate(pairs):
        only_first, only_second, cases = tables[index]
        gaps = composites[i] - composites[j]
        share = (only_first + only_second) / max(cases, 1)
        level = alpha / max(len(pairs), 1)
        found.append(
            Comparison(
                first=candidates[i].config_id,
                second=candidates[j].config_id,
                difference=percentile_estimate(float(gaps[0]), gaps[1:], candidates[i].cases),
                p_value=p_values[index],
                distinguishable=p_values[index] < alpha,
                only_first_right=only_first,
                only_second_right=only_second,
                mcnemar_p_value=mcnemar[index],
                smallest_difference=smallest_difference(cases, share, alpha=level) if cases else None,
                cases_needed=cases_needed((only_first - only_second) / max(cases, 1), share, alpha=level),
            )
        )
    return found


def _p_value(
    first: Evidence, second: Evidence, scorer: Scorer, rng: np.random.Generator, swaps: int
) -> float:
    def difference(flags: Flags) -> Floats:
        return scorer.swapped_difference(first, second, flags)

    return swap_test(difference, first.cases + len(first.bias_probes), rng, swaps=swaps)


def _discordant(first: Evidence, second: Evidence) -> tuple[int, int, int]:
    """Return the answerable cases that only the first got right, only the second, and all of them.

    A case that was asked more than once is right where most of its repeats are.
    """
    one, two = first.arrays.rates["accuracy"], second.arrays.rates["accuracy"]
    both = (one.of > 0) & (two.of > 0)
    right_one = one.hits[both] * 2 > one.of[both]
    right_two = two.hits[both] * 2 > two.of[both]
    return int((right_one & ~right_two).sum()), int((right_two & ~right_one).sum()), int(both.sum())
