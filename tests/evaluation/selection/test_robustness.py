"""How far the weights can move: the greedy answer is the linear programme's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import linprog

from datacraft.evaluation.selection.robustness import weights_margin

PARTS = ("performance", "bias", "speed", "reliability")
WEIGHTS = dict(zip(PARTS, (0.5, 0.3, 0.1, 0.1), strict=True))
scores = st.lists(st.floats(0, 100), min_size=4, max_size=4)


def test_a_rival_who_is_faster_wins_once_enough_weight_is_on_speed() -> None:
    winner = dict(zip(PARTS, (80.0, 90.0, 50.0, 100.0), strict=True))
    rival = dict(zip(PARTS, (70.0, 90.0, 90.0, 100.0), strict=True))
    found = weights_margin(WEIGHTS, winner, {"rival": rival})
    assert found is not None
    assert (found.rival, found.to) == ("rival", "speed")
    assert found.moved == pytest.approx(1 / 50)  # the lead is 5 - 4; each weight moved gains 10 + 40


def test_no_shift_helps_a_rival_who_is_nowhere_ahead() -> None:
    winner = dict.fromkeys(PARTS, 80.0)
    assert weights_margin(WEIGHTS, winner, {"rival": dict.fromkeys(PARTS, 70.0)}) is None
    assert weights_margin(WEIGHTS, winner, {}) is None


@given(scores, scores)
def test_the_margin_is_the_linear_programme_s(mine: list[float], theirs: list[float]) -> None:
    weights, gaps = np.array(list(WEIGHTS.values())), np.array(mine) - np.array(theirs)
    if weights @ gaps < 0:
        mine, theirs, gaps = theirs, mine, -gaps
    assume(gaps.min() >= 0 or gaps.min() < -1e-3)
    found = weights_margin(
        WEIGHTS, dict(zip(PARTS, mine, strict=True)), {"r": dict(zip(PARTS, theirs, strict=True))}
    )
    # New weights w - out + in >= 0 with sum(in) = sum(out), a lead of at most 0, and the least sum(out).
    programme = linprog(
        c=[1] * 4 + [0] * 4,
        A_ub=[[*-gaps, *gaps]],
        b_ub=[-float(weights @ gaps)],
        A_eq=[[1] * 4 + [-1] * 4],
        b_eq=[0],
        bounds=[(0, weight) for weight in weights] + [(0, None)] * 4,
    )
    if gaps.min() >= 0:
        assert found is None, "who is ahead in nothing is never ahead"
    else:
        assert found is not None
        assert programme.success
        assert found.moved == pytest.approx(programme.fun, abs=1e-6)
