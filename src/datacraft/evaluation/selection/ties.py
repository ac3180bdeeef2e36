"""Who wins among candidates that can't be told apart: what was declared decides, one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from datacraft.contracts.policy import TieBreak
from datacraft.contracts.selection import RankedCandidate

_NOTABLY = {"cost": 0.05, "speed": 0.10}
"""Relative difference below which costs or speeds count as equal."""

_NOTICED_S = 0.05
"""Nobody notices that an answer comes so much earlier; timings of a few milliseconds vary more by chance."""


def decided(tied: Sequence[RankedCandidate], order: Sequence[TieBreak]) -> tuple[RankedCandidate, str]:
    """Return the winner among candidates that can't be told apart, and what decided.

    Args:
        tied: at least one, the highest composite first.
        order: what decides, the first that tells them apart; at last the composite itself does.
    """
    left = list(tied)
    for rule in order:
        kept = _kept(left, rule)
        if len(kept) == 1 < len(left):
            return kept[0], _SAID[rule]
        left = kept
    return left[0], "the composite score, after all else was equal"


_SAID: dict[TieBreak, str] = {
    "cost": "it costs least",
    "speed": "it is the fastest",
    "incumbent": "it serves already",
}


def _kept(candidates: Sequence[RankedCandidate], rule: TieBreak) -> list[RankedCandidate]:
    """Return those that a rule leaves: all within a small distance of the best of them."""
    if rule == "incumbent":
        return [one for one in candidates if one.incumbent] or list(candidates)
    figures = [one.cost_per_call_usd if rule == "cost" else one.mean_latency_s for one in candidates]
    limit = min(figures) * (1 + _NOTABLY[rule])
    if rule == "speed":
        limit = max(limit, min(figures) + _NOTICED_S)
    return [one for one, figure in zip(candidates, figures, strict=True) if figure <= limit]
