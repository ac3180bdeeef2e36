"""What does a question cost above DuckDB's own time for the same SQL, and how much memory do 10 million rows take?

For each of 50 questions, 20 times: `ask` is timed, and right after it the SQL of its answer, run and fetched on
a plain cursor of the same database. The difference is the overhead: reading the question, writing and checking
the SQL, limits, chart, sentence. The same over 50 tables of 20 columns. Memory is the highest resident size of a
new process that asks 10 million rows, once with loading and profiling them and once without.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from wide_schema import make_wide_database, wide_questions

from datacraft.config import Settings, load_settings
from datacraft.serving import QueryHandler, build_handler
from datacraft.warehouse import DuckDBWarehouse
from datacraft.warehouse.sample import make_orders

ROUNDS = 20
QUESTIONS = [line for line in Path(__file__).with_name("ask_questions.txt").read_text().splitlines() if line]
MEMORY_QUESTIONS = QUESTIONS[::5]
GOALS = {
    "overhead_median_ms": 15.0,
    "overhead_p99_ms": 60.0,
    "wide_overhead_median_ms": 15.0,
    "wide_overhead_p99_ms": 60.0,
    "memory_asking_mib": 2048.0,
    "memory_loading_mib": 2048.0,
}


def settings_in(folder: Path) -> Settings:
    return load_settings(
        environ={}, arguments={"state_dir": folder / "state", "data.semantic": folder / "semantic.yaml"}
    )


def overheads(handler: QueryHandler, questions: Sequence[str]) -> tuple[list[float], list[str]]:
    """Return every overhead in milliseconds, and the questions that were not answered."""
    warehouse = handler.warehouse
    assert isinstance(warehouse, DuckDBWarehouse)
    cursor = warehouse._connection.cursor()
    differences: list[float] = []
    unanswered: dict[str, None] = {}
    slowest: dict[str, float] = {}
    for _ in range(ROUNDS + 1):
        for question in questions:
            started = time.perf_counter()
            answer = handler.ask(question)
            asked = time.perf_counter()
            if answer.sql is None or answer.error is not None:
                unanswered[question] = None
                continue
            cursor.execute(answer.sql).fetchall()
            alone = time.perf_counter() - asked
            difference = (asked - started - alone) * 1000
            differences.append(difference)
            slowest[question] = max(slowest.get(question, 0), difference)
    for question in sorted(slowest, key=lambda text: -slowest[text])[:5]:
        print(f"    slowest: {slowest[question]:7.1f} ms  {question}")
    first_round = len(questions) - len(unanswered)
    return differences[first_round:], list(unanswered)


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def measure(name: str, data: Path, questions: Sequence[str], folder: Path) -> dict[str, float]:
    with build_handler(settings_in(folder), [data]) as handler:
        found, unanswered = overheads(handler, questions)
    for question in unanswered:
        print(f"    not answered: {question}")
    figures = {
        f"{name}overhead_median_ms": round(statistics.median(found), 2),
        f"{name}overhead_p99_ms": round(percentile(found, 0.99), 2),
        f"{name}answered": len(questions) - len(unanswered),
    }
    print(f"{name or 'retail '}: {figures}")
    return figures


def highest_resident_mib() -> float:
    """Return the highest resident size of this process, which no parent's counts into."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # bytes where there is no /proc


def ask_and_tell_memory(folder: Path) -> None:
    """Run in a process of its own: ask, and print the memory that it took."""
    with build_handler(settings_in(folder), [folder / "orders.parquet"]) as handler:
        for question in MEMORY_QUESTIONS:
            answer = handler.ask(question)
            assert answer.error is None or answer.error.code in {"not_understood", "ambiguous"}, answer.error
    print(highest_resident_mib())


def memory_figures(folder: Path) -> dict[str, float]:
    make_orders(folder / "orders.parquet", rows=10_000_000)
    figures = {}
    for what in ("loading", "asking"):
        command = [sys.executable, __file__, "--memory", str(folder)]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        figures[f"memory_{what}_mib"] = round(float(run.stdout.splitlines()[-1]), 1)
    print(f"memory: {figures}")
    return figures


def main() -> int:
    if sys.argv[1:2] == ["--memory"]:
        ask_and_tell_memory(Path(sys.argv[2]))
        return 0
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("retail", "wide", "large"):
            (folder / part).mkdir()
        make_orders(folder / "retail" / "orders.parquet", rows=1_000_000)
        figures |= measure("", folder / "retail" / "orders.parquet", QUESTIONS, folder / "retail")
        make_wide_database(folder / "wide" / "wide.duckdb")
        figures |= measure("wide_", folder / "wide" / "wide.duckdb", wide_questions(), folder / "wide")
        figures |= memory_figures(folder / "large")
    figures["load_average"] = round(os.getloadavg()[0], 2)
    met = all(figures[name] <= goal for name, goal in GOALS.items())
    print(json.dumps({"name": "ask", "figures": figures, "goals": GOALS, "met": met}))
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
