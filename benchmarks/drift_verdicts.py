"""Are the verdicts right? 200 seeded cases whose truth is known, ours against scipy's two-sample tests and Evidently's.

Each case is one column, drawn twice. A quarter of the cases are equal, a quarter differ by next to nothing (a total
variation of 0.03 at most, which no answer suffers from), half differ by a total variation of 0.27 to 0.6. Baselines have
5,000 to 200,000 rows, current data 200 to 200,000. The usual rule is scipy's: Kolmogorov-Smirnov for numbers, chi-square
for categories, drift where p < 0.05. Where EVIDENTLY_PYTHON names a Python with Evidently (see `drift.py`), its data drift
preset judges the same columns as it does by default.

And 200 tables of 24 columns in which nothing changed: how often does any column raise an alarm?
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.stats import binomtest, chi2_contingency, ks_2samp

from datacraft.contracts.profile import DataProfile
from datacraft.profiles import profile_data
from datacraft.profiles.drift import compare_profiles

NOW = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
CASES, TABLES, TABLE_COLUMNS = 200, 200, 24
ALPHA = 0.01
GOALS = {"false_alarms_max": ALPHA, "detections_min": 0.95, "alarms_for_next_to_nothing_max": ALPHA}

EVIDENTLY = """
import json, pathlib, sys
import pandas
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset
verdicts = []
for old in sorted(pathlib.Path(sys.argv[1]).glob("*_old.parquet")):
    frames = [pandas.read_parquet(path) for path in (str(old).replace("_old", "_new"), old)]
    kind = "categorical_columns" if frames[0]["x"].dtype == object else "numerical_columns"
    sets = [Dataset.from_pandas(frame, data_definition=DataDefinition(**{kind: ["x"]})) for frame in frames]
    found = Report([DataDriftPreset()]).run(*sets).dict()["metrics"]
    verdicts.append(any(one["value"]["count"] > 0 for one in found if "DriftedColumnsCount" in one["metric_name"]))
print(json.dumps(verdicts))
"""

Draw = Callable[[np.random.Generator, int, float], np.ndarray]
"""Returns rows of data that differ from those of effect 0 by about this total variation."""


def normal(rng: np.random.Generator, rows: int, effect: float) -> np.ndarray:
    return rng.normal(2.507 * effect, 1, rows)  # total variation 2 Phi(shift / 2) - 1, near 0.4 shift


def skewed(rng: np.random.Generator, rows: int, effect: float) -> np.ndarray:
    return np.exp(normal(rng, rows, effect))


def mostly_zero(rng: np.random.Generator, rows: int, effect: float) -> np.ndarray:
    return np.where(rng.random(rows) < 0.65 - effect, 0.0, rng.gamma(2.0, 10.0, rows))


def grades(rng: np.random.Generator, rows: int, effect: float) -> np.ndarray:
    drawn = rng.choice(4, rows, p=[0.1, 0.2, 0.3, 0.4])
    return np.where(rng.random(rows) < effect / 0.9, 0, drawn).astype(float)


def kinds(rng: np.random.Generator, rows: int, effect: float) -> np.ndarray:
    drawn = rng.choice(4, rows, p=[0.62, 0.2, 0.1, 0.08])
    return np.array(["Consumer", "Corporate", "Home Office", "Public"])[
        np.where(rng.random(rows) < effect / 0.92, 3, drawn)
    ]


def many_kinds(rng: np.random.Generator, rows: int, effect: float) -> np.ndarray:
    weights = 1 / np.arange(1, 61)
    weights /= weights.sum()
    moved = rng.random(rows) < effect
    drawn = rng.choice(60, rows, p=weights)
    return np.array([f"city {number:02d}" for number in range(120)])[np.where(moved, drawn + 60, drawn)]


DRAWS: Mapping[str, Draw] = {
    "normal": normal, "skewed": skewed, "mostly_zero": mostly_zero, "grades": grades, "kinds": kinds,
    "many_kinds": many_kinds,
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One column, drawn twice, and what is true of it."""

    truth: str
    draw: str
    old: np.ndarray
    new: np.ndarray


def cases(seed: int = 1) -> list[Case]:
    rng = np.random.default_rng(seed)
    made = []
    for number in range(CASES):
        truth = ("same", "next_to_nothing", "drift", "drift")[number % 4]
        draw = list(DRAWS)[number // 4 % len(DRAWS)]
        effect = {"same": 0.0, "next_to_nothing": rng.uniform(0.01, 0.03), "drift": rng.uniform(0.27, 0.6)}[
            truth
        ]
        rows = [int(np.exp(rng.uniform(np.log(low), np.log(200_000)))) for low in (5_000, 200)]
        made.append(Case(truth, draw, DRAWS[draw](rng, rows[0], 0.0), DRAWS[draw](rng, rows[1], effect)))
    return made


def profiled(columns: Mapping[str, np.ndarray], like: DataProfile | None = None) -> DataProfile:
    with duckdb.connect() as connection:
        given = pa.table(dict(columns))  # noqa: F841 - DuckDB reads it
        connection.execute("CREATE TABLE data AS FROM given")
        return profile_data(connection, NOW, like=like)


def ours(case: Case) -> bool:
    baseline = profiled({"x": case.old})
    return compare_profiles(baseline, profiled({"x": case.new}, baseline), now=NOW, alpha=ALPHA).drifted


def scipys(case: Case) -> bool:
    if case.old.dtype.kind == "f":
        return bool(ks_2samp(case.old, case.new).pvalue < 0.05)
    names = np.unique(np.concatenate((case.old, case.new)))
    table = [[(side == name).sum() for name in names] for side in (case.old, case.new)]
    return bool(chi2_contingency(table).pvalue < 0.05)


def evidentlys(given: Sequence[Case], python: str) -> list[bool]:
    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(given):
            for side, values in (("old", case.old), ("new", case.new)):
                pq.write_table(pa.table({"x": values}), Path(folder) / f"{number:03}_{side}.parquet")
        done = subprocess.run([python, "-c", EVIDENTLY, folder], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{python}: {done.stderr}")
    return [bool(one) for one in json.loads(done.stdout.strip().splitlines()[-1])]


def table(rng: np.random.Generator, rows: int) -> dict[str, np.ndarray]:
    names = list(DRAWS)
    return {
        f"c{number}": DRAWS[names[number % len(names)]](rng, rows, 0.0) for number in range(TABLE_COLUMNS)
    }


def alarms_of_tables(tables: int, seed: int = 2) -> int:
    """Count the tables without any change in which some column is called drifted."""
    rng = np.random.default_rng(seed)
    baseline = profiled(table(rng, 20_000))
    return sum(
        compare_profiles(
            baseline, profiled(table(rng, int(rng.integers(200, 5_000))), baseline), now=NOW, alpha=ALPHA
        ).drifted
        for _ in range(tables)
    )


def within(count: int, of: int, most: float) -> bool:
    """Tell whether a rate may be at most so high: a one-sided 99 % binomial test does not reject it."""
    return of == 0 or binomtest(count, of, most, alternative="greater").pvalue >= 0.01


def verdicts(tables: int = TABLES) -> tuple[dict[str, object], bool]:
    """Return the figures and whether the goals are met."""
    figures: dict[str, object] = {}
    given = cases()
    judged = {"ours": [ours(case) for case in given], "scipys": [scipys(case) for case in given]}
    if python := os.environ.get("EVIDENTLY_PYTHON"):
        judged["evidentlys"] = evidentlys(given, python)
    counted = {name: {truth: [0, 0] for truth in ("same", "next_to_nothing", "drift")} for name in judged}
    for name, called in judged.items():
        for case, drifted in zip(given, called, strict=True):
            counted[name][case.truth][0] += drifted
            counted[name][case.truth][1] += 1
    figures |= {
        f"{name}_agrees_with_ours": f"{sum(one == other for one, other in zip(called, judged['ours'], strict=True))} of {CASES}"
        for name, called in judged.items()
        if name != "ours"
    }
    for name, found in counted.items():
        figures[name] = {truth: f"{alarms} of {of}" for truth, (alarms, of) in found.items()}
        print(
            f"{name}: called drift: "
            + ", ".join(f"{truth} {alarms} of {of}" for truth, (alarms, of) in found.items())
        )
    false_tables = alarms_of_tables(tables)
    figures["tables_of_24_columns_with_a_false_alarm"] = f"{false_tables} of {tables}"
    print(f"tables of {TABLE_COLUMNS} columns without change, with any alarm: {false_tables} of {tables}")
    mine = counted["ours"]
    met = (
        within(*mine["same"], GOALS["false_alarms_max"])
        and within(*mine["next_to_nothing"], GOALS["alarms_for_next_to_nothing_max"])
        and within(mine["drift"][1] - mine["drift"][0], mine["drift"][1], 1 - GOALS["detections_min"])
        and within(false_tables, tables, GOALS["false_alarms_max"])
    )
    return figures, bool(met)


def main() -> int:
    figures, met = verdicts()
    print(json.dumps({"name": "drift_verdicts", "figures": figures, "goals": GOALS, "met": met}))
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
