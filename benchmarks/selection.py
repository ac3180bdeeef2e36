"""Does a race choose as well as asking every config every case, for a third of the calls?

Problems are made up, so that each config's true quality is known: its share of right answers over all cases there
could be. Three generators, 200 problems each, seeded:

- `smooth`: 27 configs on a 3 x 3 x 3 grid; quality falls off from an optimum, and cases are hard for all alike.
- `few_good`: 24 configs, most of them equal, one to three of them 2 to 8 points better.
- `alike`: 16 configs within 3 points of each other, each with cases of its own that it fails.

The grid chooses the config that is right most often on all cases; the race chooses with at most 35 % of those
calls. Regret is how far the chosen config's quality is below that of the best, in points of 100. How often the
truly best was stopped as surely worse is to be at most alpha.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest, norm

from datacraft.evaluation.tuning.racing import Rules, race

Floats = NDArray[np.float64]
Generator = Callable[[np.random.Generator], tuple[Floats, Floats]]
"""Returns the true quality of each config, and configs x cases: 1 where it is right."""

PROBLEMS, CASES, SHARE, ALPHA = 200, 240, 0.35, 0.05
GOALS = {"extra_regret_points_max": 0.5, "share_of_calls_max": SHARE, "best_called_worse_max": ALPHA}


def answered(
    rng: np.random.Generator, quality: Floats, shared: float, cases: int = CASES
) -> tuple[Floats, Floats]:
    """Draw which cases are right: a case's hardness is in part the same for every config (probit)."""
    hardness = rng.normal(size=cases) * np.sqrt(shared)
    own = rng.normal(size=(len(quality), cases)) * np.sqrt(1 - shared)
    return quality, (hardness + own < norm.ppf(quality)[:, None]).astype(np.float64)


def smooth(rng: np.random.Generator) -> tuple[Floats, Floats]:
    points = np.stack(np.meshgrid(*[np.array([0.0, 0.5, 1.0])] * 3), axis=-1).reshape(-1, 3)
    weights = rng.uniform(0.02, 0.25, size=3)
    fall = ((points - rng.uniform(0, 1, size=3)) ** 2 * weights).sum(axis=1)
    return answered(rng, rng.uniform(0.7, 0.92) - fall, shared=0.6)


def few_good(rng: np.random.Generator) -> tuple[Floats, Floats]:
    quality = np.full(24, rng.uniform(0.6, 0.85))
    good = rng.choice(24, size=rng.integers(1, 4), replace=False)
    quality[good] += rng.uniform(0.02, 0.08, size=len(good))
    return answered(rng, quality, shared=0.5)


def alike(rng: np.random.Generator) -> tuple[Floats, Floats]:
    return answered(rng, rng.uniform(0.7, 0.9) + rng.uniform(0, 0.03, size=16), shared=0.3)


GENERATORS: dict[str, Generator] = {"smooth": smooth, "few_good": few_good, "alike": alike}


def raced(right: Floats, share: float) -> tuple[int, int, list[str]]:
    """Return what a race chooses, how many calls it made and how each entrant ended."""
    entrants, cases = right.shape
    asked = np.zeros(entrants, dtype=int)
    budget = int(share * right.size)

    def ask(running: Sequence[int], count: int) -> Floats:
        asked[list(running)] = np.maximum(asked[list(running)], count)
        return right[list(running), :count]

    rules = Rules(cases, spread=1.0, alpha=ALPHA, rivals=entrants - 1)
    standings = race(entrants, rules, ask, lambda: budget - asked.sum())
    finished = [one for one, standing in enumerate(standings) if standing.end == "finished"]
    chosen = max(finished, key=lambda one: standings[one].mean)
    return chosen, int(asked.sum()), [standing.end for standing in standings]


def measure(generate: Generator, problems: int, seed: int) -> dict[str, float]:
    rng = np.random.default_rng(seed)
    extra, of_grid, of_race, shares, same, lost = [], [], [], [], 0, 0
    for _ in range(problems):
        quality, right = generate(rng)
        by_grid = int(right.mean(axis=1).argmax())
        by_race, calls, ends = raced(right, SHARE)
        regrets = 100 * (quality.max() - quality)
        of_grid.append(regrets[by_grid])
        of_race.append(regrets[by_race])
        extra.append(regrets[by_race] - regrets[by_grid])
        shares.append(calls / right.size)
        same += by_grid == by_race
        lost += ends[int(quality.argmax())] == "surely_worse"
    error = float(np.std(extra) / np.sqrt(problems))
    return {
        "regret_of_grid": round(float(np.mean(of_grid)), 3),
        "regret_of_race": round(float(np.mean(of_race)), 3),
        "extra_regret": round(float(np.mean(extra)), 3),
        "extra_regret_high": round(float(np.mean(extra)) + 1.96 * error, 3),
        "share_of_calls_max": round(max(shares), 4),
        "chose_as_the_grid": round(same / problems, 3),
        "best_called_worse": lost,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problems", type=int, default=PROBLEMS)
    problems = parser.parse_args().problems
    found = {
        name: measure(generate, problems, seed)
        for seed, (name, generate) in enumerate(GENERATORS.items(), start=1)
    }
    for name, figures in found.items():
        print(
            f"{name}: regret {figures['regret_of_race']} points, the grid's {figures['regret_of_grid']} "
            f"(difference {figures['extra_regret']}), with {figures['share_of_calls_max']:.0%} of its calls; "
            f"chose as the grid did in {figures['chose_as_the_grid']:.0%} of {problems} problems"
        )
    lost = int(sum(figures["best_called_worse"] for figures in found.values()))
    runs = problems * len(found)
    met = (
        all(
            figures["extra_regret"] <= GOALS["extra_regret_points_max"]
            and figures["share_of_calls_max"] <= GOALS["share_of_calls_max"]
            for figures in found.values()
        )
        and binomtest(lost, runs, ALPHA, alternative="greater").pvalue >= 0.01
    )
    figures = {"problems": problems, "best_called_worse": f"{lost} of {runs}", **found}
    print(json.dumps({"name": "selection", "figures": figures, "goals": GOALS, "met": bool(met)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
