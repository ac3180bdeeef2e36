"""A domain classifier: whether words tell the questions of one time from those of another, and whether it is chance.

Two halves of the questions, each judged by a logistic regression that was fitted to the other (hashed words, L2). The
order of a half's scores then owes nothing to its own labels. Two figures are taken of it: Mann & Whitney's (1947) of the
area under the ROC curve, and Pearson's of how often each set has scores of each tenth or twentieth, which sees a few questions that are
all new. Where every question stands alone their distributions are known. Where questions come in conversations, the
labels of whole conversations are permuted, so that one person with many questions is one person.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datacraft.profiles.drift.chance import beyond_chance, chance_of
from datacraft.profiles.drift.permutations import chance_of_labels, part_of, parts_for
from datacraft.profiles.drift.sessions import coded, questions_per_case
from datacraft.profiles.normal import normalise

_WIDTH = 2_048
_STEPS, _PENALTY = 150, 1e-2
_SEEN_BY = 5
_TOLD = 8
_NUMBER = re.compile(r"\d+")

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Separation:
    """How well words tell two sets of questions apart.

    Attributes:
        area: under the ROC curve, held out; 0.5 is guessing.
        p_value: chance of it where nothing differs.
        effect: how different the held-out scores are, without what chance adds; 0 to 1.
        telling: words that stand for the second set.
    """

    area: float
    p_value: float
    effect: float
    telling: tuple[str, ...]


def words_of(question: str) -> list[str]:
    """Return the words of a question; every number is the same word."""
    return _NUMBER.sub("0", normalise(question)).split()


def separation(
    first: Sequence[str],
    second: Sequence[str],
    seed: int = 0,
    sessions: tuple[Sequence[str | None], Sequence[str | None]] | None = None,
) -> Separation:
    """Return how well words tell the second questions from the first.

    Args:
        first: texts.
        second: texts.
        seed: of how they are halved.
        sessions: in which the texts were asked; without one, alone.
    """
    texts = [set(words_of(question)) for question in (*first, *second)]
    return separation_of(texts, len(first), seed, sessions)


def separation_of(
    texts: Sequence[set[str]],
    first: int,
    seed: int = 0,
    sessions: tuple[Sequence[str | None], Sequence[str | None]] | None = None,
) -> Separation:
    """Return how well tokens tell the later questions from the `first` ones; see `separation`."""
    label = np.repeat([0.0, 1.0], [first, len(texts) - first])
    group = _groups(label, sessions)
    alone = len(np.unique(group)) == len(group)
    features = _hashed(texts)
    rng = np.random.default_rng(seed)
    half, parts = _halves(label, group, rng), parts_for(len(label))
    score, weights = np.zeros(len(label)), np.zeros(_WIDTH)
    areas, surprises, chances = [], [], []
    for held in (0, 1):
        fitted = _weights(features[half != held], label[half != held])
        weights += fitted / 2
        score[half == held] = _ranked(features[half == held] @ fitted)
        area, deviations = _area(score[half == held], label[half == held])
        areas.append(area)
        surprises.append(deviations)
        chances.append(chance_of(*_counts(score[half == held], label[half == held], parts)))
    if alone:
        # The halves' deviations over sqrt(2), together (Stouffer 1949).
        both = 0.5 * math.erfc(sum(surprises) / 2)
        p_value = min(1.0, 2 * min(both, 2 * min(chances)))
    else:
        p_value = chance_of_labels(score, label, group, half, rng)
    cells = [str(part) for part in part_of(score, parts)]
    together = max(
        questions_per_case([cells[place] for place in np.flatnonzero(label == side)], group[label == side])
        for side in (0, 1)
    )
    counts = _counts(score, label, parts)
    effect = beyond_chance(counts[0] / together, counts[1] / together)
    return Separation(float(np.mean(areas)), p_value, effect, _telling(texts, label, weights, group))


def _groups(
    label: Floats, sessions: tuple[Sequence[str | None], Sequence[str | None]] | None
) -> NDArray[np.int64]:
    """Return the conversation of each question; the two sets share none."""
    if sessions is None:
        return np.arange(len(label))
    first, second = (coded(side) for side in sessions)
    return np.concatenate((first, second + int(first.max(initial=-1)) + 1))


def _counts(score: Floats, label: Floats, parts: int) -> tuple[Floats, Floats]:
    """Return how often each set has scores of each part."""
    cells = part_of(score, parts)
    first, second = (np.bincount(cells[label == side], minlength=parts).astype(np.float64) for side in (0, 1))
    return first, second


def _hashed(texts: Sequence[set[str]]) -> Floats:
    """Return rows of hashed words, each of length 1; the last column is constant."""
    features = np.zeros((len(texts), _WIDTH))
    for row, words in enumerate(texts):
        for word in words:
            features[row, _place(word)] += 1
    length = np.sqrt((features**2).sum(axis=1, keepdims=True))
    features /= np.maximum(length, 1.0)
    features[:, -1] = 1.0
    return features


def _weights(features: Floats, label: Floats) -> Floats:
    """Return the weights of all columns; those of words that no question has are 0."""
    used = np.flatnonzero(features.any(axis=0))
    weights = np.zeros(features.shape[1])
    weights[used] = _fitted(features[:, used], label)
    return weights


def _place(word: str) -> int:
    return zlib.crc32(word.encode()) % (_WIDTH - 1)


def _halves(label: Floats, group: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Return 0 or 1 for each question: whole conversations, about as many of each set in both halves."""
    half_of = np.zeros(int(group.max(initial=-1)) + 1, dtype=np.int64)
    for side in (0.0, 1.0):
        places = rng.permutation(np.unique(group[label == side]))
        half_of[places[::2]] = 1
    return half_of[group]


def _fitted(features: Floats, label: Floats) -> Floats:
    """Return the weights of a logistic regression in which both sets weigh alike (Nesterov's gradient descent)."""
    share = label.mean()
    weight = np.where(label == 1, 0.5 / share, 0.5 / (1 - share)) / len(label)
    weights = ahead = np.zeros(features.shape[1])
    rate = 1 / (
        0.25 * 2 + _PENALTY
    )  # rows are of length sqrt(2), the logistic loss bends by a quarter at most
    for step in range(_STEPS):
        wrong = weight * (1 / (1 + np.exp(-np.clip(features @ ahead, -30, 30))) - label)
        moved = ahead - rate * (features.T @ wrong + _PENALTY * ahead / 10)
        ahead = moved + step / (step + 3) * (moved - weights)
        weights = moved
    return weights


def _ranked(values: Floats) -> Floats:
    """Return ranks between 0 and 1; equal values share theirs."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    middle = np.cumsum(count) - (count - 1) / 2
    return np.asarray(middle[place] - 0.5, dtype=np.float64) / len(values)


def _area(score: Floats, label: Floats) -> tuple[float, float]:
    """Return the area under the ROC curve, and how many standard deviations it is above guessing."""
    n, m = int((label == 0).sum()), int((label == 1).sum())
    ranks = score * len(score) + 0.5
    area = (ranks[label == 1].sum() - m * (m + 1) / 2) / (n * m)
    deviation = math.sqrt((n + m + 1) / (12 * n * m))
    return float(area), float(area - 0.5) / deviation


def _telling(
    texts: Sequence[set[str]], label: Floats, weights: Floats, group: NDArray[np.int64]
) -> tuple[str, ...]:
    seen: dict[str, set[int]] = {}
    for words, side, conversation in zip(texts, label, group, strict=True):
        if side:
            for word in words:
                seen.setdefault(word, set()).add(int(conversation))
    often = [word for word, who in seen.items() if len(who) >= _SEEN_BY and weights[_place(word)] > 0]
    often.sort(key=lambda word: (-weights[_place(word)] * len(seen[word]), word))
    return tuple(often[:_TOLD])
