"""Two rates on the same cases: the interval keeps its level even where few cases differ, or none."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import multinomial

from datacraft.evaluation.statistics import paired_rates, sign_test, tango, wilson

counts = st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 60)).filter(sum)


def test_where_nothing_differs_it_is_as_wide_as_what_was_not_seen() -> None:
    low, high = tango(0, 0, 100)
    assert (-low, high) == (pytest.approx(wilson(0, 100).high), pytest.approx(wilson(0, 100).high))


@given(counts)
def test_it_holds_the_rate_and_mirrors_when_the_two_change_places(found: tuple[int, int, int]) -> None:
    first, second, alike = found
    n = first + second + alike
    low, high = tango(first, second, n)
    assert -1 <= low <= (first - second) / n <= high <= 1
    mirrored_low, mirrored_high = tango(second, first, n)
    assert (mirrored_low, mirrored_high) == (pytest.approx(-high, abs=1e-9), pytest.approx(-low, abs=1e-9))


@given(counts, st.floats(0.5, 0.99), st.floats(0.001, 0.009))
def test_more_confidence_is_a_wider_interval(
    found: tuple[int, int, int], confidence: float, more: float
) -> None:
    first, second, alike = found
    n = first + second + alike
    low, high = tango(first, second, n, confidence=confidence)
    wider_low, wider_high = tango(first, second, n, confidence=confidence + more)
    assert wider_low <= low + 1e-9
    assert high <= wider_high + 1e-9


@pytest.mark.parametrize(("first", "second", "n"), [(7, 3, 50), (1, 12, 44), (4, 4, 30), (2, 1, 200)])
def test_at_its_ends_the_score_statistic_of_the_likelihood_is_the_quantile(
    first: int, second: int, n: int
) -> None:
    def statistic(difference: float) -> float:
        def surprise(share: float) -> float:
            parts = (share + difference, share, 1 - 2 * share - difference)
            seen = (first, second, n - first - second)
            return -sum(count * math.log(max(part, 1e-300)) for count, part in zip(seen, parts, strict=True))

        bounds = (max(0.0, -difference), (1 - difference) / 2)
        share = minimize_scalar(surprise, bounds=bounds, method="bounded", options={"xatol": 1e-12}).x
        variance = n * (2 * share + difference - difference**2)
        return float((first - second - n * difference) / math.sqrt(variance))

    low, high = tango(first, second, n)
    assert statistic(low) == pytest.approx(1.959964, abs=1e-3)
    assert statistic(high) == pytest.approx(-1.959964, abs=1e-3)


@pytest.mark.parametrize("n", [40, 80])
@pytest.mark.parametrize(("first", "second"), [(0.02, 0.05), (0.0, 0.03), (0.1, 0.1), (0.05, 0.2)])
def test_it_holds_the_true_difference_about_as_often_as_it_says(n: int, first: float, second: float) -> None:
    held = 0.0
    for one, two in product(range(n + 1), range(n + 1)):
        if one + two > n:
            continue
        chance = multinomial.pmf([one, two, n - one - two], n, [first, second, 1 - first - second])
        if chance > 1e-9:
            low, high = tango(one, two, n)
            held += chance * (low <= first - second <= high)
    assert held >= 0.93


def test_repeated_cases_are_drawn_together() -> None:
    gaps = np.array([0.5, -0.5, 0.0, 1.0, 0.0, 0.5] * 20)
    found = paired_rates(gaps)
    assert found.value == pytest.approx(0.25)
    assert found.low < 0.25 < found.high
    assert paired_rates(gaps, confidence=0.5).low > found.low


def test_cases_that_were_asked_once_have_the_score_interval() -> None:
    gaps = np.array([1.0] * 3 + [-1.0] * 2 + [0.0] * 45)
    found = paired_rates(gaps)
    assert (found.low, found.high) == tango(3, 2, 50)
    assert (found.value, found.n) == (pytest.approx(0.02), 50)


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_sign_test_counts_outcomes_as_bad_or_worse(better: int, worse: int) -> None:
    differing = better + worse
    tail = sum(math.comb(differing, count) for count in range(worse, differing + 1)) / 2**differing
    assert sign_test(better, worse) == pytest.approx(tail)
