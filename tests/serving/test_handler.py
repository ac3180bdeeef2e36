"""The path of a question, over real data, with an engine that knows its questions by heart."""

from __future__ import annotations

import datetime as dt
import itertools
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from shop import ScriptedEngine, col, group, month, plan_of, total

from datacraft.contracts.answer import Answer
from datacraft.contracts.errors import AmbiguousQuestion, LimitExceeded, QueryFailed, RegistryError
from datacraft.contracts.plan import ColumnRef, Comparison, Constant, Output, Predicate, QueryPlan, TimeRange
from datacraft.contracts.proposal import Proposal
from datacraft.contracts.semantic import SemanticModel
from datacraft.serving.handler import QueryHandler, StepEvent
from datacraft.serving.limits import Limits
from datacraft.serving.telemetry import TelemetryWriter, read_records
from datacraft.warehouse import DuckDBWarehouse, ResultSet

NOW = dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
BY_REGION = plan_of(group("region"), total(), notes=("Sales are before tax.",))
ELSEWHERE = plan_of(Output(name="x", expression=ColumnRef(table="orders", column="gone")))


def is_(column: str, value: object) -> Predicate:
    return Comparison(left=col(column), operator="=", right=Constant(value=value))  # type: ignore[arg-type]


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine(
        {
            "sales by region": Proposal(plan=BY_REGION, confidence=0.8, chart="line"),
            "and by month?": plan_of(month(), total()),
            "sales": AmbiguousQuestion(
                "Which sales?", hint="Pick one.", choices=["total sales", "average sales"]
            ),
            "gone": ELSEWHERE,
            "boom": RuntimeError("secret detail"),
            "all orders": plan_of(group("order_id"), group("sales")),
        }
    )


@pytest.fixture
def handler(engine: ScriptedEngine, warehouse: DuckDBWarehouse, model: SemanticModel) -> QueryHandler:
    ids = (f"q{number}" for number in itertools.count(1))
    return QueryHandler(engine, warehouse, model, clock=lambda: NOW, ids=lambda: next(ids))


def test_an_answer_has_sql_rows_a_chart_a_sentence_and_says_how_it_came_about(handler: QueryHandler) -> None:
    answer = handler.ask("  sales   by region ", "s1")
    assert answer.error is None
    assert (answer.question_id, answer.session, answer.asked_at) == ("q1", "s1", NOW)
    assert sorted(answer.rows) == [["East", 1410.5], ["North", 1533.3], ["West", 339.95]]
    assert [(c.name, c.role, c.unit) for c in answer.columns] == [
        ("region", "dimension", None),
        ("total_sales", "measure", "USD"),
    ]
    assert answer.sql is not None
    assert "orders" in answer.sql
    assert answer.chart is not None
    assert answer.chart.kind == "line"
    assert answer.explanation == (
        "Total sales by region: 3 regions; the highest is North with $1,533 and the lowest is West with $339.95. "
        "Sales are before tax."
    )
    assert answer.notes == ["Sales are before tax."]
    assert (answer.confidence, answer.model, answer.plan) == (0.8, "scripted", BY_REGION)
    assert answer.timings.total_ms >= answer.timings.execute_ms > 0
    assert Answer.model_validate_json(answer.model_dump_json()) == answer


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("", "bad_input"),
        ("why " * 1_000, "bad_input"),
        ("\x00", "bad_input"),
        ("select * from orders", "refused"),
        ("sales", "ambiguous"),
        ("gone", "query_failed"),
    ],
)
def test_what_can_not_be_answered_comes_back_as_an_error_and_no_rows(
    handler: QueryHandler, question: str, code: str
) -> None:
    answer = handler.ask(question)
    assert answer.error is not None
    assert answer.error.code == code
    assert answer.error.hint
    assert (answer.rows, answer.columns, answer.chart) == ([], [], None)
    assert len(answer.question) <= 2_001


def test_an_ambiguous_question_comes_back_with_choices(handler: QueryHandler) -> None:
    error = handler.ask("sales").error
    assert error is not None
    assert error.choices == ["total sales", "average sales"]


def test_a_fault_inside_is_told_calmly_and_logged_with_the_questions_id(
    handler: QueryHandler, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        error = handler.ask("boom").error
    assert error is not None
    assert error.code == "internal"
    assert "secret" not in error.model_dump_json()
    assert "q1" in (error.hint or "")
    assert "q1" in caplog.text
    assert "secret detail" in caplog.text


def test_a_reading_that_is_not_sure_enough_is_shown_to_the_person_instead_of_rows(
    engine: ScriptedEngine, warehouse: DuckDBWarehouse, model: SemanticModel
) -> None:
    handler = QueryHandler(engine, warehouse, model, limits=Limits(minimum_confidence=0.85))
    error = handler.ask("sales by region").error
    assert error is not None
    assert error.code == "not_understood"
    assert "Total sales by region" in error.message
    assert handler.ask("and by month?").error is None


class Broken:
    """A warehouse that checks every query and then fails to run it."""

    dialect = "duckdb"

    def __init__(self, real: DuckDBWarehouse, error: Exception) -> None:
        self._error = error
        self.tables, self.explain, self.close = real.tables, real.explain, real.close

    def execute(self, sql: str, *, timeout_s: float, max_rows: int) -> ResultSet:
        raise self._error


@pytest.mark.parametrize(
    "error", [QueryFailed("Disk on fire."), LimitExceeded("The query was stopped after 30 seconds.")]
)
def test_a_query_that_fails_is_told_with_the_sql_that_was_tried(
    engine: ScriptedEngine,
    warehouse: DuckDBWarehouse,
    model: SemanticModel,
    error: QueryFailed | LimitExceeded,
) -> None:
    answer = QueryHandler(engine, Broken(warehouse, error), model).ask("sales by region", "s")
    assert answer.error is not None
    assert answer.error.code == error.code
    assert error.message in answer.error.message
    assert answer.error.hint
    assert answer.sql
    assert answer.plan == BY_REGION


def test_more_rows_than_allowed_are_cut_and_that_is_said(
    engine: ScriptedEngine, warehouse: DuckDBWarehouse, model: SemanticModel
) -> None:
    answer = QueryHandler(engine, warehouse, model, limits=Limits(rows=3)).ask("all orders")
    assert answer.truncated
    assert len(answer.rows) == 3
    assert "Only the first 3 rows are shown." in answer.notes


def test_the_steps_are_told_as_they_begin_and_the_answer_comes_last(handler: QueryHandler) -> None:
    *events, answer = handler.stream("sales by region")
    assert [e.step for e in events if isinstance(e, StepEvent)] == [
        "reading",
        "checking",
        "running",
        "drawing",
    ]
    assert isinstance(answer, Answer)
    *events, answer = handler.stream("sales")
    assert [e.step for e in events if isinstance(e, StepEvent)] == ["reading"]
    assert isinstance(answer, Answer)
    assert answer.error is not None


def test_a_follow_up_sees_the_answered_questions_of_its_own_session_only(
    handler: QueryHandler, engine: ScriptedEngine
) -> None:
    handler.ask("sales by region", "one")
    handler.ask("sales", "one")  # not answered: leaves no turn
    handler.ask("and by month?", "two")
    handler.ask("and by month?", "one")
    handler.ask("and by month?")
    seen = [[turn.question for turn in history] for _, history in engine.asked]
    assert seen == [[], ["sales by region"], [], ["sales by region"], []]


def test_many_people_at_once_never_see_each_others_turns(
    handler: QueryHandler, engine: ScriptedEngine
) -> None:
    def talk(session: str) -> None:
        for _ in range(3):
            handler.ask("sales by region" if session < "s4" else "and by month?", session)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(talk, [f"s{i}" for i in range(8)]))
    for question, history in engine.asked:
        assert {turn.question for turn in history} <= {question}


EMPTY = {
    "one": ([is_("category", "Toys")], "Nothing matches category is Toys."),
    "period": (
        [TimeRange(left=col("order_date"), start=dt.date(2030, 1, 1), end=dt.date(2031, 1, 1), label="2030"), is_("region", "East")],
        "Nothing matches order date is in 2030. The data goes from 2022-01-15 to 2023-12-31. The other filters match 3 rows.",
    ),
    "together": (
        [is_("region", "East"), is_("category", "Supplies")],
        "Nothing matches region is East and category is Supplies together: without “region is East” there would "
        "be 2 rows or without “category is Supplies” there would be 3 rows.",
    ),
    "both": (
        [is_("region", "South"), is_("category", "Toys")],
        "Nothing matches region is South, and the other filters leave nothing either.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", EMPTY)
@pytest.mark.parametrize("outputs", [(total(),), (group("region"), total()), (group("order_id"),)])
def test_an_empty_result_names_the_filter_that_emptied_it(
    warehouse: DuckDBWarehouse, model: SemanticModel, case: str, outputs: tuple[Output, ...]
) -> None:
    filters, said = EMPTY[case]
    handler = QueryHandler(ScriptedEngine({"ask": plan_of(*outputs, filters=filters)}), warehouse, model)
    answer = handler.ask("ask")
    assert answer.error is None
    assert answer.explanation.endswith(said)


def test_a_threshold_that_no_group_passes_is_named(warehouse: DuckDBWarehouse, model: SemanticModel) -> None:
    having = (Comparison(left=total().expression, operator=">", right=Constant(value=1e6)),)
    filtered = plan_of(group("region"), total(), filters=[is_("region", "East")], having=having)
    engine = ScriptedEngine({"all": plan_of(group("region"), total(), having=having), "east": filtered})
    handler = QueryHandler(engine, warehouse, model)
    assert handler.ask("all").explanation.endswith("For no group total sales is above $1,000,000.")
    assert handler.ask("east").explanation.endswith(
        "Rows match, but for no group total sales is above $1,000,000."
    )


def test_finding_out_why_a_result_is_empty_is_bounded(
    warehouse: DuckDBWarehouse, model: SemanticModel
) -> None:
    plan = plan_of(total(), filters=[is_("region", "East"), is_("category", "Supplies")])
    for limits in (Limits(empty_queries=0), Limits(empty_time_s=0)):
        answer = QueryHandler(ScriptedEngine({"ask": plan}), warehouse, model, limits=limits).ask("ask")
        assert answer.explanation.endswith(
            "Nothing matches region is East and category is Supplies together."
        )


def test_every_question_and_thumb_leaves_one_record(
    engine: ScriptedEngine, warehouse: DuckDBWarehouse, model: SemanticModel, tmp_path: Path
) -> None:
    with TelemetryWriter(tmp_path) as telemetry:
        handler = QueryHandler(engine, warehouse, model, telemetry=telemetry)
        good = handler.ask("sales by region", "s")
        handler.ask("sales")
        handler.ask("boom")
        steps: Iterator[object] = handler.stream("sales by region")
        next(steps)
        steps.close()  # type: ignore[attr-defined]  # whoever asked went away
        handler.feedback(good.question_id, "up", comment="nice", session="s")
    records = list(read_records(tmp_path))
    assert [(r.kind, r.error, r.rows) for r in records] == [
        ("question", None, 3),
        ("question", "ambiguous", 0),
        ("question", "internal", 0),
        ("question", "cancelled", 0),
        ("feedback", None, 0),
    ]
    assert records[0].question_id == records[4].question_id == good.question_id
    assert records[0].timings.total_ms > 0
    assert (records[4].feedback, records[4].comment) == ("up", "nice")


def test_a_registry_that_fails_outright_is_an_error_of_the_answer(
    engine: ScriptedEngine, warehouse: DuckDBWarehouse, model: SemanticModel
) -> None:
    def served() -> None:
        raise RegistryError("The registry is away.", hint="Wait.")

    answer = QueryHandler(engine, warehouse, model, served=served).ask("sales by region")  # type: ignore[arg-type]
    assert answer.error is not None
    assert answer.error.code == "registry"


def test_a_plan_over_columns_that_are_not_in_the_model_never_reaches_the_warehouse(
    handler: QueryHandler,
) -> None:
    answer = handler.ask("gone")
    assert answer.error is not None
    assert "gone" in answer.error.message
    assert answer.sql is None
    assert isinstance(answer.plan, QueryPlan)
