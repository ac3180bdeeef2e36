"""Intervals hold what they promise: 95 % of them hold the truth, whether cases are repeated or not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from simulated import at_least, at_most

from datacraft.evaluation.statistics import cluster_ratio, wilson

RUNS = 2_000


@given(st.integers(1, 500), st.data())
def test_wilson_is_what_scipy_says(n: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, n))
    expected = binomtest(successes, n).proportion_ci(method="wilson")
    found = wilson(successes, n)
    assert found.low == pytest.approx(expected.low, abs=1e-9)
    assert found.high == pytest.approx(expected.high, abs=1e-9)
    assert found.low <= found.value <= found.high


def test_wilson_intervals_cover_as_promised() -> None:
    rng = np.random.default_rng(1)
    covered = 0
    for run in range(RUNS):
        rate, n = (0.5, 0.65, 0.8, 0.9)[run % 4], (100, 200, 420)[run % 3]
        found = wilson(int(rng.binomial(n, rate)), n)
        covered += found.low <= rate <= found.high
    assert at_least(covered, RUNS, 0.93), covered / RUNS
    assert at_most(covered, RUNS, 0.97), covered / RUNS


def test_bootstrap_intervals_over_repeated_cases_cover_as_promised() -> None:
    """Repeats of a case depend on each other: each case has its own chance of being right."""
    rng = np.random.default_rng(2)
    covered = 0
    for run in range(RUNS):
        rate, n, repeats = (0.5, 0.65, 0.8)[run % 3], (100, 150)[run % 2], 1 + run % 4
        chances = rng.beta(2 * rate, 2 * (1 - rate), size=n)
        found = cluster_ratio(rng.binomial(repeats, chances).astype(float), np.full(n, float(repeats)), rng)
        covered += found.low <= rate <= found.high
    assert at_least(covered, RUNS, 0.93), covered / RUNS
    assert at_most(covered, RUNS, 0.97), covered / RUNS


def test_repeats_are_not_counted_as_cases() -> None:
    rng = np.random.default_rng(3)
    right = (rng.random(100) < 0.7).astype(float)
    once = cluster_ratio(right, np.ones(100), rng)
    tenfold = cluster_ratio(right * 10, np.full(100, 10.0), rng)
    assert tenfold.high - tenfold.low == pytest.approx(once.high - once.low, rel=0.2)
    assert tenfold.n == 100


def test_cases_that_are_all_alike_still_leave_doubt() -> None:
    found = cluster_ratio(np.ones(20), np.ones(20), np.random.default_rng(4))
    assert (found.value, found.high) == (1.0, 1.0)
    assert 0.8 < found.low < 0.9


def test_a_rate_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="no cases"):
        wilson(0, 0)
    with pytest.raises(ValueError, match="no cases"):
        cluster_ratio(np.zeros(3), np.zeros(3), np.random.default_rng(0))
