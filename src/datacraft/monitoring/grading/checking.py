"""What gradings say: against the evaluation of the release, case by case, and over time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from datacraft.contracts.monitoring import AccuracyCheck, AccuracyDecline, AccuracyEstimate, Grading
from datacraft.evaluation.statistics.paired import sign_test

_SHOWN = 20
_FEWEST_GRADINGS = 10


def check_accuracy(
    gradings: Sequence[Grading], evaluated: Mapping[str, bool], estimate: AccuracyEstimate | None = None
) -> AccuracyCheck:
    """Compare the latest grading with what the release got right when it was evaluated, on the cases of both.

    Args:
        gradings: of one release, the latest first; one at least.
        evaluated: which cases were right then.
        estimate: of production's accuracy, to be shown beside.
    """
    latest = gradings[0]
    both = [one for one in latest.cases if one.case in evaluated]
    lost = [one.case for one in both if evaluated[one.case] and not one.right]
    gained = sum(one.right and not evaluated[one.case] for one in both)
    return AccuracyCheck(
        at=latest.at,
        release_id=latest.release_id,
        cases=len(both),
        right=sum(one.right for one in both),
        expected=sum(evaluated[one.case] for one in both),
        lost=len(lost),
        gained=gained,
        p_value=sign_test(gained, len(lost)),
        lost_cases=tuple(lost[:_SHOWN]),
        decline=decline_of(gradings),
        estimate=estimate,
    )


def decline_of(gradings: Sequence[Grading]) -> AccuracyDecline | None:
    """Return where accuracy went down most clearly over gradings of the same cases; None where it did not.

    Pettitt's test (Applied Statistics 28, 1979): ranks of the values before and after each place are compared, as
    Mann and Whitney do, and the clearest place counts. It knows nothing of how values spread, so that a slow decline
    is found as well as a step. Its chance is the approximation 2 exp(-6 K^2 / (n^3 + n^2)), half of it for one side.
    """
    cases = {one.case for one in gradings[0].cases}
    row = [one for one in reversed(gradings) if {graded.case for graded in one.cases} == cases]
    if len(row) < _FEWEST_GRADINGS:
        return None
    shares = np.array([one.right / len(one.cases) for one in row])
    count = len(shares)
    higher = np.sign(shares[:, None] - shares[None, :])
    # At each place: how often a value before is above one after, less how often it is below.
    clearest = [higher[:place, place:].sum() for place in range(1, count)]
    place = int(np.argmax(clearest)) + 1
    if clearest[place - 1] <= 0:
        return None
    return AccuracyDecline(
        since=row[place].at,
        before=float(shares[:place].mean()),
        after=float(shares[place:].mean()),
        p_value=min(1.0, math.exp(-6 * float(clearest[place - 1]) ** 2 / (count**3 + count**2))),
    )
