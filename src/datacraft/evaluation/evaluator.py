"""`ModelEvaluator`: candidates x cases x repeats, asked through the product's path, judged by their rows."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import math
import os
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from datacraft.contracts.answer import Answer
from datacraft.contracts.errors import InputError
from datacraft.contracts.evaluation import EvaluationReport, RunIdentity
from datacraft.contracts.judgement import CallRecord
from datacraft.contracts.policy import PerformanceWeights
from datacraft.contracts.question_set import Case, QuestionSet, Split
from datacraft.contracts.release import QuestionSetRef
from datacraft.engines.llm.examples import question_digest
from datacraft.evaluation.candidates import Candidate, Workplace
from datacraft.evaluation.data import LoadedData
from datacraft.evaluation.judging.verdict import Judge
from datacraft.evaluation.measuring.results import result_of
from datacraft.evaluation.running.budget import Budget
from datacraft.evaluation.running.calls import make_calls
from datacraft.evaluation.running.checkpoint import CallKey, Checkpoint
from datacraft.sql.values import canonical
from datacraft.warehouse import Warehouse

EVALUATOR_VERSION = 1
"""Raised whenever the same answers would be judged differently."""

_KEPT_ROWS = 20


@dataclass(frozen=True)
class RunOptions:
    """How a run is made.

    Attributes:
        split: the part of the set that is asked; None: all of it.
        repeats: how often each case is asked of candidates that can answer differently.
        concurrency: most calls of models at the same time; None: 8, or 1 where every candidate works on this
            machine. As many questions again may be in flight, whose answers are being run and judged.
        max_cost_usd: no call starts that may take the run beyond it.
        max_calls: of this start.
        max_seconds: of this start; calls in flight are still awaited.
        cases: ids; None: all of the split.
        only_failed: make those calls again that failed inside, and none that were not made.
        weights: of the performance score.
    """

    split: Split | None = "select"
    repeats: int = 1
    concurrency: int | None = None
    max_cost_usd: float | None = None
    max_calls: int | None = None
    max_seconds: float | None = None
    cases: frozenset[str] | None = None
    only_failed: bool = False
    weights: PerformanceWeights = field(default_factory=PerformanceWeights)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is.

    Attributes:
        done: calls of the plan that are finished, those of earlier starts included.
        planned: calls of the plan.
        cost_usd: of all finished ones.
    """

    done: int
    planned: int
    cost_usd: float


@dataclass(frozen=True, slots=True)
class _Call:
    candidate: Candidate
    case: Case
    repeat: int

    @property
    def key(self) -> CallKey:
        return (self.candidate.config_id, self.case.id, self.repeat)


class ModelEvaluator:
    """Evaluates candidates on a question set, in a folder from which a stopped run goes on.

    Args:
        data: that is asked about.
        question_set: the cases.
        folder: of the run's checkpoint.
        variants: further data sets with the same tables, on which right answers must be right too.
        commit: of the code or configuration, for the report.
        progress: called after every finished call.
        clock: returns the present in UTC.
    """

    def __init__(
        self,
        data: LoadedData,
        question_set: QuestionSet,
        folder: Path,
        *,
        variants: Sequence[Warehouse] = (),
        commit: str = "",
        progress: Callable[[Progress], None] = lambda _: None,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self._data = data
        self._set = question_set
        self._folder = folder
        self._judge = Judge(data.warehouse, variants)
        self._commit = commit
        self._progress = progress
        self._clock = clock
        self.identity = RunIdentity(
            question_set=f"{question_set.name} {question_set.version} {question_set.digest()}",
            data=data.content,
            evaluator=EVALUATOR_VERSION,
            variants=len(variants),
        )

    def evaluate(
        self, candidates: Sequence[Candidate], options: RunOptions = RunOptions()
    ) -> tuple[EvaluationReport, list[CallRecord]]:
        """Make the calls that are not made yet; return figures and calls of all of them.

        Ctrl-C stops it; whatever is finished is kept.

        Raises:
            InputError: there is nothing to run, or the budget is smaller than one round; `RunChanged` where
                the folder holds results that are not comparable; `RunInUse` where another process is at work.
            CheckpointError: the folder can't be written, or is damaged.
            DataCraftError: a gold can't be run.
        """
        plan = self._plan(candidates, options)
        records, stopped = self._made(candidates, plan, options)
        cases = self._cases(options)
        by_candidate: dict[str, list[CallRecord]] = {candidate.config_id: [] for candidate in candidates}
        for record in records:
            by_candidate[record.candidate].append(record)
        report = EvaluationReport(
            identity=self.identity,
            question_set=QuestionSetRef(
                name=self._set.name, version=str(self._set.version), size=len(self._set.cases)
            ),
            split=options.split,
            commit=self._commit,
            repeats=options.repeats,
            weights=options.weights,
            complete=len(records) == len(plan),
            stopped=stopped,
            planned_calls=len(plan),
            calls=len(records),
            cost_usd=sum(record.usage.cost_usd for record in records),
            created_at=self._clock(),
            candidates=[
                result_of(candidate, cases, by_candidate[candidate.config_id], options.weights)
                for candidate in candidates
            ],
        )
        return report, records

    def ask(
        self, candidates: Sequence[Candidate], options: RunOptions = RunOptions()
    ) -> tuple[list[CallRecord], str | None]:
        """Make the calls that are not made yet; return all of them, and why some are missing, without figures.

        Raises:
            DataCraftError: as `evaluate` does.
        """
        return self._made(candidates, self._plan(candidates, options), options)

    def _made(
        self, candidates: Sequence[Candidate], plan: Sequence[_Call], options: RunOptions
    ) -> tuple[list[CallRecord], str | None]:
        with Checkpoint(self._folder, self.identity) as checkpoint:
            stopped = _run_to_end(self._run(candidates, plan, options, checkpoint))
            wanted = {call.key for call in plan}
            return [record for key, record in checkpoint.records.items() if key in wanted], stopped

    def _cases(self, options: RunOptions) -> tuple[Case, ...]:
        cases = self._set.of(options.split)
        return cases if options.cases is None else tuple(case for case in cases if case.id in options.cases)

    def _plan(self, candidates: Sequence[Candidate], options: RunOptions) -> list[_Call]:
        """Return all calls, case by case, so that what is finished early compares all candidates."""
        cases = self._cases(options)
        if not candidates:
            raise InputError("There is no candidate to evaluate.", hint="Name at least one model config.")
        if len({candidate.config_id for candidate in candidates}) < len(candidates):
            raise InputError("The same model config is named twice.", hint="Leave one of them out.")
        if not cases:
            raise InputError(
                f"No case of {self._set.name} is in the part `{options.split}`.",
                hint="Add cases, or evaluate on another part; `datacraft questions stats` counts them.",
            )
        if options.max_calls is not None and options.max_calls < len(candidates):
            raise InputError(
                f"{options.max_calls} calls are less than one round: there are {len(candidates)} candidates.",
                hint="Allow more calls, or evaluate fewer candidates.",
            )
        return [
            _Call(candidate, case, repeat)
            for repeat in range(options.repeats)
            for case in cases
            for candidate in candidates
            if repeat == 0 or candidate.varies
        ]

    async def _run(
        self,
        candidates: Sequence[Candidate],
        plan: Sequence[_Call],
        options: RunOptions,
        checkpoint: Checkpoint,
    ) -> str | None:
        known = checkpoint.records
        waiting = [call for call in plan if _is_due(known.get(call.key), only_failed=options.only_failed)]
        finished = {call.key for call in plan if call.key in known}
        costs = [record.usage.cost_usd for record in known.values()]
        budget = Budget(
            options.max_cost_usd,
            options.max_calls,
            options.max_seconds,
            spent_usd=math.fsum(costs),
            dearest_usd=max(costs, default=0.0),
        )
        concurrency = options.concurrency or (1 if all(candidate.local for candidate in candidates) else 8)
        needed = {call.candidate.config_id for call in waiting}
        with ExitStack() as resources:
            # More would keep the loop, and so the models, waiting for the interpreter.
            threads = min(concurrency, os.cpu_count() or 1)
            executor = resources.enter_context(ThreadPoolExecutor(threads, thread_name_prefix="evaluate"))
            workplace = Workplace(
                executor, asyncio.Semaphore(concurrency), concurrency, withheld_by(self._set)
            )
            opened = {
                candidate.config_id: resources.enter_context(candidate.open(self._data, workplace))
                for candidate in candidates
                if candidate.config_id in needed
            }

            spent_usd = budget.spent_usd
            prepared: dict[str, asyncio.Future[None]] = {}

            async def make(call: _Call) -> float:
                nonlocal spent_usd
                if call.case.id not in prepared:  # once, while models think
                    loop = asyncio.get_running_loop()
                    prepared[call.case.id] = loop.run_in_executor(executor, self._judge.prepare, call.case)
                answer = await opened[call.candidate.config_id].ask(call.case.question, repeat=call.repeat)
                await prepared[call.case.id]
                record = await asyncio.get_running_loop().run_in_executor(
                    executor, self._record, call, answer
                )
                checkpoint.append(record)
                finished.add(call.key)
                # The budget hears of a call only once its task is waited for: others may have finished since.
                spent_usd += record.usage.cost_usd
                self._progress(Progress(len(finished), len(plan), spent_usd))
                return record.usage.cost_usd

            return await make_calls(waiting, make, budget, concurrency=2 * concurrency)

    def _record(self, call: _Call, answer: Answer) -> CallRecord:
        return CallRecord(
            candidate=call.candidate.config_id,
            case=call.case.id,
            repeat=call.repeat,
            sql=answer.sql,
            columns=tuple(column.name for column in answer.columns),
            rows=tuple(tuple(row) for row in answer.rows[:_KEPT_ROWS]),
            row_count=len(answer.rows),
            result=None if answer.error else digest_of_rows(answer),
            chart=answer.chart.kind if answer.chart else None,
            explanation=answer.explanation,
            error=answer.error,
            confidence=answer.confidence,
            latency_ms=answer.timings.total_ms,
            usage=answer.usage,
            judgement=self._judge.judge(call.case, answer),
            at=self._clock(),
        )


def withheld_by(question_set: QuestionSet) -> frozenset[str]:
    """Return the ids and digests of a set's questions: a model that is judged by them may not see them."""
    ids = {case.id for case in question_set.cases}
    return frozenset(ids | {question_digest(case.question) for case in question_set.cases})


def _is_due(known: CallRecord | None, *, only_failed: bool) -> bool:
    if only_failed:
        return known is not None and known.judgement.outcome == "failed"
    return known is None


def digest_of_rows(answer: Answer) -> str:
    """Return a digest of an answer's rows; neither their order nor that of the columns counts."""
    rows = sorted(repr(sorted(_rounded(value) for value in row)) for row in answer.rows)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]


def _rounded(value: object) -> str:
    found = canonical(value)
    return f"{found:.6g}" if isinstance(found, float) else repr(found)


def _run_to_end(work: Coroutine[Any, Any, str | None]) -> str | None:
    """Run a coroutine, also where a loop runs already, as it does in notebooks: then on a thread of its own."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
