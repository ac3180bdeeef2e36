"""A thousand questions through a provider that fails in every way: each ends, none is lost, nothing leaks."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from clinic import answering, sql
from llm_server import Call, Does, Fails, Raw, Reaction

QUESTIONS = 1_000
CONCURRENCY = 64
DEADLINE_S = 30.0
MOST_CALLS = 1.85  # per question; 1 / (1 - 0.4) = 1.67 are expected
GOOD = sql("SELECT kind, sum(fee) AS fees FROM visits GROUP BY kind")
TYPED = {"model_busy", "model_unavailable", "model_too_slow", "model_output_invalid"}


class Storm:
    """20 % refusals, 10 % errors, 5 % hangs, 5 % unreadable; the rest is well."""

    def __init__(self) -> None:
        self._random = random.Random(11)
        self._lock = threading.Lock()

    def __call__(self, call: Call) -> Reaction:
        with self._lock:
            chance, kind = self._random.random(), self._random.random()
        if chance < 0.20:
            return Fails(429, headers={"retry-after": "0.05"} if kind < 0.5 else {})
        if chance < 0.30:
            return Fails(500)
        if chance < 0.35:
            return Does("hang")
        return Raw(b'{"choices": [{"mess') if chance < 0.40 else GOOD


def test_a_storm_loses_no_question(tmp_path: Path) -> None:
    limits = {"attempt_timeout_s": 1.5, "deadline_s": DEADLINE_S, "max_attempts": 8}
    with answering(tmp_path, "sql", Storm(), limits=limits, hyperparameters={"temperature": 0.4}) as (
        handler,
        server,
    ):
        took: dict[str, float] = {}

        def ask(number: int) -> str:
            started = time.monotonic()
            answer = handler.ask(f"fees by kind, number {number}")
            took[answer.question] = time.monotonic() - started
            return answer.error.code if answer.error else "answered"

        with ThreadPoolExecutor(CONCURRENCY) as threads:
            outcomes = Counter(threads.map(ask, range(QUESTIONS)))
        assert len(took) == QUESTIONS
        assert sum(outcomes.values()) == QUESTIONS
        assert outcomes.keys() <= {"answered"} | TYPED, outcomes
        assert outcomes["answered"] >= 0.98 * QUESTIONS
        assert max(took.values()) <= DEADLINE_S + 2
        assert len(server.calls) <= MOST_CALLS * QUESTIONS
        assert server.open_connections <= CONCURRENCY + 4
        handler.close()
        for _ in range(100):
            if server.open_connections == 0:
                break
            time.sleep(0.02)
        assert server.open_connections == 0
