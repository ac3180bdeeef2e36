"""Slices of the cases in which a release is surely worse than what serves, however good it is on the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from datacraft.contracts.gates import ComparisonPolicy
from datacraft.contracts.question_set import Case
from datacraft.contracts.verdict import Check
from datacraft.delivery.comparing.checks import Floats
from datacraft.delivery.comparing.sides import Side
from datacraft.evaluation.statistics import holm, paired_rates, sign_test


def slice_checks(mine: Side, theirs: Side, policy: ComparisonPolicy) -> list[Check]:
    """Return a check for every slice with enough cases.

    A slice stops a release where it is surely worse in it: exact sign test over its cases, corrected for the number
    of slices (Holm), so that with `alpha` no slice of an equal release stops it.
    """
    one, other = _rightly_handled(mine), _rightly_handled(theirs)
    slices = {name: places for name, places in _slices(mine.cases) if len(places) >= policy.slice_cases}
    gaps = {name: one[places] - other[places] for name, places in slices.items()}
    p_values = holm([sign_test(int((gap > 0).sum()), int((gap < 0).sum())) for gap in gaps.values()])
    return [
        _check(name, one[places], other[places], p_value, policy)
        for (name, places), p_value in zip(slices.items(), p_values, strict=True)
    ]


def _check(name: str, mine: Floats, theirs: Floats, p_value: float, policy: ComparisonPolicy) -> Check:
    one, other = float(mine.mean()), float(theirs.mean())
    worse = p_value < policy.alpha
    return Check(
        check=name,
        passed=not worse,
        detail=f"Handled rightly: {one:.1%} against {other:.1%} on {len(mine)} cases; {'' if worse else 'not '}surely worse (p = {p_value:.2g}).",
        candidate=one,
        production=other,
        difference=paired_rates(mine - theirs),
        p_value=p_value,
    )


def _rightly_handled(side: Side) -> Floats:
    """Return for each case the share of calls that were right: answered so, or rightly not answered."""
    accuracy, refusals = side.arrays.rates["accuracy"], side.arrays.rates["refusals"]
    found: Floats = (accuracy.hits + refusals.hits) / np.maximum(accuracy.of + refusals.of, 1)
    return found


def _slices(cases: Sequence[Case]) -> Iterator[tuple[str, list[int]]]:
    members: dict[str, list[int]] = {}
    for place, case in enumerate(cases):
        for dimension, values in case.slices().items():
            for value in values:
                members.setdefault(f"{dimension}: {value}", []).append(place)
    yield from sorted(members.items())
