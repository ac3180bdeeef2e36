"""A candidate that knows the golds, and is right, wrong, silent or broken at stated rates. For tests alone."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from datacraft.contracts.answer import Answer, Chart, ResultColumn, Timings
from datacraft.contracts.errors import ErrorInfo
from datacraft.contracts.question_set import QuestionSet
from datacraft.contracts.usage import Usage
from datacraft.evaluation.candidates import Candidate, Respondent, Workplace
from datacraft.evaluation.data import LoadedData
from datacraft.evaluation.questions.gold import run_gold

WRONG = "SELECT 42 AS answer"


@dataclass
class Simulator:
    """How a simulated candidate behaves; what is left of 1 after the rates is answered wrongly.

    `answers` says for a case what happens, whatever the rates: `right`, `wrong`, `refused` or `failed`.
    """

    name: str
    right: float = 1.0
    refused: float = 0.0
    failed: float = 0.0
    seed: int = 0
    latency_ms: float = 5.0
    sleep_s: float = 0.0
    cost_usd: float = 0.0
    varies: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)
    log: Path | None = None
    asked: list[tuple[str, int]] = field(default_factory=list)
    most_at_once: int = 0
    _running: int = 0

    def candidate(self, question_set: QuestionSet) -> Candidate:
        """Return it as a candidate for this set."""

        @contextmanager
        def opened(data: LoadedData, workplace: Workplace) -> Iterator[Respondent]:
            yield _Respondent(self, question_set, data, workplace)

        config = {"provider": "simulator", "model": self.name}
        digest = hashlib.sha256(self.name.encode()).hexdigest()[:12]
        return Candidate(self.name, digest, config, opened, varies=self.varies)

    def what(self, case_id: str, repeat: int) -> str:
        if case_id in self.answers:
            return self.answers[case_id]
        draw = Random(f"{self.seed} {case_id} {repeat if self.varies else 0}").random()
        for name, rate in (("right", self.right), ("refused", self.refused), ("failed", self.failed)):
            if draw < rate:
                return name
            draw -= rate
        return "wrong"


class _Respondent:
    def __init__(
        self, simulator: Simulator, question_set: QuestionSet, data: LoadedData, workplace: Workplace
    ) -> None:
        self._simulator = simulator
        self._cases = {case.question: case for case in question_set.cases}
        self._data = data
        self._workplace = workplace

    async def ask(self, question: str, *, repeat: int) -> Answer:
        case, simulator = self._cases[question], self._simulator
        simulator.asked.append((case.id, repeat))
        if simulator.log is not None:
            with simulator.log.open("a") as log:
                log.write(f"{simulator.name} {case.id} {repeat} {os.getpid()}\n")
        async with self._workplace.calls:
            simulator._running += 1
            simulator.most_at_once = max(simulator.most_at_once, simulator._running)
            try:
                await asyncio.sleep(simulator.sleep_s)
            finally:
                simulator._running -= 1
        return self._answer(case.id, question, case.gold, simulator.what(case.id, repeat))

    def _answer(self, case_id: str, question: str, golds: tuple[str, ...], what: str) -> Answer:
        answer = Answer(
            question_id=case_id,
            question=question,
            asked_at=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
            timings=Timings(total_ms=self._simulator.latency_ms),
            usage=Usage(input_tokens=100, output_tokens=10, cost_usd=self._simulator.cost_usd),
        )
        if what == "refused" or (what == "right" and not golds):
            answer.error = ErrorInfo(code="not_understood", message="I can't tell.")
        elif what == "failed":
            answer.error = ErrorInfo(code="provider_down", message="The provider is away.")
        else:
            answer.sql = golds[0] if what == "right" else WRONG
            table = run_gold(answer.sql, self._data.warehouse)
            answer.columns = [ResultColumn(name=name, label=name, type="other") for name in table.columns]
            answer.rows = [list(row) for row in table.rows]  # type: ignore[arg-type]
            answer.chart = Chart(kind="table")
        return answer
