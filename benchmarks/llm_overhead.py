"""What does DataCraft add to a model's own time? 1,000 questions to a model on loopback that takes 50 ms.

The call is what the official client takes for a request of that size, measured in turns with the questions, so that
a slow machine slows both. What is ours is the rest of a question's time, at one question at a time: linking,
prompting, limits and budgets, the guard, the query and the answer. Beside it stands all that is above the model's own
50 ms, the client's part included. At 32 at a time the whole is set against the ideal.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from llm_server import LanguageModelServer, Says

from datacraft.config import load_settings
from datacraft.serving import QueryHandler, build_handler

QUESTIONS = 1_000
MODEL_S = 0.05
CONCURRENCY = 32
GOALS = {"ours_p50_ms_max": 10.0, "ours_p99_ms_max": 20.0}
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
    started = perf_counter()
    answer = asked.ask(f"what is one, number {number}?")
    assert answer.error is None, answer.error
    assert answer.usage.attempts == 1
    return (perf_counter() - started) * 1_000


def client_alone(url: str) -> Callable[[], float]:
    """Return a call of the official client alone, which returns its time in ms."""
    from openai import OpenAI

    from datacraft.engines.llm.output import SqlReply, schema_of

    client = OpenAI(base_url=url, api_key="none")
    schema: Any = {"type": "json_schema", "json_schema": {"name": "query", "schema": schema_of(SqlReply)}}

    def call() -> float:
        started = perf_counter()
        client.chat.completions.create(
            model="m",
            messages=[{"role": "system", "content": "s" * 2_000}, {"role": "user", "content": "u" * 500}],
            temperature=0.5,
            response_format=schema,
        )
        return (perf_counter() - started) * 1_000

    return call


def main() -> int:
    model = subprocess.Popen(
        [sys.executable, __file__, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert model.stdout is not None
    url = model.stdout.readline().strip()
    with tempfile.TemporaryDirectory() as scratch, handler(Path(scratch), url) as asked:
        call = client_alone(url)
        for number in range(20):
            timed(asked, -number)
            call()
        whole, alone = [], []
        for number in range(QUESTIONS):
            whole.append(timed(asked, number))
            alone.append(call())
        started = perf_counter()
        with ThreadPoolExecutor(CONCURRENCY) as threads:
            list(threads.map(lambda number: timed(asked, QUESTIONS + number), range(QUESTIONS)))
        together = perf_counter() - started
    model.communicate()
    called = statistics.median(alone)
    whole.sort()
    ideal = QUESTIONS * MODEL_S / CONCURRENCY
    figures = {
        "questions": QUESTIONS,
        "ours_p50_ms": round(statistics.median(whole) - called, 2),
        "ours_p99_ms": round(whole[int(0.99 * QUESTIONS)] - called, 2),
        "client_p50_ms": round(called - MODEL_S * 1_000, 2),
        "client_p99_ms": round(sorted(alone)[int(0.99 * QUESTIONS)] - MODEL_S * 1_000, 2),
        "above_the_model_p50_ms": round(statistics.median(whole) - MODEL_S * 1_000, 2),
        "at_32_s": round(together, 2),
        "at_32_ideal_s": round(ideal, 2),
        "at_32_ratio": round(together / ideal, 2),
    }
    met = all(figures[goal.removesuffix("_max")] <= most for goal, most in GOALS.items())
    print(json.dumps({"name": "llm_overhead", "figures": figures, "goals": GOALS, "met": met}))
    return 0


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve()
    else:
        sys.exit(main())
