"""How long does `datacraft ask` take in a new process, on a profiled Parquet file of a million rows?

From starting the process to its end, the answer written; the median of several runs. Python's bytecode is made
before, as an installation does.
"""

from __future__ import annotations

import compileall
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import datacraft

RUNS = 15
GOAL_S = 1.5
COMMAND = [sys.executable, "-m", "datacraft.cli"]
QUESTIONS = ("total sales by region", "top 5 customers by profit in 2022", "profit margin by sub category")


def run(folder: Path, *arguments: str) -> float:
    """Run a command in the folder and return its seconds."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATACRAFT_")}
    started = time.perf_counter()
    done = subprocess.run(
        [*COMMAND, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - started
    if done.returncode != 0:
        sys.exit(f"{' '.join(arguments)}: {done.stderr}")
    return seconds


def main() -> int:
    compileall.compile_dir(str(Path(datacraft.__file__).parent), quiet=2)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(folder, "sample", "--rows", "1000000", "--out", "orders.parquet")
        profiling = run(folder, "profile", "--data", "orders.parquet")
        times = [
            run(folder, "ask", QUESTIONS[number % len(QUESTIONS)], "--data", "orders.parquet")
            for number in range(RUNS)
        ]
    figures = {
        "seconds_median": round(statistics.median(times), 3),
        "seconds_fastest": round(min(times), 3),
        "seconds_slowest": round(max(times), 3),
        "profile_seconds": round(profiling, 3),
        "load_average": round(os.getloadavg()[0], 2),
    }
    met = figures["seconds_median"] <= GOAL_S
    print(
        json.dumps({"name": "coldstart", "figures": figures, "goals": {"seconds_median": GOAL_S}, "met": met})
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
