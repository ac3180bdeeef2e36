"""How much slower than its model calls alone is an evaluation?

A model on loopback, in a process of its own, takes 200 ms for every answer: mostly the gold SQL, at a stated rate
another query. Four candidates ask it 420 questions each, 32 at the same time, and every answer gets the evaluator's
full work: guard, explain, execution on 51,290 rows, chart, comparison with the gold's rows, analysis of mistakes,
checkpoint. The ideal is calls x 200 ms / 32. The same calls with nothing done to the answers are the floor that
this machine's network and Python leave.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from datacraft.config import Settings
from datacraft.contracts.answer import Answer, Chart, ResultColumn, Timings
from datacraft.contracts.errors import DataCraftError
from datacraft.contracts.plan import QueryPlan
from datacraft.contracts.question_set import Case, QuestionSet
from datacraft.contracts.usage import Usage
from datacraft.evaluation.candidates import Candidate, Respondent, Workplace
from datacraft.evaluation.data import DataLoader, LoadedData
from datacraft.evaluation.evaluator import ModelEvaluator, RunOptions
from datacraft.evaluation.questions import load_question_set
from datacraft.evaluation.questions.proposing import propose_cases
from datacraft.serving.limits import Limits
from datacraft.serving.runner import PlanRunner
from datacraft.sql.guard import Guard
from datacraft.warehouse.sample import make_orders

CASES, CONCURRENCY, LATENCY_S = 420, 32, 0.2
WRONG_RATES = (0.0, 0.1, 0.3, 0.6)
OTHER_QUERY = "SELECT segment, count(*) AS n FROM orders_processed GROUP BY segment"
GOALS = {"times_the_ideal_max": 1.10, "memory_mb_max": 1_024}

SERVER = """
import asyncio, json, sys
answers, latency = json.load(open(sys.argv[1])), float(sys.argv[2])
async def serve(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\\r\\n\\r\\n")
            size = next(int(l.split(b":")[1]) for l in head.split(b"\\r\\n") if l.lower().startswith(b"content-length"))
            asked = json.loads(await reader.readexactly(size))
            await asyncio.sleep(latency)
            sql = answers[asked["model"]][asked["messages"][-1]["content"]]
            message = {"role": "assistant", "content": json.dumps({"sql": sql})}
            body = json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                               "usage": {"prompt_tokens": 900, "completion_tokens": 60}}).encode()
            writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[3]), backlog=256)
    print("ready", flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


@contextmanager
def model_server(answers: dict[str, dict[str, str]], folder: Path) -> Iterator[str]:
    """Run the model; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "answers.json").write_text(json.dumps(answers))
    command = [sys.executable, "-c", SERVER, str(folder / "answers.json"), str(LATENCY_S), str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


class Remote:
    """Asks the model for SQL, and runs it as the product does."""

    def __init__(self, url: str, model: str, data: LoadedData, workplace: Workplace) -> None:
        self._client = httpx.AsyncClient(
            base_url=url, limits=httpx.Limits(max_connections=CONCURRENCY), verify=False, trust_env=False
        )
        self._model = model
        self._data = data
        self._workplace = workplace
        tables = {table.name: [column.name for column in table.columns] for table in data.model.tables}
        self._guard = Guard(tables, row_limit=Limits().rows)

    async def ask(self, question: str, *, repeat: int) -> Answer:
        started = time.perf_counter()
        async with self._workplace.calls:
            sql = await self.sql(question)
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._workplace.executor, self._run, question, sql)
        answer.timings = Timings(total_ms=(time.perf_counter() - started) * 1_000)
        return answer

    async def sql(self, question: str) -> str:
        body = {"model": self._model, "messages": [{"role": "user", "content": question}]}
        reply = await self._client.post("/v1/chat/completions", json=body, timeout=30)
        return str(json.loads(reply.json()["choices"][0]["message"]["content"])["sql"])

    def _run(self, question: str, sql: str) -> Answer:
        answer = Answer(
            question_id="q", question=question, sql=sql, asked_at=dt.datetime.now(dt.UTC),
            usage=Usage(input_tokens=900, output_tokens=60, cost_usd=0.0004), chart=Chart(kind="table"),
        )  # fmt: skip
        try:
            query = self._guard.check(sql)
            self._data.warehouse.explain(query.sql)
            result = self._data.warehouse.execute(query.sql, timeout_s=30, max_rows=Limits().rows)
        except DataCraftError as error:
            answer.error = error.info()
            return answer
        answer.columns = [ResultColumn(name=c.name, label=c.name, type="other") for c in result.columns]
        answer.rows = result.rows
        return answer


def candidates(url: str) -> list[Candidate]:
    def one(name: str) -> Candidate:
        @contextmanager
        def opened(data: LoadedData, workplace: Workplace) -> Iterator[Respondent]:
            yield Remote(url, name, data, workplace)

        return Candidate(name, name, {"provider": "loopback", "model": name}, opened)

    return [one(f"model-{number}") for number in range(len(WRONG_RATES))]


def cases_of(data: LoadedData, count: int) -> QuestionSet:
    """Return the retail set's answerable cases, filled up with proposed ones."""
    runner = PlanRunner(data.warehouse, data.model, Limits())

    def sql_of(plan: QueryPlan) -> str:
        return runner.render(plan).expression.sql("duckdb")

    written = [case for case in load_question_set("retail").cases if case.gold]
    proposed = propose_cases(data.model, sql_of, count=count, seed=0)
    asked: dict[str, Case] = {case.question: case for case in (*proposed, *written)}
    return QuestionSet(name="throughput", version=1, cases=tuple(list(asked.values())[-count:]))


def answers_of(question_set: QuestionSet) -> dict[str, dict[str, str]]:
    def sql(case: Case, number: int, rate: float) -> str:
        return OTHER_QUERY if (number * 37 % 100) / 100 < rate else case.gold[0]

    return {
        f"model-{place}": {
            case.question: sql(case, number, rate) for number, case in enumerate(question_set.cases)
        }
        for place, rate in enumerate(WRONG_RATES)
    }


async def calls_alone(url: str, question_set: QuestionSet, data: LoadedData) -> float:
    """Return the seconds that the calls take with nothing done to the answers."""
    remotes = [Remote(url, f"model-{place}", data, None) for place in range(len(WRONG_RATES))]  # type: ignore[arg-type]
    free = asyncio.Semaphore(CONCURRENCY)

    async def one(remote: Remote, question: str) -> None:
        async with free:
            await remote.sql(question)

    started = time.perf_counter()
    await asyncio.gather(*(one(r, case.question) for case in question_set.cases for r in remotes))
    return time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=CASES)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data_file = make_orders(folder / "orders_processed.parquet")
        settings = Settings.model_validate({"data": {"paths": [data_file]}, "state_dir": folder / "state"})
        with DataLoader(settings).load() as data:
            question_set = cases_of(data, options.cases)
            calls = len(question_set.cases) * len(WRONG_RATES)
            ideal_s = calls * LATENCY_S / CONCURRENCY
            with model_server(answers_of(question_set), folder) as url:
                floor_s = asyncio.run(calls_alone(url, question_set, data))
                evaluator = ModelEvaluator(data, question_set, folder / "run")
                started = time.perf_counter()
                report, _ = evaluator.evaluate(
                    candidates(url), RunOptions(split=None, concurrency=CONCURRENCY)
                )
                took_s = time.perf_counter() - started
    memory_mb = psutil.Process().memory_info().rss / 1e6
    accuracies = [round(one.rates["accuracy"].value, 3) for one in report.candidates]
    figures = {
        "calls": calls, "ideal_s": round(ideal_s, 2), "calls_alone_s": round(floor_s, 2), "took_s": round(took_s, 2),
        "times_the_ideal": round(took_s / ideal_s, 3), "times_the_calls_alone": round(took_s / floor_s, 3),
        "accuracies": accuracies, "memory_mb": round(memory_mb),
    }  # fmt: skip
    met = figures["times_the_ideal"] <= GOALS["times_the_ideal_max"] and memory_mb <= GOALS["memory_mb_max"]
    print(json.dumps({"name": "eval_throughput", "figures": figures, "goals": GOALS, "met": met}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
