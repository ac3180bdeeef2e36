"""Which cases are graded: the same each time, of every slice its share."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from datacraft.contracts.question_set import Case


def cases_to_grade(cases: Sequence[Case], most: int) -> tuple[Case, ...]:
    """Return at most so many cases, in the order given.

    Strata are topic, difficulty and whether a case can be answered; each gives its share, by largest remainders. Within
    a stratum hashes of ids choose, so that a case that was chosen stays so when others come or go.
    """
    if len(cases) <= most:
        return tuple(cases)
    strata: dict[tuple[str | None, ...], list[Case]] = defaultdict(list)
    for case in cases:
        strata[case.topic, case.difficulty, case.answerable].append(case)
    exact = {stratum: most * len(members) / len(cases) for stratum, members in strata.items()}
    given = {stratum: int(share) for stratum, share in exact.items()}
    by_rest = sorted(strata, key=lambda stratum: (given[stratum] - exact[stratum], str(stratum)))
    for stratum in by_rest[: most - sum(given.values())]:
        given[stratum] += 1
    chosen = {
        case.id
        for stratum, members in strata.items()
        for case in sorted(members, key=_order)[: given[stratum]]
    }
    return tuple(case for case in cases if case.id in chosen)


def _order(case: Case) -> bytes:
    return hashlib.sha256(case.id.encode()).digest()
