"""What may be typed, and what is said where it may not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datacraft.contracts.errors import DataCraftError, InputError, Refused
from datacraft.serving.question import clean_question, displayable


def clean(text: str) -> str:
    return clean_question(text, max_characters=2_000)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("  total   sales\n by\tregion ", "total sales by region"),
        ("total\u200b sales\ufeff", "total sales"),
        ("sales in cafe\u0301s", "sales in cafés"),
        ("quelles sont les ventes par région ?", "quelles sont les ventes par région ?"),
        ("ventas por región 🎉", "ventas por región 🎉"),
        ("各地区的销售额", "各地区的销售额"),
        ("select the customers from Texas", "select the customers from Texas"),
        ("update me on sales", "update me on sales"),
        ("drop in sales by month", "drop in sales by month"),
        ("create a table of sales by region", "create a table of sales by region"),
        ("with which customers did we lose money", "with which customers did we lose money"),
        ("delete", "delete"),
    ],
)
def test_a_question_is_tidied_and_otherwise_left_as_it_is(typed: str, read: str) -> None:
    assert clean(typed) == read


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "empty"),
        (" \n\u200b ", "empty"),
        ("???", "no word"),
        ("🎉🎉", "no word"),
        ("42", "no word"),
        ("total\x00sales", "control character (code 0) at position 6"),
        ("total \x1b[31msales", "control character (code 27)"),
        ("total \ud800 sales", "control character"),
        ("why " * 25_000, "100,000 characters; at most 2,000"),
    ],
)
def test_what_is_no_question_is_turned_away_with_the_reason(typed: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        clean(typed)
    assert said in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    "typed",
    [
        "SELECT * FROM orders",
        "select region, sum(sales) from orders group by region",
        "select name from customers where city = 'Oslo'",
        "(select 1);",
        "WITH t AS (SELECT 1) SELECT * FROM t",
        "DROP TABLE orders",
        "drop table if exists orders;",
        "insert into orders values (1)",
        "update orders set sales = 0",
        "delete from orders where sales > 1",
        "attach 'x.db' as y",
        "copy orders to 'x.csv'",
        "pragma database_list;",
    ],
)
def test_sql_is_refused_and_the_person_asked_for_words(typed: str) -> None:
    with pytest.raises(Refused) as caught:
        clean(typed)
    assert "SQL" in caught.value.message
    assert "plain words" in (caught.value.hint or "")


@settings(max_examples=150)
@given(st.text(max_size=60))
def test_any_text_is_either_read_or_turned_away(text: str) -> None:
    try:
        question = clean(text)
    except DataCraftError as error:
        assert error.hint
    else:
        assert question == question.strip()
        assert clean(question) == question
    displayable(text, 50).encode("utf-8")


def test_what_is_shown_of_an_endless_question_is_short() -> None:
    assert len(displayable("x" * 100_000, 2_000)) == 2_001
