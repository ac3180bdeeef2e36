"""The null of a classifier whose questions come in conversations: labels of whole conversations, permuted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

_PARTS, _FEW_PARTS, _FEW = 20, 10, 1_000
_ROUND, _ROUNDS = 250, 40
_TAIL = 100
_ENOUGH = 20
"""With so many permutations at least as far out the p-value is known well enough (Besag & Clifford 1991)."""


def parts_for(questions: int) -> int:
    """Return into how many equal parts the scores of so many questions are cut: what is new in one of twenty is pure
    in its own part.
    """
    return _FEW_PARTS if questions < _FEW else _PARTS


def part_of(score: Floats, parts: int) -> Codes:
    """Return the part that each score, 0 to 1, lies in."""
    return np.minimum((score * parts).astype(np.int64), parts - 1)


def chance_of_labels(
    score: Floats, label: Floats, group: Codes, half: Codes, rng: np.random.Generator
) -> float:
    """Return the chance of scores that are so different for the two labels where labels mean nothing.

    The scores of a half were made without its labels, so that these may be permuted while the scores stay. Of two
    figures, the areas under the ROC curve and the distances of the parts, the more surprising one counts, twice.

    Args:
        score: 0 to 1, ranks within a half.
        label: 0 or 1.
        group: the conversation of each question; all of one have the same label and half.
        half: 0 or 1.
        rng: draws the permutations.
    """
    sides = []
    for held in (0, 1):
        where = half == held
        _, first, place = np.unique(group[where], return_index=True, return_inverse=True)
        sides.append((label[where][first], _totals(score[where], place, parts_for(len(score)))))
    seen = np.sum([_figures(labels[None, :], totals) for labels, totals in sides], axis=0)[0]
    beyond, rounds = np.zeros(2), []
    for _ in range(_ROUNDS):
        made = np.sum(
            [
                _figures(rng.permuted(np.tile(labels, (_ROUND, 1)), axis=1), totals)
                for labels, totals in sides
            ],
            axis=0,
        )
        rounds.append(made)
        beyond += (made >= seen - 1e-12).sum(axis=0)
        if beyond.min() >= _ENOUGH:
            break
    drawn = np.concatenate(rounds)
    return min(1.0, 2 * min(_chance(drawn[:, figure], float(seen[figure])) for figure in (0, 1)))


def _chance(drawn: Floats, seen: float) -> float:
    """Return the chance of a figure as large as seen, of figures drawn.

    One beyond all that were drawn is as rare as their tail says: exceedances of a high one of them fall off
    exponentially (Knijnenburg, Wessels, Reinders & Shmulevich, Bioinformatics 25, 2009, with shape 0, which is too
    large for tails as light as the normal one). So the chance may be smaller than one by the number of permutations.
    """
    beyond = int((drawn >= seen - 1e-12).sum())
    if beyond or len(drawn) < _ROUND * _ROUNDS:
        return (beyond + 1) / (len(drawn) + 1)
    highest = np.sort(drawn)[-_TAIL:]
    excess = float((highest - highest[0]).mean())
    if not excess:
        return 1 / (len(drawn) + 1)
    return _TAIL / len(drawn) * float(np.exp(-(seen - highest[0]) / excess))


def _totals(score: Floats, place: Codes, parts: int) -> Floats:
    """Return for each conversation its questions, the sum of their scores, and how many are in each part."""
    count = int(place.max(initial=-1)) + 1
    totals = np.zeros((count, 2 + parts))
    totals[:, 0] = np.bincount(place, minlength=count)
    totals[:, 1] = np.bincount(place, weights=score, minlength=count)
    cells = np.bincount(place * parts + part_of(score, parts), minlength=count * parts)
    totals[:, 2:] = cells.reshape(count, parts)
    return totals


def _figures(labels: Floats, totals: Floats) -> Floats:
    """Return for each row of labels of conversations two figures: how much higher the scores of label 1 are, and how
    far apart the parts are, in squares over their sums.
    """
    all_of, second = totals.sum(axis=0), labels @ totals
    first = all_of - second
    n, m = np.maximum(1.0, first[:, 0]), np.maximum(1.0, second[:, 0])
    smaller = np.minimum(n, m)  # a permutation may leave one label with hardly any questions
    higher = (second[:, 1] / m - first[:, 1] / n) * np.sqrt(smaller)
    apart = (first[:, 2:] / n[:, None] - second[:, 2:] / m[:, None]) ** 2
    pooled = np.maximum(1e-12, all_of[2:] / all_of[0])
    return np.stack((higher, (apart / pooled).sum(axis=1) * smaller), axis=1)
