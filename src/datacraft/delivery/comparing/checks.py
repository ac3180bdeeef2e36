"""In what a release is compared with what serves: right and wrong answers, bias, latency and cost."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from datacraft.contracts.bias import SEVERITIES
from datacraft.contracts.gates import ComparisonPolicy
from datacraft.contracts.verdict import Check
from datacraft.delivery.comparing.sides import Side
from datacraft.evaluation.measuring.arrays import Rate
from datacraft.evaluation.statistics import paired_rates, tango

Floats = NDArray[np.float64]

_MOST_CASES = 1_000_000


def checks_of(mine: Side, theirs: Side, policy: ComparisonPolicy) -> Iterator[Check]:
    """Yield every check of the whole; those of slices are apart."""
    yield _rate("accuracy", "execution accuracy", mine, theirs, policy, better=1)
    yield _rate("wrong_shown", "wrong answers shown", mine, theirs, policy, better=-1)
    yield _bias(mine, theirs, policy)
    yield _amount("latency_p95", "the 95th percentile of the latency", " ms", _p95(mine), _p95(theirs),
                  policy.latency_ratio, policy.latency_slack_ms)  # fmt: skip
    yield _amount("cost", "the cost of a question", " USD", _cost(mine), _cost(theirs),
                  policy.cost_ratio, policy.cost_slack_usd)  # fmt: skip


def is_superior(mine: Side, theirs: Side, policy: ComparisonPolicy) -> bool:
    """Tell whether the release is surely more accurate.

    That it is not inferior is looked at first; so both may be asked at the full level (CPMP 2000, "Points to consider
    on switching between superiority and non-inferiority").
    """
    found = gaps_of(mine.arrays.rates["accuracy"], theirs.arrays.rates["accuracy"])
    return len(found) > 0 and paired_rates(found, confidence=1 - 2 * policy.alpha).low > 0


def gaps_of(mine: Rate, theirs: Rate) -> Floats:
    """Return, for each case that the rate is of, the share of hits of one side less the other's."""
    both = (mine.of > 0) & (theirs.of > 0)
    found: Floats = mine.hits[both] / mine.of[both] - theirs.hits[both] / theirs.of[both]
    return found


def _rate(name: str, title: str, mine: Side, theirs: Side, policy: ComparisonPolicy, *, better: int) -> Check:
    """Check that a rate is not inferior: at worst by the margin, with a chance of `alpha` to be wrong in that."""
    one, other = mine.arrays.rates[name], theirs.arrays.rates[name]
    gaps = gaps_of(one, other)
    if not len(gaps):
        return Check(check=name, passed=False, detail=f"No case shows the {title}.")
    difference = paired_rates(gaps)
    worst = paired_rates(better * gaps, confidence=1 - 2 * policy.alpha).low
    passed = worst >= -policy.margin
    told = (
        f"{title[0].upper()}{title[1:]}: {_share(one):.1%} against {_share(other):.1%} on {len(gaps)} cases; "
        f"worse by {max(0.0, -worst):.1%} at most, and {policy.margin:.1%} is tolerated."
    )
    more = None if passed else _more_cases(better * gaps, policy)
    return Check(
        check=name,
        passed=passed,
        detail=told if more is None else f"{told} About {more} more cases like these would settle it.",
        candidate=_share(one),
        production=_share(other),
        difference=difference,
    )


def _share(rate: Rate) -> float:
    return float(rate.hits.sum() / rate.of.sum())


def _more_cases(gaps: Floats, policy: ComparisonPolicy) -> int | None:
    """Return about how many more cases would show that it is not inferior, were they like these; None: none would."""
    if gaps.mean() <= -policy.margin:
        return None
    better, worse = float(gaps[gaps > 0].sum()), float(-gaps[gaps < 0].sum())
    low, high = len(gaps), _MOST_CASES
    while low < high:
        middle = (low + high) // 2
        scale = middle / len(gaps)
        worst, _ = tango(better * scale, worse * scale, middle, confidence=1 - 2 * policy.alpha)
        low, high = (low, middle) if worst >= -policy.margin else (middle + 1, high)
    return None if low == _MOST_CASES else max(1, low - len(gaps))


def _bias(mine: Side, theirs: Side, policy: ComparisonPolicy) -> Check:
    one, other = mine.bias, theirs.bias
    graver = SEVERITIES.index(one.severity) > SEVERITIES.index(other.severity)
    return Check(
        check="bias",
        passed=one.score <= other.score + policy.bias_margin and not graver,
        detail=f"Bias: {one.score:.1f} ({one.severity}) against {other.score:.1f} ({other.severity}); "
        f"{policy.bias_margin:g} points more are tolerated, a graver severity is not.",
        candidate=one.score,
        production=other.score,
    )


def _p95(side: Side) -> float:
    known = side.arrays.latency_ms[np.isfinite(side.arrays.latency_ms)]
    return float(np.quantile(known, 0.95)) if len(known) else math.nan


def _cost(side: Side) -> float:
    return side.arrays.cost_usd / side.arrays.calls


def _amount(
    name: str, title: str, unit: str, mine: float, theirs: float, ratio: float, slack: float
) -> Check:
    """Check that an amount is at most so many times what serves takes, or more by what nobody notices."""
    title = f"{title[0].upper()}{title[1:]}"
    if not all(math.isfinite(amount) and amount >= 0 for amount in (mine, theirs)):
        return Check(check=name, passed=False, detail=f"{title} is unknown.")
    most = max(theirs * ratio, theirs + slack)
    return Check(
        check=name,
        passed=mine <= most,
        detail=f"{title}: {mine:,.4g}{unit} against {theirs:,.4g}{unit}; at most {most:,.4g}{unit} is tolerated.",
        candidate=mine,
        production=theirs,
    )
