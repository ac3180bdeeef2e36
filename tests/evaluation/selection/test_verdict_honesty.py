"""Equal candidates are called different in at most 5 % of simulated selections, whatever makes them noisy."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from made import evidence

from datacraft.contracts.policy import PerformanceWeights, SelectionPolicy
from datacraft.evaluation.selection import Evidence
from datacraft.evaluation.selection.comparing import compared
from datacraft.evaluation.selection.scores import Scorer

sys.path.append(str(Path(__file__).parents[1] / "statistics"))

from simulated import at_least, at_most

RUNS = 1_000
POLICY = SelectionPolicy(latency_budget_s=0.1)
SCORER = Scorer(POLICY, PerformanceWeights())


def drawn(name: str, rng: np.random.Generator, n: int, hardness: np.ndarray, skill: float) -> Evidence:
    """Return a candidate of this skill: harder cases are harder for everyone, latencies have a long tail."""
    right = (rng.random(n) < np.clip(skill - hardness, 0.02, 0.98)).astype(float)
    return evidence(
        name,
        right,
        wrong=(rng.random(n) < 0.4).astype(float),
        reliable=(rng.random(n) < 0.97).astype(float),
        latency_ms=rng.lognormal(np.log(80), 0.7, size=n),
        probes=rng.choice([0.0, 100.0], p=[0.85, 0.15], size=40),
    )


def any_called_different(candidates: list[Evidence], rng: np.random.Generator) -> bool:
    composites = [np.zeros(2) for _ in candidates]  # intervals are not what is looked at here
    found = compared(candidates, composites, SCORER, rng, alpha=POLICY.alpha, swaps=399)
    return any(one.distinguishable for one in found)


def simulate(skills: tuple[float, ...], runs: int, n: int) -> int:
    rng = np.random.default_rng(7)
    different = 0
    for _ in range(runs):
        hardness = rng.uniform(-0.2, 0.3, size=n)
        candidates = [drawn(f"c{i}", rng, n, hardness, skill) for i, skill in enumerate(skills)]
        different += any_called_different(candidates, rng)
    return different


def test_equal_candidates_are_called_different_in_at_most_five_percent() -> None:
    different = simulate((0.8, 0.8, 0.8), RUNS, n=100)
    assert at_most(different, RUNS, 0.05), different / RUNS


def test_a_candidate_that_is_much_better_is_mostly_found() -> None:
    found = simulate((0.6, 0.9), 100, n=100)
    assert at_least(found, 100, 0.9), "a test that never calls anyone different would be of no use"
