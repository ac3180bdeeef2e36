"""Does linking find the tables that a question needs, among 300 tables of 15 columns, and how fast?

Recall is the share of questions whose tables are all among the 10 proposed: of questions generated from what the
data means, and of hand-written ones that were held back while the linker was made (`held.txt`). Latency is that of
one question, after each was linked once.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import sqlglot
from linking_data.database import make_database, read_questions
from sqlglot import exp

from datacraft.config import load_settings
from datacraft.engines.linking import SchemaLinker
from datacraft.evaluation.questions.proposing import propose_cases
from datacraft.serving.assembly import open_warehouse
from datacraft.serving.limits import Limits
from datacraft.serving.meaning import load_meaning
from datacraft.serving.runner import PlanRunner

GENERATED = 600
GOALS = {"held_recall_percent_min": 95.0, "generated_recall_percent_min": 98.0, "p99_ms_max": 50.0}

Question = tuple[str, list[str]]


def recall(linker: SchemaLinker, questions: Sequence[Question]) -> float:
    """Return the percentage of questions of which every table is proposed."""
    found = sum(
        {table.name for table in linker.link(question).tables}.issuperset(gold)
        for question, gold in questions
    )
    return round(100 * found / len(questions), 1)


def latencies_ms(linker: SchemaLinker, questions: Sequence[Question]) -> list[float]:
    """Return the time of each question, sorted."""
    times = []
    for question, _ in questions:
        started = time.perf_counter()
        linker.link(question)
        times.append((time.perf_counter() - started) * 1_000)
    return sorted(times)


def main() -> int:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        make_database(folder / "conglomerate.sqlite")
        settings = load_settings(environ={}, arguments={"state_dir": folder / "state"})
        started = time.perf_counter()
        warehouse = open_warehouse(settings, [folder / "conglomerate.sqlite"], folder / "cache")
        meaning = load_meaning(warehouse, semantic=None, cache_dir=folder / "cache")
        print(f"loaded and understood in {time.perf_counter() - started:.0f} s", flush=True)
        with closing(warehouse), closing(meaning.values):
            runner = PlanRunner(warehouse, meaning.model, Limits())
            cases = propose_cases(
                meaning.model, lambda plan: runner.render(plan).sql, count=GENERATED, seed=11
            )
            generated = [
                (
                    case.question,
                    sorted(
                        {t.name for t in sqlglot.parse_one(case.gold[0], read="duckdb").find_all(exp.Table)}
                    ),
                )
                for case in cases
            ]
            started = time.perf_counter()
            linker = SchemaLinker(meaning.model, meaning.values)
            index_ms = (time.perf_counter() - started) * 1_000
            dev, held = read_questions("dev"), read_questions("held")
            every = [*dev, *held, *generated]
            latencies_ms(linker, every)
            times = latencies_ms(linker, every)
            figures = {
                "dev": len(dev), "dev_recall_percent": recall(linker, dev),
                "held": len(held), "held_recall_percent": recall(linker, held),
                "generated": len(generated), "generated_recall_percent": recall(linker, generated),
                "index_ms": round(index_ms),
                "median_ms": round(times[len(times) // 2], 2), "p99_ms": round(times[int(0.99 * len(times))], 2),
            }  # fmt: skip
    met = (
        figures["held_recall_percent"] >= GOALS["held_recall_percent_min"]
        and figures["generated_recall_percent"] >= GOALS["generated_recall_percent_min"]
        and figures["p99_ms"] <= GOALS["p99_ms_max"]
    )
    print(json.dumps({"name": "schema_linking", "figures": figures, "goals": GOALS, "met": met}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
