"""The sequential test: what holds exactly, and how often it errs in simulations."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datacraft.contracts.canary import Bets
from datacraft.delivery.canary.betting import Floats, Pairs, bounds, log_fortunes, pair

BETS = Bets()
ALPHA = 0.04

Arm = tuple[Floats, Floats]


@st.composite
def arms(draw: st.DrawFn) -> Arm:
    sizes = draw(st.lists(st.integers(1, 20), max_size=40))
    return (
        np.array(sizes, dtype=np.float64),
        np.array([draw(st.integers(0, size)) for size in sizes], dtype=np.float64),
    )


def last(fortunes: Floats) -> float:
    return float(fortunes[-1])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(0.1, 10)), min_size=1, max_size=8))
def test_betting_on_arms_that_are_alike_gains_nothing_on_average(drawn: list[tuple[float, float]]) -> None:
    """Alike arms could as well be swapped in any pair: the mean over all swaps is the expected fortune."""
    differences, weights = np.array(drawn).T
    swaps = np.array(list(itertools.product([1.0, -1.0], repeat=len(drawn))))
    fortunes = np.exp(log_fortunes(Pairs(swaps * differences, weights), BETS, side="above")[:, -1])
    assert fortunes.mean() == pytest.approx(1.0)


@given(arms(), arms())
def test_swapped_arms_turn_everything_round(first: Arm, second: Arm) -> None:
    there, back = pair(first, second, 0.1), pair(second, first, 0.1)
    assert np.allclose(log_fortunes(there, BETS, side="above"), log_fortunes(back, BETS, side="below"))
    low, high = bounds(there, BETS, ALPHA)
    assert bounds(back, BETS, ALPHA) == pytest.approx((-high, -low), abs=1e-5)


@settings(max_examples=60, deadline=None)
@given(arms(), arms(), st.floats(-0.9, 0.9))
def test_the_bounds_are_where_the_test_begins_to_reject(first: Arm, second: Arm, tested: float) -> None:
    pairs = pair(first, second, 0.1)
    low, high = bounds(pairs, BETS, ALPHA)
    assert -1 <= low <= high <= 1
    if pairs.differences.size and min(abs(tested - low), abs(tested - high)) > 1e-5:
        for side, beyond in (("above", tested < low), ("below", tested > high)):
            fortune = last(log_fortunes(pairs, BETS, side=side, than=tested))  # type: ignore[arg-type]
            assert (fortune >= -math.log(ALPHA)) == beyond


@given(arms(), arms(), st.integers(0, 40))
def test_what_was_seen_does_not_change_with_what_comes(first: Arm, second: Arm, count: int) -> None:
    early = pair((first[0][:count], first[1][:count]), (second[0][:count], second[1][:count]), 0.1)
    known = early.differences.size
    whole = log_fortunes(pair(first, second, 0.1), BETS, side="above")
    assert np.array_equal(log_fortunes(early, BETS, side="above"), whole[:known])


def test_of_no_sessions_nothing_is_known() -> None:
    none = np.array([])
    assert bounds(pair((none, none), (none, none), 0.1), BETS, ALPHA) == (-1.0, 1.0)


def test_a_pair_of_single_requests_is_worth_half_a_request() -> None:
    one = np.array([1.0])
    pairs = pair((one, one), (one, 0 * one), 0.1)
    assert (pairs.differences.tolist(), pairs.weights.tolist()) == ([-1.0], [0.5])


def test_requests_that_depend_wholly_on_each_other_count_once() -> None:
    many = np.array([20.0])
    assert pair((many, many), (many, many), 1.0).weights.tolist() == [0.5]
    assert pair((many, many), (many, many), 0.0).weights.tolist() == [10.0]


def test_ever_rich_by_luck_is_as_rare_as_promised() -> None:
    """400 pairs of equal arms, looked at after each: at most alpha of 2,000 runs, by a one-sided 99 % test."""
    from scipy.stats import binomtest

    rng = np.random.default_rng(7)
    sizes = rng.integers(1, 21, (2, 2_000, 400)).astype(np.float64)
    own = rng.beta(9, 1, sizes.shape)  # sessions are strongly correlated
    right = rng.binomial(sizes.astype(np.int64), own).astype(np.float64)
    pairs = pair((sizes[0], right[0]), (sizes[1], right[1]), 0.1)
    ever = int((log_fortunes(pairs, BETS, side="above").max(axis=1) >= -math.log(ALPHA)).sum())
    assert binomtest(ever, 2_000, ALPHA, alternative="greater").pvalue >= 0.01


def test_ten_points_of_ninety_five_are_seen_within_300_single_requests() -> None:
    from scipy.stats import binomtest

    rng = np.random.default_rng(8)
    one = np.ones((1_000, 300))
    baseline, canary = (one, rng.binomial(1, 0.95, one.shape)), (one, rng.binomial(1, 0.85, one.shape))
    fortunes = log_fortunes(pair(baseline, canary, 0.1), BETS, side="below")
    seen = int((fortunes.max(axis=1) >= -math.log(ALPHA)).sum())
    assert binomtest(seen, 1_000, 0.90, alternative="less").pvalue >= 0.01
    assert seen < 1_000, "else the simulation could not fail"
