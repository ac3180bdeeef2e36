"""How long does it take to profile 24 columns and compare them with a baseline, at 100,000 to 10 million rows?

The floor is what DuckDB alone needs for a bare histogram of each column, in the same run: the bounds and twenty equal
bins of numbers, the thirty most frequent values of everything else. Ours profiles like a baseline (frequent values, bins,
distinct values, sketches, the hash of the content) and compares. Data are the product's own
sample, 24 columns, in a DuckDB file; the baseline is half of its orders.

EVIDENTLY_PYTHON names a Python with Evidently 0.7 (`pip install 'evidently==0.7.23' 'pandas<3' 'numpy<2.3'
'plotly<6' pyarrow`), which then runs its data drift preset on the same rows, up to a million, in a process of its own. It is
told that texts are categories: taken for texts, 100,000 rows kept it busy for twelve minutes.

Verdicts are measured by `drift_verdicts.py`, which runs here too unless --no-verdicts is given.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
from drift_verdicts import GOALS as VERDICT_GOALS
from drift_verdicts import verdicts

from datacraft.contracts.profile import DataProfile
from datacraft.profiles import profile_data
from datacraft.profiles.drift import compare_profiles
from datacraft.warehouse.sample import make_orders

SIZES = (100_000, 1_000_000, 10_000_000)
RUNS = 3
GOALS = {
    "times_the_floor_at_10m_max": 2.0,
    "memory_mib_max": 1024,
    "times_faster_than_evidently_at_1m_min": 100,
}
NUMBERS = {"BIGINT", "DOUBLE"}
EVIDENTLY = """
import json, sys, time
import pandas
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset
old, new = (pandas.read_parquet(path) for path in sys.argv[1:3])
dates = [name for name in old.columns if name.endswith("date")]
texts = [name for name in old.columns if old[name].dtype == object and name not in dates]
for frame in (old, new):
    for name in dates:
        frame[name] = pandas.to_datetime(frame[name])
numbers = [name for name in old.columns if name not in dates + texts]
definition = DataDefinition(numerical_columns=numbers, categorical_columns=texts, datetime_columns=dates)
sets = [Dataset.from_pandas(frame, data_definition=definition) for frame in (new, old)]
started = time.perf_counter()
Report([DataDriftPreset()]).run(*sets)
seconds = time.perf_counter() - started
peak = open("/proc/self/status").read().split("VmHWM:")[1].split()[0]
print(json.dumps([seconds, int(peak) / 1024]))
"""


def floor(connection: duckdb.DuckDBPyConnection) -> None:
    """Count a bare histogram of every column."""
    columns = [(row[0], row[1]) for row in connection.execute("DESCRIBE orders").fetchall()]
    numbers = [name for name, kind in columns if kind in NUMBERS]
    bounds = connection.execute(
        f"SELECT {', '.join(f'min({n}), max({n})' for n in numbers)} FROM orders"
    ).fetchone()
    parts = []
    for place, name in enumerate(numbers):
        low, high = bounds[2 * place], bounds[2 * place + 1]
        edges = ", ".join(f"{low + (high - low) * step / 20!r}::DOUBLE" for step in range(1, 21))
        parts.append(f"histogram({name}::DOUBLE, [{edges}])")
    connection.execute(f"SELECT {', '.join(parts)} FROM orders").fetchall()
    for name, kind in columns:
        if kind not in NUMBERS:
            connection.execute(
                f"SELECT {name}, count(*) FROM orders GROUP BY 1 ORDER BY 2 DESC LIMIT 30"
            ).fetchall()


def work(database: str, baseline: str) -> None:
    """Measure in a process of its own: the floor and ours in turn, then the memory; print them."""
    connection = duckdb.connect(database, read_only=True)
    old = DataProfile.model_validate_json(Path(baseline).read_text())

    def whole() -> None:
        compare_profiles(old, profile_data(connection, like=old))

    floor(connection)  # the file is in memory from here on, for both
    memory_of_floor = peak_mib()
    whole()
    taken: dict[str, list[float]] = {"floor": [], "ours": []}
    for _ in range(RUNS):
        taken["floor"].append(timed(lambda: floor(connection)))
        taken["ours"].append(timed(whole))
    print(json.dumps({**taken, "memory": peak_mib(), "memory_of_floor": memory_of_floor}))


def peak_mib() -> float:
    """Return the most memory that this process had; what `getrusage` says may be its parent's."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def timed(run: Callable[[], None]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def made(folder: Path, rows: int) -> tuple[Path, Path]:
    """Make a shop's orders, and of half of them the baseline."""
    halves = folder / f"old{rows}.parquet", folder / f"new{rows}.parquet"
    make_orders(halves[1], rows=rows, seed=7)
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * FROM '{halves[1]}' WHERE hash(order_id) % 2 = 0) TO '{halves[0]}' (FORMAT parquet)"
        )
    return halves


def measure(folder: Path, rows: int, evidently: str | None) -> dict[str, float]:
    old, new = made(folder, rows)
    baseline, database = folder / f"{rows}.json", folder / f"{rows}.duckdb"
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE orders AS FROM '{old}'")
        baseline.write_text(profile_data(connection).model_dump_json())
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"CREATE TABLE orders AS FROM '{new}'")
    found = json.loads(output([sys.executable, __file__, "--work", str(database), str(baseline)]))
    floor_s, ours_s = statistics.median(found["floor"]), statistics.median(found["ours"])
    figures = {
        "floor_s": round(floor_s, 3),
        "ours_s": round(ours_s, 3),
        "times_the_floor": round(ours_s / floor_s, 2),
        "memory_mib": round(found["memory"]),
        "memory_of_floor_mib": round(found["memory_of_floor"]),
        "profile_kib": round(baseline.stat().st_size / 1024),
    }
    if evidently and rows <= 1_000_000:
        seconds, memory = json.loads(output([evidently, "-c", EVIDENTLY, str(old), str(new)]))
        figures |= {"evidently_s": round(seconds, 2), "evidently_mib": round(memory)}
        figures["times_faster_than_evidently"] = round(seconds / ours_s, 1)
    for path in (old, new, database):
        path.unlink()
    print(f"{rows:,} rows: " + ", ".join(f"{name} {value:,}" for name, value in figures.items()), flush=True)
    return figures


def output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{command[0]}: {done.stderr}")
    return done.stdout.strip().splitlines()[-1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--rows", type=int, action="append", help="only these sizes")
    parser.add_argument("--no-verdicts", action="store_true")
    given = parser.parse_args()
    if given.work:
        work(*given.work)
        return 0
    evidently = os.environ.get("EVIDENTLY_PYTHON")
    with tempfile.TemporaryDirectory() as folder:
        sizes = {rows: measure(Path(folder), rows, evidently) for rows in given.rows or SIZES}
    figures: dict[str, object] = {f"{rows}": found for rows, found in sizes.items()}
    met = all(found["memory_mib"] < GOALS["memory_mib_max"] for found in sizes.values())
    if largest := sizes.get(10_000_000):
        met = met and largest["times_the_floor"] <= GOALS["times_the_floor_at_10m_max"]
    faster = sizes.get(1_000_000, {}).get("times_faster_than_evidently")
    if faster is not None:
        met = met and faster >= GOALS["times_faster_than_evidently_at_1m_min"]
    goals: dict[str, float] = dict(GOALS)
    if not given.no_verdicts:
        judged, right = verdicts()
        figures["verdicts"], met = judged, met and right
        goals |= VERDICT_GOALS
    figures["load_average"] = round(os.getloadavg()[0], 2)
    print(json.dumps({"name": "drift", "figures": figures, "goals": goals, "met": met}))
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
