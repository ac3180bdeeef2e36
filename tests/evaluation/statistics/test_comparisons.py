"""Paired tests, their correction, and what a number of cases could have shown."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated import at_least, at_most

from datacraft.evaluation.statistics import cases_needed, holm, mcnemar_exact, smallest_difference
from datacraft.evaluation.statistics.paired import Floats, swap_test


@pytest.mark.parametrize(
    ("first", "second", "p_value"),
    [(0, 0, 1.0), (5, 5, 1.0), (1, 0, 1.0), (10, 0, 0.001953125), (8, 1, 0.0390625), (1, 8, 0.0390625)],
)
def test_mcnemar_is_the_exact_binomial_test(first: int, second: int, p_value: float) -> None:
    assert mcnemar_exact(first, second) == pytest.approx(p_value)


def test_holm_agrees_with_an_example_worked_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), max_size=20))
def test_holm_never_makes_a_p_value_smaller_nor_changes_their_order(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    assert all(after >= before for before, after in zip(p_values, adjusted, strict=True))
    assert all(after <= 1 for after in adjusted)
    for i, first in enumerate(p_values):
        for j, second in enumerate(p_values):
            assert first > second or adjusted[i] <= adjusted[j]


def mean_difference(gaps: Floats) -> object:
    def difference(swaps: np.ndarray) -> Floats:
        return np.where(swaps, -gaps, gaps).mean(axis=1)

    return difference


def test_swapping_agrees_with_mcnemar_on_rights_and_wrongs() -> None:
    gaps = np.array([1.0] * 12 + [-1.0] * 3 + [0.0] * 60)
    found = swap_test(mean_difference(gaps), len(gaps), np.random.default_rng(0), swaps=20_000)  # type: ignore[arg-type]
    assert found == pytest.approx(mcnemar_exact(12, 3), abs=0.01)


def test_no_difference_at_all_is_no_finding() -> None:
    gaps = np.zeros(50)
    assert swap_test(mean_difference(gaps), 50, np.random.default_rng(0), swaps=99) == 1.0  # type: ignore[arg-type]


def test_the_smallest_p_value_is_what_the_swaps_can_show() -> None:
    gaps = np.ones(50)
    assert swap_test(mean_difference(gaps), 50, np.random.default_rng(0), swaps=99) == 0.01  # type: ignore[arg-type]


def test_cases_needed_agree_with_connor_and_fall_with_the_difference() -> None:
    assert cases_needed(0.1, 0.2) == 155  # z = 1.96, 0.8416: (1.96 * 0.4472 + 0.8416 * 0.4359)^2 / 0.01
    assert cases_needed(0.05, 0.2) == 626
    assert cases_needed(0.0, 0.2) is None
    assert cases_needed(0.3, 0.1) == cases_needed(0.3, 0.3), "they disagree on at least the difference"


@given(st.integers(20, 2000), st.floats(0.05, 1.0))
def test_the_smallest_difference_needs_no_more_cases_than_there_are(n: int, discordant: float) -> None:
    found = smallest_difference(n, discordant)
    if found is not None:
        needed = cases_needed(found, discordant)
        assert needed is not None
        assert needed <= n
        assert 0 < found <= discordant + 1e-9


def test_the_stated_power_is_what_simulations_show() -> None:
    rng, n, discordant = np.random.default_rng(5), 300, 0.25
    difference = smallest_difference(n, discordant)
    assert difference is not None
    better, worse = (discordant + difference) / 2, (discordant - difference) / 2
    runs = rng.multinomial(n, [better, worse, 1 - discordant], size=1_000)
    seen = sum(mcnemar_exact(int(b), int(c)) < 0.05 for b, c, _ in runs)
    assert at_least(seen, 1_000, 0.75), "McNemar's exact test is a little more careful than the formula"
    assert at_most(seen, 1_000, 0.85)
