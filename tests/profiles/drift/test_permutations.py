"""Permutations of conversations: right where they can count, and no floor where they can't."""

from __future__ import annotations

import numpy as np

from datacraft.profiles.drift.permutations import chance_of_labels


def chance(rng: np.random.Generator, shift: float, conversations: int = 400) -> float:
    """Return the chance of the scores of conversations of three questions, half of them shifted."""
    group = np.repeat(np.arange(conversations), 3)
    label = (group % 2).astype(np.float64)
    half = group // 2 % 2
    raw = rng.normal(0, 1, conversations)[group] + rng.normal(0, 1, len(group)) + shift * label
    score = np.empty(len(raw))
    for held in (0, 1):
        where = half == held
        score[where] = (np.argsort(np.argsort(raw[where])) + 0.5) / where.sum()
    return chance_of_labels(score, label, group, half, rng)


def test_equal_conversations_are_told_apart_as_rarely_as_the_chance_says() -> None:
    rng = np.random.default_rng(1)
    chances = [chance(rng, 0) for _ in range(200)]
    assert (
        sum(one <= 0.05 for one in chances) <= 20
    )  # 10 are expected; more than 20 would be in 1 of 1,000 runs


def test_a_clear_difference_has_a_chance_below_one_by_the_permutations() -> None:
    rng = np.random.default_rng(2)
    clear, clearer = chance(rng, 1.5), chance(rng, 3)
    assert clearer < clear < 1e-5
