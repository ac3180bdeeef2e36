"""`QueryHandler`: the path of a question, from its text to an answer with SQL, rows, a chart and a sentence."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Literal

from datacraft.config.tracing import Trace, span
from datacraft.contracts.answer import Answer, Timings
from datacraft.contracts.errors import (
    DataCraftError,
    ErrorInfo,
    NotUnderstood,
    QueryFailed,
)
from datacraft.contracts.proposal import Proposal, Turn
from datacraft.contracts.semantic import SemanticModel
from datacraft.contracts.telemetry import CANCELLED, TelemetryRecord
from datacraft.engines import Engine, Stage
from datacraft.serving.answerers import Answerer
from datacraft.serving.copying import Copies
from datacraft.serving.limits import Limits
from datacraft.serving.patience import with_stages
from datacraft.serving.presenting import Presenter
from datacraft.serving.question import clean_question, displayable
from datacraft.serving.runner import PlanRunner
from datacraft.serving.sessions import Sessions
from datacraft.serving.telemetry import TelemetryWriter, WriterFigures
from datacraft.serving.trial import QuestionTrial
from datacraft.warehouse import ResultSet, Warehouse

if TYPE_CHECKING:
    from datacraft.registry import ServedModel

log = logging.getLogger(__name__)

Step = Literal["reading", "checking", "running", "drawing"] | Stage


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
        answerer_of: returns who answers while a release serves; by default `engine`, whatever it names.
        telemetry: gets one record per question.
        copies: gets each answer, for a shadow; see `Copies`.
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
        answerer_of: Callable[[ServedModel | None], Answerer] | None = None,
        telemetry: TelemetryWriter | None = None,
        copies: Copies | None = None,
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
        self._engine = engine
        self._served = served
        own = Answerer(engine, self.limits.minimum_confidence)
        self._answerer_of = answerer_of or (lambda _: own)
        self._telemetry = telemetry
        self._copies = copies
        self._resources = resources or ExitStack()
        self._clock = clock
        self._ids = ids
        self._runner = PlanRunner(warehouse, model, self.limits)
        self._presenter = Presenter(model, warehouse.dialect, self._runner, self.limits)

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
        trace = Trace("question")
        turns = self.sessions.turns(session) if self._copies is not None else ()
        try:
            yield from self._steps(question, answer, trace)
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
            _end(trace, answer, outcome)
        if answer.error is not None:
            answer.rows, answer.columns, answer.chart = [], [], None
        if self._copies is not None:
            self._copies.put(answer, turns)
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

    def telemetry_figures(self) -> WriterFigures | None:
        """Return what telemetry has written and lost; None where there is none."""
        return self._telemetry.figures() if self._telemetry is not None else None

    def close(self) -> None:
        """Let go of the data and write what telemetry waits; no question may be asked afterwards."""
        self._resources.close()

    def __enter__(self) -> QueryHandler:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _steps(self, question: str, answer: Answer, trace: Trace) -> Iterator[StepEvent]:
        event = partial(StepEvent, question_id=answer.question_id)
        yield event("reading")
        served = self.served()
        answer.release_id = served.release_id if served is not None else None
        answerer = self._answerer_of(served)
        engine = answerer.engine
        answer.model = engine.name
        trial = QuestionTrial(self._runner)
        answer.usage = trial.usage
        with _timed(answer.timings, "propose_ms"):
            cleaned = clean_question(question, max_characters=self.limits.question_characters)
            turns = self.sessions.turns(answer.session)
            if engine.patient:
                propose = partial(engine.propose, cleaned, turns, trial)
                proposal = yield from with_stages(propose, event, trace.part)
            else:
                with trace.part():
                    proposal = engine.propose(cleaned, turns, trial)
        self._take(proposal, answer, answerer.minimum_confidence)
        result = yield from self._rows(proposal, answer, trial, event, trace)
        yield event("drawing")
        with _timed(answer.timings, "present_ms"), trace.part(), span("chart"):
            self._presenter.present(proposal, result, answer)
        self.sessions.add(answer.session, Turn(question=cleaned, plan=proposal.plan, sql=answer.sql))

    def _take(self, proposal: Proposal, answer: Answer, minimum_confidence: float) -> None:
        """Put into the answer what the proposal says of itself."""
        answer.plan = proposal.plan
        answer.sql = proposal.sql
        answer.confidence, answer.reading = proposal.confidence, proposal.reading
        answer.notes = [*(proposal.plan.notes if proposal.plan else ()), *proposal.notes]
        answer.model, answer.strategy = proposal.answered_by or answer.model, proposal.strategy
        answer.repairs, answer.fallback = proposal.repairs, proposal.fallback
        sure = proposal.confidence
        if proposal.plan is not None and sure is not None and sure < minimum_confidence:
            raise NotUnderstood(
                "I am not sure enough that this is meant: "
                f"{self._presenter.explainer.describe(proposal.plan)}",
                hint="Ask it in other words; names of tables, columns and values help.",
            )

    def _rows(
        self,
        proposal: Proposal,
        answer: Answer,
        trial: QuestionTrial,
        event: Callable[[Step], StepEvent],
        trace: Trace,
    ) -> Generator[StepEvent, None, ResultSet]:
        """Run what is proposed, unless the engine has tried it already; return the rows."""
        draft = proposal.plan or proposal.sql or ""
        if trial.knows(draft):
            ran = trial.ran(draft)
            answer.sql = ran.sql
            if ran.result is None:
                raise ran.error or QueryFailed("The data could not be queried.")
            return ran.result
        yield event("checking")
        if proposal.plan is not None:
            with _timed(answer.timings, "render_ms"):
                rendered = self._runner.render(proposal.plan)
            answer.sql = rendered.sql
            with _timed(answer.timings, "guard_ms"), trace.part():
                query = self._runner.check(rendered)
        else:
            with _timed(answer.timings, "guard_ms"), trace.part():
                query, answer.sql = self._runner.check_sql(proposal.sql or "")
        yield event("running")
        with _timed(answer.timings, "execute_ms"), trace.part():
            return self._runner.run(query)

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
                chart=answer.chart.kind if answer.chart is not None else None,
                usage=answer.usage,
                confidence=answer.confidence,
                strategy=answer.strategy,
                repairs=answer.repairs,
                fallback=answer.fallback is not None,
                error=outcome,
            )
        )


def _end(trace: Trace, answer: Answer, outcome: str | None) -> None:
    trace.tracked.set(
        datacraft__question_id=answer.question_id,
        datacraft__release_id=answer.release_id,
        datacraft__model=answer.model,
        datacraft__strategy=answer.strategy,
        datacraft__repairs=answer.repairs,
        datacraft__fallback=answer.fallback is not None,
        datacraft__rows=len(answer.rows),
        gen_ai__usage__input_tokens=answer.usage.input_tokens,
        gen_ai__usage__output_tokens=answer.usage.output_tokens,
        datacraft__cost_usd=answer.usage.cost_usd,
    )
    if outcome is not None:
        trace.tracked.fail(outcome)
    trace.end()


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
