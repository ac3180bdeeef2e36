"""Does the canary's test see a worse version soon, and leave an equal one alone?

Sessions are drawn for both arms and judged by the default plan, with its share of alpha and its minimum sample:

- power: 95 % against 85 %, single requests within 300 per arm, sessions of 1 to 20 within 800.
- A/A: equal versions, looked at after every session up to 10,000 requests per arm; with bases of 80 to 99.5 %,
  sessions whose requests depend on each other, sizes that tell of success, and rates that drift or swing.
- swapped arms: a canary that is better by 10 points is never rolled back.
- curves: bases of 80 to 95 %, differences of 2 to 10 points, beside the fixed-sample test at the same size (two
  proportions, one-sided, same alpha; it may look once only).

In A/A an alarm is any that rolls back: of the success rate, or of the error rate (half of what is not answered).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import sys
import time
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from datacraft.contracts.canary import CanaryPlan
from datacraft.delivery.canary.betting import Pairs, log_fortunes, pair

Floats = NDArray[np.float64]

RUNS, LONG, CHUNK = 1_000, 10_000, 50
PLAN = CanaryPlan(candidate="new", baseline="old", started_at=dt.datetime(2025, 1, 1, tzinfo=dt.UTC))
ERROR_ALPHA = next(one.alpha for one in PLAN.guardrails if one.metric == "error")
GOALS = {
    "single_95_85_within_300_min": 0.90,
    "sessions_95_85_within_800_min": 0.95,
    "equal_called_different_max": 0.05,
}


@dataclass(frozen=True)
class World:
    """How sessions come about.

    `within` is the correlation of a session's requests; `drift` is added to the rate from the first session to the
    last; `swing` turns the correlation on in every second tenth of the sessions, so that the variance rises and
    falls; `telling`: long sessions succeed less.
    """

    single: bool = False
    within: float = 0.0
    drift: float = 0.0
    swing: bool = False
    telling: float = 0.0

    def draw(self, rng: np.random.Generator, rate: float, runs: int, requests: int) -> tuple[Floats, Floats]:
        """Return runs x sessions: requests of each session, and how many of them were answered."""
        if self.single:
            sizes = np.ones((runs, requests), dtype=np.int64)
        else:
            sizes = rng.integers(1, 21, (runs, math.ceil(requests / 10.5 * 1.25)))
        course = np.linspace(0, 1, sizes.shape[1])
        rates = np.clip(rate + self.drift * course - self.telling * (sizes - 10.5) / 10, 0.001, 0.999)
        if self.within:
            spread = 1 / self.within - 1
            own = rng.beta(rates * spread, (1 - rates) * spread)
            loose = np.floor(course * 10) % 2 == 0 if self.swing else np.zeros(len(course), dtype=bool)
            rates = np.where(loose, rates, own)
        return sizes.astype(np.float64), rng.binomial(sizes, rates).astype(np.float64)


def alarms(n: Floats, m: Floats, pairs: Pairs, alpha: float, requests: int) -> Floats:
    """Return after how many requests of the larger arm each run raised its alarm; infinity: not within `requests`."""
    length = pairs.differences.shape[1]
    seen = np.cumsum(n[:, :length], axis=1), np.cumsum(m[:, :length], axis=1)
    allowed = (np.minimum(*seen) >= PLAN.min_requests) & (np.maximum(*seen) <= requests)
    peaks = np.maximum.accumulate(log_fortunes(pairs, PLAN.bets, side="above"), axis=1)
    found = (peaks >= -math.log(alpha)) & allowed
    first = found.argmax(axis=1)
    return np.where(found.any(axis=1), np.maximum(*seen)[np.arange(len(n)), first], np.inf)


def rolled_back(
    world: World, baseline: float, canary: float, requests: int, seed: int, *, errors: bool = False
) -> Floats:
    """Return after how many requests each of `RUNS` canaries was rolled back; infinity: it was not."""
    found = []
    for chunk in range(0, RUNS, CHUNK):
        rng = np.random.default_rng([seed, chunk])
        runs = min(CHUNK, RUNS - chunk)
        n, own = world.draw(rng, baseline, runs, requests)
        m, other = world.draw(rng, canary, runs, requests)
        first = alarms(
            n, m, pair((n, n - own), (m, m - other), PLAN.correlation), PLAN.primary_alpha, requests
        )
        if errors:
            fails, others = (rng.binomial(x.astype(int), 0.5).astype(float) for x in (n - own, m - other))
            pairs = pair((n, fails), (m, others), PLAN.correlation)
            first = np.minimum(first, alarms(n, m, pairs, ERROR_ALPHA, requests))
        found.append(first)
    return np.concatenate(found)


def fixed_power(baseline: float, canary: float, requests: int, alpha: float) -> float:
    """Return the power of the one-sided test of two proportions of a size that was fixed beforehand."""
    middle = (baseline + canary) / 2
    null = math.sqrt(2 * middle * (1 - middle) / requests)
    error = math.sqrt((baseline * (1 - baseline) + canary * (1 - canary)) / requests)
    normal = NormalDist()
    return normal.cdf((baseline - canary + normal.inv_cdf(alpha) * null) / error)


def interval(count: int, runs: int) -> list[float]:
    found = binomtest(count, runs).proportion_ci(0.99, method="wilson")
    return [round(found.low, 4), round(found.high, 4)]


def rate_of(first: Floats, within: int) -> dict[str, object]:
    count = int((first <= within).sum())
    return {
        "rate": count / len(first),
        "count": count,
        "runs": len(first),
        "interval_99": interval(count, len(first)),
    }


EQUAL = {
    "single 95 %": (World(single=True), 0.95),
    "single 80 %": (World(single=True), 0.80),
    "sparse errors: single 99.5 %": (World(single=True), 0.995),
    "sessions 95 %": (World(within=0.05), 0.95),
    "sessions 85 %, strongly dependent": (World(within=0.4), 0.85),
    "sparse errors: sessions 99 %, all or nothing": (World(within=0.8), 0.99),
    "rising variance": (World(within=0.5, swing=True), 0.90),
    "both arms fall from 97 to 77 %": (World(within=0.1, drift=-0.20), 0.97),
    "long sessions succeed less": (World(within=0.1, telling=0.08), 0.88),
}


def power_figures() -> dict[str, dict[str, object]]:
    found = {"single": rate_of(rolled_back(World(single=True), 0.95, 0.85, 300, 1), 300)}
    for within in (0.0, 0.05, 0.1, 0.2):
        first = rolled_back(World(within=within), 0.95, 0.85, 800, 2)
        found[f"sessions, correlation {within:g}"] = rate_of(first, 800)
    return found


def curve_figures() -> list[dict[str, float | None]]:
    rows = []
    for base in (0.80, 0.85, 0.90, 0.95):
        for points in (2, 5, 10):
            worse = base - points / 100
            first = rolled_back(World(single=True), base, worse, 3_000, 3)
            row: dict[str, float | None] = {"base": base, "points": float(points)}
            for size in (300, 800, 3_000):
                row[f"sequential_{size}"] = float((first <= size).mean())
                row[f"fixed_{size}"] = round(fixed_power(base, worse, size, PLAN.primary_alpha), 3)
            median = float(np.median(first))
            rows.append({**row, "median_requests": median if math.isfinite(median) else None})
    return rows


def main() -> int:
    global RUNS
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    RUNS = parser.parse_args().runs
    started = time.perf_counter()
    power = power_figures()
    for name, row in power.items():
        print(f"95 -> 85 %, {name}: rolled back in {row['rate']:.1%} ({row['count']} of {row['runs']})")
    swapped = rate_of(rolled_back(World(within=0.05), 0.85, 0.95, 3_000, 2, errors=True), 3_000)
    print(f"85 -> 95 % (arms swapped): rolled back in {swapped['rate']:.1%}")
    equal = {}
    for seed, (name, (world, base)) in enumerate(EQUAL.items(), start=10):
        equal[name] = rate_of(rolled_back(world, base, base, LONG, seed, errors=True), LONG)
        print(f"A/A, {name}: called different in {equal[name]['rate']:.1%} within {LONG:,} requests per arm")
    curves = curve_figures()
    print(
        "base  worse by   within 300 (fixed test)   within 800 (fixed)   within 3,000 (fixed)   median requests"
    )
    for row in curves:
        cells = "   ".join(
            f"{row[f'sequential_{n}']:6.1%} ({row[f'fixed_{n}']:.1%})" for n in (300, 800, 3_000)
        )
        print(
            f"{row['base']:.0%}   {row['points']:4.0f}       {cells}   {row['median_requests'] or '> 3,000'}"
        )

    def reaches(row: dict[str, object], bound: float) -> bool:
        return bool(binomtest(row["count"], row["runs"], bound, alternative="less").pvalue >= 0.01)  # type: ignore[arg-type]

    def stays_below(row: dict[str, object], bound: float) -> bool:
        return bool(binomtest(row["count"], row["runs"], bound, alternative="greater").pvalue >= 0.01)  # type: ignore[arg-type]

    met = (
        reaches(power["single"], GOALS["single_95_85_within_300_min"])
        and reaches(power["sessions, correlation 0.05"], GOALS["sessions_95_85_within_800_min"])
        and all(stays_below(row, GOALS["equal_called_different_max"]) for row in [*equal.values(), swapped])
    )
    figures = {
        "power": power,
        "swapped": swapped,
        "equal": equal,
        "curves": curves,
        "seconds": round(time.perf_counter() - started, 1),
    }
    print(json.dumps({"name": "canary_sim", "figures": figures, "goals": GOALS, "met": met}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
