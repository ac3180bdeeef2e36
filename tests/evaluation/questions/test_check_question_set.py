"""Careless cases are found before anybody is judged on them."""

from __future__ import annotations

import pytest
from stall import question_set

from datacraft.contracts.question_set import Case, QuestionSet
from datacraft.evaluation.questions.check import check_question_set
from datacraft.warehouse import DuckDBWarehouse


def findings(warehouse: DuckDBWarehouse, *cases: Case, deep: bool = False) -> list[str]:
    one = QuestionSet(name="x", version=1, cases=cases)
    return [str(found) for found in check_question_set(one, warehouse, deep=deep)]


def test_a_sound_set_has_no_errors(warehouse: DuckDBWarehouse) -> None:
    assert not [found for found in check_question_set(question_set(), warehouse) if found.is_error]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT amount FROM sales WHERE region = 'Nowhere'", "gives nothing"),
        ("SELECT nothing FROM sales", "does not run"),
        ("SELECT product FROM sales ORDER BY region LIMIT 1", "has a tie"),
        ("SELECT 1; SELECT 2", "not one SELECT"),
        ("DELETE FROM sales", "not one SELECT"),
        ("SELECT ((", "It is not SQL"),
    ],
)
def test_a_careless_gold_is_an_error(warehouse: DuckDBWarehouse, sql: str, message: str) -> None:
    found = findings(warehouse, Case(id="x", question="What?", gold=(sql,)))
    assert any(message in line and line.startswith("error") for line in found)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT count(*) FROM sales WHERE sale_id > 0", "gives the same without WHERE"),
        ("SELECT count(DISTINCT sale_id) FROM sales WHERE quantity > 0", "gives the same as SELECT COUNT(*)"),
    ],
)
def test_a_gold_that_a_lesser_query_satisfies_is_doubted(
    warehouse: DuckDBWarehouse, sql: str, message: str
) -> None:
    assert any(
        message in line for line in findings(warehouse, Case(id="x", question="?a", gold=(sql,)), deep=True)
    )


def test_a_sort_key_that_hides_a_column_of_its_name_is_no_error(warehouse: DuckDBWarehouse) -> None:
    sql = "SELECT region, sum(amount) AS amount FROM sales GROUP BY region ORDER BY amount DESC LIMIT 2"
    assert not [
        line for line in findings(warehouse, Case(id="x", question="?a", gold=(sql,))) if "error" in line
    ]


def test_the_same_question_twice_is_an_error(warehouse: DuckDBWarehouse) -> None:
    gold = ("SELECT sum(amount) FROM sales",)
    found = findings(
        warehouse,
        Case(id="a", question="What is the total?", gold=gold),
        Case(id="b", question="what is the TOTAL", gold=gold),
    )
    assert "error b: asks the same as a" in found


def test_nearly_the_same_question_in_another_part_is_doubted_unless_it_is_a_paraphrase(
    warehouse: DuckDBWarehouse,
) -> None:
    gold = ("SELECT sum(amount) FROM sales",)
    first = Case(id="a", question="What is the total amount of sales", gold=gold, split="tune")
    second = Case(id="b", question="What is the total amount of all sales", gold=gold, split="select")
    assert any("nearly the same as a" in line for line in findings(warehouse, first, second))
    declared = Case(id="b", question=second.question, gold=gold, paraphrase_of="a", split="tune")
    assert not any("b:" in line for line in findings(warehouse, first, declared))


def test_a_paraphrase_in_another_part_than_its_original_is_an_error(warehouse: DuckDBWarehouse) -> None:
    gold = ("SELECT sum(amount) FROM sales",)
    first = Case(id="a", question="What is the total amount", gold=gold, split="tune")
    second = Case(id="b", question="Sum it all up", gold=gold, split="holdout", paraphrase_of="a")
    assert "error b: is a paraphrase of a, which is in the part `tune`" in findings(warehouse, first, second)


def test_gold_is_there_exactly_where_a_question_can_be_answered(warehouse: DuckDBWarehouse) -> None:
    without = Case(id="a", question="How much?")
    needless = Case(id="b", question="Rain?", answerable="unanswerable", gold=("SELECT 1",))
    found = findings(warehouse, without, needless)
    assert "error a: can be answered, and has no gold SQL" in found
    assert "error b: can't be answered, and has gold SQL" in found
