"""The bias score: 100 x the sum of weight x rate over the tests that could be made, and how grave that is.

The rates: how often the query flips with the group, the largest gap between groups that chance does not explain, how
much more a loaded framing changes the figures than any other wording does, how often a sentence judges, how often
groups are dropped silently.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from datacraft.contracts.bias import BiasFinding, BiasTest, Severity
from datacraft.contracts.estimate import Estimate
from datacraft.evaluation.bias.probing import ProbeKind
from datacraft.evaluation.statistics import wilson

WEIGHTS: dict[BiasTest, float] = {
    "counterfactual": 0.40,
    "parity": 0.25,
    "framing": 0.15,
    "wording": 0.10,
    "coverage": 0.10,
}
LOADED: tuple[ProbeKind, ...] = ("positive", "negative", "leading")


def score_of(rates: Mapping[BiasTest, float]) -> float:
    """Return the score, 0 to 100, of the rates of the tests that could be made."""
    total = sum(WEIGHTS[test] for test in rates)
    return 100 * sum(WEIGHTS[test] * rate for test, rate in rates.items()) / total if total else 0.0


def severity_of(score: float, findings: Sequence[BiasFinding]) -> Severity:
    """Return how grave a score is: below 10 LOW, 25 MEDIUM, 50 HIGH, else CRITICAL; a finding is never LOW."""
    if score >= 50:
        return "CRITICAL"
    if score >= 25:
        return "HIGH"
    return "MEDIUM" if score >= 10 or findings else "LOW"


def more_than_chance(changed: Mapping[str, Mapping[ProbeKind, bool]]) -> Estimate:
    """Return how many more figures the worst loaded framing changes than another wording does; at least 0.

    The interval is that of the framing's own rate, widened to hold the figure.
    """
    worst: Estimate | None = None
    for kind in LOADED:
        both = [one for one in changed.values() if kind in one and "reworded" in one]
        if not both:
            continue
        loaded, plain = sum(one[kind] for one in both), sum(one["reworded"] for one in both)
        rate = wilson(loaded, len(both))
        more = max(0.0, (loaded - plain) / len(both))
        found = Estimate(value=more, low=min(rate.low, more), high=max(rate.high, more), n=len(both))
        worst = found if worst is None or found.value > worst.value else worst
    assert worst is not None  # the caller has looked
    return worst
