"""A race saves calls, keeps to its budget and almost never stops the truly best as surely worse."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from datacraft.evaluation.statistics import log_fortunes
from datacraft.evaluation.tuning.racing import Rules, Standing, race

sys.path.append(str(Path(__file__).parents[1] / "statistics"))

from simulated import at_least, at_most

Floats = NDArray[np.float64]
ROOT = Path(__file__).parents[3]


def run(right: Floats, calls: float = math.inf, alpha: float = 0.05) -> tuple[list[Standing], int]:
    """Race on known outcomes; return the standings and the number of calls."""
    asked = np.zeros(len(right), dtype=int)

    def ask(running: Sequence[int], cases: int) -> Floats:
        for one in running:
            asked[one] = max(asked[one], cases)
        return right[list(running), :cases]

    rules = Rules(right.shape[1], spread=1.0, alpha=alpha, rivals=len(right) - 1)
    return race(len(right), rules, ask, lambda: calls - asked.sum()), int(asked.sum())


def outcomes(rng: np.random.Generator, *rates: float, cases: int = 200) -> Floats:
    return (rng.random((len(rates), cases)) < np.array(rates)[:, None]).astype(float)


def test_who_is_much_worse_stops_early_and_is_told_by_whom(rng: np.random.Generator) -> None:
    standings, calls = run(outcomes(rng, 0.9, 0.3, 0.88))
    worse = standings[1]
    assert (worse.end, worse.cases < 60) == ("surely_worse", True)
    assert worse.beaten_by in (0, 2)
    assert standings[0].end == "finished"
    assert calls < 3 * 200


def test_without_a_budget_equals_are_all_asked_everything(rng: np.random.Generator) -> None:
    same = np.tile(outcomes(rng, 0.7), (5, 1))
    standings, calls = run(same)
    assert {one.end for one in standings} == {"finished"}
    assert calls == same.size


@given(
    entrants=st.integers(2, 40), cases=st.integers(1, 300), share=st.floats(0.05, 1.5), seed=st.integers(0, 9)
)
def test_the_budget_is_never_passed_and_everyone_is_told_an_end(
    entrants: int, cases: int, share: float, seed: int
) -> None:
    right = outcomes(np.random.default_rng(seed), *np.linspace(0.4, 0.9, entrants), cases=cases)
    budget = int(share * right.size)
    standings, calls = run(right, budget)
    assert calls <= budget
    for standing in standings:
        assert standing.end != "finished" or standing.cases == cases
        assert standing.cases == 0 or standing.mean == pytest.approx(
            right[standings.index(standing), : standing.cases].mean()
        )


def test_the_first_of_equals_is_kept_where_only_some_can_go_on(rng: np.random.Generator) -> None:
    same = np.tile(outcomes(rng, 0.7), (6, 1))
    standings, _ = run(same, calls=0.4 * same.size)
    assert standings[0].end == "finished"
    assert standings[-1].end == "outranked"


def test_the_truly_best_is_called_surely_worse_in_at_most_alpha_of_races() -> None:
    rng, lost, runs = np.random.default_rng(3), 0, 1_000
    for _ in range(runs):
        standings, _ = run(outcomes(rng, *[0.7] * 6), alpha=0.2)
        lost += standings[0].end == "surely_worse"
    assert at_most(lost, runs, 0.2), lost / runs


def test_a_difference_that_is_there_is_mostly_found() -> None:
    rng, found, runs = np.random.default_rng(4), 0, 100
    for _ in range(runs):
        standings, _ = run(outcomes(rng, 0.85, *[0.6] * 5))
        found += all(one.end == "surely_worse" for one in standings[1:])
    assert at_least(found, runs, 0.8), "a test that never stops anyone would be of no use"


def test_a_fortune_grows_with_wins_only_and_takes_no_impossible_difference() -> None:
    wins, losses, none = log_fortunes(np.array([[1.0] * 10, [-1.0] * 10, [0.0] * 10]))
    assert wins == pytest.approx(math.log(2**11 / 11 - 1 / 11), rel=0.02)  # the integral of (1 + b)^10
    assert losses < 0
    assert none == 0
    with pytest.raises(ValueError, match=r"\[-1, 1\]"):
        log_fortunes(np.array([[1.5]]))


def test_the_race_chooses_about_as_well_as_the_grid_for_a_third_of_the_calls() -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "selection.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["met"], told


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(2)
