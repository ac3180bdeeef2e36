"""An answer is right when its rows are; asking back is right where a question can't be answered."""

from __future__ import annotations

import datetime as dt

import pytest

from datacraft.contracts.answer import Answer, Chart, ResultColumn
from datacraft.contracts.errors import ErrorInfo, QueryFailed
from datacraft.contracts.question_set import Case
from datacraft.evaluation.judging.faithfulness import unfaithful_part
from datacraft.evaluation.judging.verdict import Judge
from datacraft.evaluation.questions.gold import run_gold
from datacraft.warehouse import DuckDBWarehouse

TOTAL = Case(
    id="t",
    question="total amount in the North",
    gold=("SELECT sum(amount) FROM sales WHERE region = 'North'",),
)
RAIN = Case(id="r", question="Will it rain?", answerable="unanswerable")
VAGUE = Case(id="v", question="the best", answerable="ambiguous", gold=("SELECT max(amount) FROM sales",))


def answered(sql: str, warehouse: DuckDBWarehouse, explanation: str = "", **more: object) -> Answer:
    table = run_gold(sql, warehouse)
    return Answer.model_validate(
        {
            "question_id": "q", "question": "?", "sql": sql, "explanation": explanation,
            "columns": [ResultColumn(name=name, label=name, type="other") for name in table.columns],
            "rows": table.rows, "asked_at": dt.datetime(2024, 1, 1, tzinfo=dt.UTC), **more,
        }
    )  # fmt: skip


def not_answered(code: str, sql: str | None = None) -> Answer:
    return Answer(
        question_id="q", question="?", sql=sql, error=ErrorInfo(code=code, message=""),
        asked_at=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
    )  # fmt: skip


@pytest.fixture
def judge(warehouse: DuckDBWarehouse) -> Judge:
    return Judge(warehouse)


def test_right_rows_are_right_however_the_query_is_written(judge: Judge, warehouse: DuckDBWarehouse) -> None:
    sql = "SELECT sum(CASE WHEN region = 'North' THEN amount END) FROM sales"
    judged = judge.judge(TOTAL, answered(sql, warehouse))
    assert (judged.outcome, judged.right, judged.gold, judged.mistakes) == ("answered", True, 0, ())
    assert judged.parses
    assert judged.passes_guard
    assert judged.executed


def test_wrong_rows_are_wrong_and_say_why(judge: Judge, warehouse: DuckDBWarehouse) -> None:
    judged = judge.judge(TOTAL, answered("SELECT sum(amount) FROM sales", warehouse))
    assert not judged.right
    assert judged.difference is not None
    assert [mistake.kind for mistake in judged.mistakes] == ["missing_filter"]


def test_any_accepted_gold_is_right(judge: Judge, warehouse: DuckDBWarehouse) -> None:
    case = Case(id="x", question="?a", gold=("SELECT 1", "SELECT 2"))
    assert judge.judge(case, answered("SELECT 2", warehouse)).gold == 1


@pytest.mark.parametrize("code", ["ambiguous", "not_understood", "refused", "not_answered"])
def test_asking_back_is_right_exactly_where_it_should(judge: Judge, code: str) -> None:
    assert judge.judge(RAIN, not_answered(code)).right
    assert judge.judge(VAGUE, not_answered(code)).right
    refused = judge.judge(TOTAL, not_answered(code))
    assert (refused.outcome, refused.right) == ("refused", False)
    assert [mistake.kind for mistake in refused.mistakes] == ["refused_wrongly"]


def test_of_an_ambiguous_question_one_of_its_readings_is_right_too(
    judge: Judge, warehouse: DuckDBWarehouse
) -> None:
    assert judge.judge(VAGUE, answered("SELECT max(amount) FROM sales", warehouse)).right
    assert not judge.judge(VAGUE, answered("SELECT min(amount) FROM sales", warehouse)).right


def test_rows_for_what_can_not_be_answered_are_wrong(judge: Judge, warehouse: DuckDBWarehouse) -> None:
    judged = judge.judge(RAIN, answered("SELECT 1", warehouse))
    assert not judged.right
    assert [mistake.kind for mistake in judged.mistakes] == ["answered_wrongly"]


def test_failing_is_no_refusal(judge: Judge) -> None:
    judged = judge.judge(RAIN, not_answered("query_failed", sql="SELECT 1"))
    assert (judged.outcome, judged.right, judged.executed, judged.passes_guard) == (
        "failed",
        False,
        False,
        True,
    )
    assert judge.judge(TOTAL, not_answered("unsafe_sql", sql="SELECT (")).passes_guard is False
    assert judge.judge(TOTAL, not_answered("unsafe_sql", sql="SELECT (")).parses is False


def test_a_chart_is_judged_where_the_case_names_one(judge: Judge, warehouse: DuckDBWarehouse) -> None:
    case = TOTAL.model_copy(update={"chart": "bar"})
    drawn = answered(TOTAL.gold[0], warehouse, chart=Chart(kind="grouped_bar"))
    assert judge.judge(case, drawn).chart_fits is True
    assert judge.judge(case, drawn.model_copy(update={"chart": Chart(kind="line")})).chart_fits is False
    assert judge.judge(TOTAL, drawn).chart_fits is None


def test_a_gold_that_can_not_be_run_is_an_error_and_no_verdict(
    judge: Judge, warehouse: DuckDBWarehouse
) -> None:
    broken = Case(id="b", question="?b", gold=("SELECT nothing FROM sales",))
    for _ in range(2):
        with pytest.raises(QueryFailed):
            judge.judge(broken, answered("SELECT 1", warehouse))


BY_REGION = (
    "SELECT region, sum(amount) AS total FROM sales WHERE product = 'Bread' GROUP BY region ORDER BY 2 DESC"
)


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("Total amount by region where product is Bread: 5 regions.", None),
        ("Total amount by region where product is bread: {regions} regions; the highest is {top}.", None),
        ("Total amount by region: 5 regions.", "the filter 'Bread' is not said"),
        ("Bread by region: the highest is 123456.", "123456 is in neither result nor query"),
        ("Bread by region: 7 regions.", "7 is in neither result nor query"),
        ("Bread by region, up 950%.", "950% is in neither result nor query"),
        ("", None),
    ],
)
def test_a_sentence_states_nothing_but_result_and_query(
    warehouse: DuckDBWarehouse, sentence: str, fault: str | None
) -> None:
    answer = answered(BY_REGION, warehouse)
    top = f"{answer.rows[0][0]} with {answer.rows[0][1]:,.0f}"
    answer.explanation = sentence.format(regions=len(answer.rows), top=top)
    assert unfaithful_part(answer, "duckdb") == fault


def test_rounded_scaled_and_dated_figures_are_faithful(warehouse: DuckDBWarehouse) -> None:
    sql = "SELECT 1234567.0 AS a, 0.256 AS share FROM sales WHERE sold_on < '2023-01-01' LIMIT 1"
    shown = "1.23 million, 25.6%, until 2022-12-31"
    assert unfaithful_part(answered(sql, warehouse, shown), "duckdb") is None
    assert unfaithful_part(answered(sql, warehouse, "1.24 million"), "duckdb") is not None


def test_digits_inside_names_are_no_figures(warehouse: DuckDBWarehouse) -> None:
    answer = answered("SELECT 'Chair 5400' AS name, 3 AS n", warehouse, "Chair 5400 with 3.")
    assert unfaithful_part(answer, "duckdb") is None
