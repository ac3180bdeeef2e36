"""What does DataCraft add to a model's own time? 1,000 questions to a model on loopback that takes 50 ms.

The overhead of a question is its whole time less those 50 ms, at one question at a time; linking, prompting, the
client, the guard, the query and the answer are all in it. At 32 at a time the whole is set against the ideal.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from llm_server import LanguageModelServer, Says

from datacraft.config import load_settings
from datacraft.serving import QueryHandler, build_handler

QUESTIONS = 1_000
MODEL_S = 0.05
CONCURRENCY = 32
GOALS = {"p50_ms_max": 10.0, "p99_ms_max": 20.0}
REPLY = json.dumps(
    {"answerable": True, "reason": None, "assumptions": [], "chart": None, "sql": "SELECT 1 AS one"}
)


def serve() -> None:
    """Run the model in a process of its own, so that its work is not counted."""
    server = LanguageModelServer(lambda _: Says(REPLY, after_s=MODEL_S))
    print(server.openai_url, flush=True)
    sys.stdin.read()
    server.close()


@contextmanager
def handler(folder: Path, url: str) -> Iterator[QueryHandler]:
    config = {
        "provider": "openai", "model": "m", "base_url": url, "strategy": {"kind": "sql"},
        "hyperparameters": {"temperature": 0.5}, "prompt": "sql-1",
    }  # fmt: skip
    (folder / "m.json").write_text(json.dumps(config))
    (folder / "sales.csv").write_text("region,sales\nEast,1\nWest,2\n")
    settings = load_settings(
        environ={},
        arguments={
            "state_dir": folder / "state", "llm.answer_with": folder / "m.json", "llm.concurrency": CONCURRENCY,
            "data.semantic": folder / "semantic.yaml",
        },
    )  # fmt: skip
    with build_handler(settings, [folder / "sales.csv"]) as opened:
        yield opened


def timed(asked: QueryHandler, number: int) -> float:
    started = time.perf_counter()
    answer = asked.ask(f"what is one, number {number}?")
    assert answer.error is None, answer.error
    assert answer.usage.attempts == 1
    return (time.perf_counter() - started) * 1_000


def main() -> int:
    import subprocess

    model = subprocess.Popen(
        [sys.executable, __file__, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert model.stdout is not None
    url = model.stdout.readline().strip()
    with tempfile.TemporaryDirectory() as scratch, handler(Path(scratch), url) as asked:
        for number in range(20):
            timed(asked, -number)
        one = sorted(timed(asked, number) - MODEL_S * 1_000 for number in range(QUESTIONS))
        started = time.perf_counter()
        with ThreadPoolExecutor(CONCURRENCY) as threads:
            list(threads.map(lambda number: timed(asked, QUESTIONS + number), range(QUESTIONS)))
        together = time.perf_counter() - started
    model.communicate()
    ideal = QUESTIONS * MODEL_S / CONCURRENCY
    figures = {
        "questions": QUESTIONS,
        "p50_ms": round(statistics.median(one), 2),
        "p99_ms": round(one[int(0.99 * QUESTIONS)], 2),
        "at_32_s": round(together, 2),
        "at_32_ideal_s": round(ideal, 2),
        "at_32_ratio": round(together / ideal, 2),
    }
    met = figures["p50_ms"] <= GOALS["p50_ms_max"] and figures["p99_ms"] <= GOALS["p99_ms_max"]
    print(json.dumps({"name": "llm_overhead", "figures": figures, "goals": GOALS, "met": met}))
    return 0


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve()
    else:
        sys.exit(main())
