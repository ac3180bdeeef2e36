"""How far the weights can move before the winner changes."""

from __future__ import annotations

from collections.abc import Mapping

from datacraft.contracts.selection import WeightsMargin


def weights_margin(
    weights: Mapping[str, float], winner: Mapping[str, float], rivals: Mapping[str, Mapping[str, float]]
) -> WeightsMargin | None:
    """Return the smallest shift of weights beyond which a rival is ahead of the winner; None where there is none.

    The composite is linear in the weights, so that the cheapest shift takes weight from the parts where the
    winner is furthest ahead and gives it to the one where the rival is: a linear programme with a greedy answer.

    Args:
        weights: of the parts, summing to 1.
        winner: its parts.
        rivals: by config id, their parts.
    """
    found: list[WeightsMargin] = []
    for name, parts in rivals.items():
        gaps = {part: winner[part] - parts[part] for part in weights}
        lead = sum(weights[part] * gap for part, gap in gaps.items())
        target = min(gaps, key=lambda part: gaps[part])
        if gaps[target] < 0:  # else the rival is ahead in nothing
            found.append(WeightsMargin(rival=name, moved=_moved(weights, gaps, lead, target), to=target))
    return min(found, key=lambda margin: margin.moved, default=None)


def _moved(weights: Mapping[str, float], gaps: Mapping[str, float], lead: float, target: str) -> float:
    """Return how much weight has to move to `target` to use up the lead."""
    moved = 0.0
    for part in sorted((part for part in weights if part != target), key=lambda part: -gaps[part]):
        gain = gaps[part] - gaps[target]
        if lead <= 0 or gain <= 0:
            break
        share = min(weights[part], lead / gain)
        moved += share
        lead -= gain * share
    return moved
