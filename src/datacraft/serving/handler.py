"""`QueryHandler`: the path of a question, from its text to an answer with SQL, rows, a chart and a sentence."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Literal

from datacraft.contracts.answer import Answer, Timings
from datacraft.contracts.errors import (
    DataCraftError,
    ErrorInfo,
    NotUnderstood,
)
from datacraft.contracts.plan import QueryPlan
from datacraft.contracts.proposal import Proposal, Turn
from datacraft.contracts.semantic import SemanticModel
from datacraft.contracts.telemetry import TelemetryRecord
from datacraft.engines import Engine
from datacraft.serving.charts import VisualizationEngine
from datacraft.serving.emptiness import EmptyResult, is_empty
from datacraft.serving.explain import Explainer, headline
from datacraft.serving.limits import Limits
from datacraft.serving.outputs import output_facts, result_columns
from datacraft.serving.question import clean_question, displayable
from datacraft.serving.runner import PlanRunner, cautions
from datacraft.serving.sessions import Sessions
from datacraft.serving.telemetry import TelemetryWriter
from datacraft.warehouse import ResultSet, Warehouse

if TYPE_CHECKING:
    from datacraft.registry import ServedModel

log = logging.getLogger(__name__)

Step = Literal["reading", "checking", "running", "drawing"]
_LEAST_S = 0.05  # a query is never given less time than this
CANCELLED = "cancelled"  # in telemetry only: whoever asked did not wait


@dataclass(frozen=True, slots=True)
class StepEvent:
    """A step of the path has begun."""

    step: Step
    question_id: str


class QueryHandler:
    """Answers questions about one data set. Safe to use from several threads.

    Args:
        engine: reads questions.
        warehouse: holds the data.
        model: what the data means; only its tables and columns can be asked about.
        served: returns which release answers; None where no registry is used.
        telemetry: gets one record per question.
        sessions: where follow-ups find what was asked before.
        limits: for each question.
        resources: what `close` lets go of.
        clock: returns the present in UTC.
        ids: returns a new question id.
    """

    def __init__(
        self,
        engine: Engine,
        warehouse: Warehouse,
        model: SemanticModel,
        *,
        served: Callable[[], ServedModel] | None = None,
        telemetry: TelemetryWriter | None = None,
        sessions: Sessions | None = None,
        limits: Limits | None = None,
        resources: ExitStack | None = None,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
        ids: Callable[[], str] = lambda: uuid.uuid4().hex,
    ) -> None:
        self.model = model
        self.warehouse = warehouse
        self.sessions = sessions or Sessions()
        self.limits = limits or Limits()
        self.explainer = Explainer(model)
        self._engine = engine
        self._served = served
        self._telemetry = telemetry
        self._resources = resources or ExitStack()
        self._clock = clock
        self._ids = ids
        self._runner = PlanRunner(warehouse, model, self.limits)
        self._charts = VisualizationEngine(model)

    def ask(self, question: str, session: str | None = None) -> Answer:
        """Answer a question; whatever goes wrong is in the answer's `error`, never an exception.

        Args:
            question: in plain words.
            session: id of the conversation that it belongs to; without one it stands alone.
        """
        *_, answer = self.stream(question, session)
        assert isinstance(answer, Answer)  # `stream` ends with it
        return answer

    def stream(self, question: str, session: str | None = None) -> Iterator[StepEvent | Answer]:
        """Answer a question step by step: an event as each step begins, and the answer last."""
        started = perf_counter()
        answer = Answer(
            question_id=self._ids(),
            session=session,
            question=displayable(question, self.limits.question_characters),
            model=self._engine.name,
            asked_at=self._clock(),
        )
        outcome: str | None = CANCELLED
        try:
            yield from self._steps(question, answer)
            outcome = None
        except DataCraftError as error:
            answer.error = error.info()
            outcome = error.code
        except Exception:  # the edge of a question: logged with its id, told calmly
            log.exception("question %s failed inside", answer.question_id)
            answer.error = _internal_error(answer.question_id)
            outcome = answer.error.code
        finally:
            answer.timings.total_ms = _ms_since(started)
            self._record(answer, outcome)
        if answer.error is not None:
            answer.rows, answer.columns, answer.chart = [], [], None
        yield answer

    def feedback(
        self,
        question_id: str,
        thumb: Literal["up", "down"],
        *,
        comment: str | None = None,
        session: str | None = None,
    ) -> None:
        """Record what a person thinks of an answer."""
        if self._telemetry is not None:
            self._telemetry.put(
                TelemetryRecord(
                    kind="feedback",
                    at=self._clock(),
                    question_id=question_id,
                    session=session,
                    feedback=thumb,
                    comment=comment,
                )
            )

    def served(self) -> ServedModel | None:
        """Return which release answers, with its warnings; None where no registry is used."""
        return self._served() if self._served is not None else None

    def close(self) -> None:
        """Let go of the data and write what telemetry waits; no question may be asked afterwards."""
        self._resources.close()

    def __enter__(self) -> QueryHandler:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _steps(self, question: str, answer: Answer) -> Iterator[StepEvent]:
        event = partial(StepEvent, question_id=answer.question_id)
        yield event("reading")
        served = self.served()
        answer.release_id = served.release_id if served is not None else None
        with _timed(answer.timings, "propose_ms"):
            cleaned = clean_question(question, max_characters=self.limits.question_characters)
            proposal = self._engine.propose(cleaned, self.sessions.turns(answer.session))
        plan = answer.plan = proposal.plan
        answer.confidence, answer.reading = proposal.confidence, proposal.reading
        answer.notes = list(plan.notes)
        self._check_confidence(proposal)
        yield event("checking")
        with _timed(answer.timings, "render_ms"):
            rendered = self._runner.render(plan)
        answer.sql = rendered.sql
        with _timed(answer.timings, "guard_ms"):
            query = self._runner.check(rendered)
        yield event("running")
        with _timed(answer.timings, "execute_ms"):
            result = self._runner.run(query)
        yield event("drawing")
        with _timed(answer.timings, "present_ms"):
            self._present(proposal, result, answer)
        self.sessions.add(answer.session, Turn(question=cleaned, plan=plan))

    def _check_confidence(self, proposal: Proposal) -> None:
        if proposal.confidence < self.limits.minimum_confidence:
            raise NotUnderstood(
                f"I am not sure enough that this is meant: {self.explainer.describe(proposal.plan)}",
                hint="Ask it in other words; names of tables, columns and values help.",
            )

    def _present(self, proposal: Proposal, result: ResultSet, answer: Answer) -> None:
        plan = proposal.plan
        facts = output_facts(plan, self.model)
        answer.columns = result_columns(facts, result.columns)
        answer.rows = result.rows
        answer.truncated = result.truncated
        answer.usage.estimated_bytes = result.estimated_bytes
        if result.truncated:
            answer.notes.append(f"Only the first {len(result.rows):,} rows are shown.")
        answer.notes += cautions(answer.sql or "", result)
        told = "no rows"
        if is_empty(result.rows):
            answer.explanation = f"{self.explainer.describe(plan)} {self._why_empty(plan)}"
        else:
            told = headline(plan, facts, result.rows, truncated=result.truncated)
            answer.explanation = self.explainer.sentence(plan, told)
        answer.chart = self._charts.choose(
            plan, answer.columns, result.rows, proposal.chart, truncated=result.truncated, told=told
        )

    def _why_empty(self, plan: QueryPlan) -> str:
        deadline = perf_counter() + self.limits.empty_time_s

        def count(counting: QueryPlan) -> int:
            return self._runner.count(counting, timeout_s=max(deadline - perf_counter(), _LEAST_S))

        result = EmptyResult(
            explainer=self.explainer,
            model=self.model,
            count=count,
            time_left=lambda: perf_counter() < deadline,
            queries=self.limits.empty_queries,
        )
        return result.explain(plan)

    def _record(self, answer: Answer, outcome: str | None) -> None:
        if self._telemetry is None:
            return
        self._telemetry.put(
            TelemetryRecord(
                at=answer.asked_at,
                question_id=answer.question_id,
                session=answer.session,
                question=answer.question,
                release_id=answer.release_id,
                model=answer.model,
                sql=answer.sql,
                timings=answer.timings,
                rows=len(answer.rows),
                usage=answer.usage,
                confidence=answer.confidence,
                error=outcome,
            )
        )


def _internal_error(question_id: str) -> ErrorInfo:
    return ErrorInfo(
        code="internal",
        message="Something went wrong inside while this question was answered.",
        hint=f"Try again. If it stays so, report the question's id: {question_id}.",
    )


@contextmanager
def _timed(timings: Timings, step: str) -> Iterator[None]:
    """Set `timings.<step>` to the milliseconds that the block takes, also where it fails."""
    started = perf_counter()
    try:
        yield
    finally:
        setattr(timings, step, _ms_since(started))


def _ms_since(started: float) -> float:
    return (perf_counter() - started) * 1_000
