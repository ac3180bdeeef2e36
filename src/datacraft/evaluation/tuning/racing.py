"""A race: entrants share cases, and those that won't win stop early.

Two rules stop an entrant. *Surely worse*: betting on the leader's paired differences has paid so much that the
chance of ever stopping the truly best entrant this way is at most alpha over the whole study, however often it is
looked (`statistics.sequential`, with a Bonferroni factor for the entrants that it may meet). *Outranked*: where
the budget can't take everyone further, the better ones go on, as in successive halving (Jamieson & Talwalkar 2016):
four fifths of the entrants on a quarter more cases, each time; this rule saves calls and proves nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from datacraft.evaluation.statistics import log_fortunes

Floats = NDArray[np.float64]

RaceEnd = Literal["finished", "surely_worse", "outranked", "budget"]

LEAST_CASES = 10
"""Nobody is judged on fewer, where there are more."""

_GROWTH, _KEPT = 1.25, 0.8
"""Small steps choose better than doubling and halving: a fifth less regret (benchmarks/selection.py)."""


class Ask(Protocol):
    """Asks entrants the first cases; what was asked before is known."""

    def __call__(self, entrants: Sequence[int], cases: int) -> Floats:
        """Return entrants x cases: what each case adds to the score; fewer cases where the budget ended."""
        ...


@dataclass(frozen=True, slots=True)
class Rules:
    """Of a race.

    Attributes:
        cases: that there are, in an order that chance decided.
        spread: the largest difference that two entrants can have on one case.
        alpha: chance of calling the truly best entrant surely worse.
        rivals: most that an entrant can meet, in this race and others of the study.
    """

    cases: int
    spread: float
    alpha: float
    rivals: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an entrant came to.

    Attributes:
        cases: that it was asked.
        mean: over those cases.
        end: why it stopped there.
        beaten_by: the entrant that it is surely worse than.
    """

    cases: int
    mean: float
    end: RaceEnd
    beaten_by: int | None = None


def race(entrants: int, rules: Rules, ask: Ask, affordable: Callable[[], float]) -> list[Standing]:
    """Run a race to its end, or to that of the budget; return every entrant's standing.

    Args:
        entrants: how many take part, those first that win ties.
        rules: of this race.
        ask: asks the cases.
        affordable: returns how many cases can still be asked in all, of one entrant each.
    """
    running = list(range(entrants))
    standings: dict[int, Standing] = {}
    seen, target = 0, first_round(entrants, rules.cases, affordable())
    while True:
        wanted = min(target, seen + _whole(affordable() / len(running)))
        values = ask(running, wanted) if wanted > seen else np.zeros((len(running), 0))
        if values.shape[1] > seen:
            seen = values.shape[1]
            means = dict(zip(running, values.mean(axis=1), strict=True))
        if seen == 0:
            return [Standing(0, math.nan, "budget")] * entrants
        if seen < target or seen == rules.cases:
            end: RaceEnd = "finished" if seen == rules.cases else "budget"
            standings.update({one: Standing(seen, means[one], end) for one in running})
            return [standings[one] for one in range(entrants)]
        leader = max(running, key=lambda one: means[one])  # the first of equals
        for one in _surely_worse(running, leader, values, rules):
            standings[one] = Standing(seen, means[one], "surely_worse", leader)
            running.remove(one)
        kept = taken_further(len(running), seen, rules.cases, affordable())
        for one in sorted(running, key=lambda one: -means[one])[kept:]:
            standings[one] = Standing(seen, means[one], "outranked")
            running.remove(one)
        target = _further(seen, rules.cases)


def first_round(entrants: int, cases: int, affordable: float) -> int:
    """Return how many cases everyone is asked first: the most that leave enough for a race to the end."""
    if not math.isfinite(affordable):
        return min(cases, max(LEAST_CASES, math.ceil(cases / 16)))
    size = cases
    while size > LEAST_CASES and entrants * size + _cost(entrants * _KEPT, size, cases) > affordable:
        size -= 1
    return size


def taken_further(running: int, seen: int, cases: int, affordable: float) -> int:
    """Return how many the budget can take on from `seen` cases, a fifth of them dropping out at every step."""
    kept = running
    while kept > 1 and _cost(kept, seen, cases) > affordable:
        kept -= 1
    return kept


def _cost(entrants: float, seen: int, cases: int) -> float:
    total, left = 0.0, max(1.0, entrants)
    while seen < cases:
        further = _further(seen, cases)
        total += math.ceil(left) * (further - seen)
        seen, left = further, max(1.0, left * _KEPT)
    return total


def _further(seen: int, cases: int) -> int:
    return min(cases, math.ceil(_GROWTH * seen))


def _whole(number: float) -> int:
    return int(number) if math.isfinite(number) else 2**31


def _surely_worse(running: Sequence[int], leader: int, values: Floats, rules: Rules) -> list[int]:
    ahead = (values[running.index(leader)] - values) / rules.spread
    sure = log_fortunes(ahead) >= math.log(max(1, rules.rivals) / rules.alpha)
    return [one for one, worse in zip(running, sure, strict=True) if worse and one != leader]
