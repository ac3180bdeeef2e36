"""Misspelt words of questions are read as what was meant, and that is said; what may be a name is left alone."""

from __future__ import annotations

import pytest
from databases_of_cases import Database

from datacraft.contracts.errors import NotAnswered
from datacraft.engines.semantic.engine import SemanticEngine

SLIPS = [
    ("avrage price of books", "average price of books", ["“avrage” is read as “average”."]),
    ("nubmer of books by genre", "number of books by genre", ["“nubmer” is read as “number”."]),
    ("monthhly number of orders", "monthly number of orders", ["“monthhly” is read as “monthly”."]),
    (
        "averge price of books bewteen 2001 and 2005",
        "average price of books between 2001 and 2005",
        ["“averge” is read as “average”.", "“bewteen” is read as “between”."],
    ),
]


@pytest.fixture
def engine(databases: dict[str, Database]) -> SemanticEngine:
    return databases["bookshop"].engine


@pytest.mark.parametrize(("typed", "meant", "notes"), SLIPS)
def test_a_slip_is_read_as_what_was_meant_and_said(
    engine: SemanticEngine, typed: str, meant: str, notes: list[str]
) -> None:
    found, wanted = engine.propose(typed, []), engine.propose(meant, [])
    assert found.plan == wanted.plan
    assert found.notes == notes
    assert (found.confidence or 0) < (wanted.confidence or 0)


def test_a_question_that_is_understood_is_left_as_it_is(engine: SemanticEngine) -> None:
    assert engine.propose("average price of books", []).notes == []


LEFT_ALONE = ["average price of Genfre", "average wheelbarrow of books", "prices of boa"]


@pytest.mark.parametrize("question", LEFT_ALONE)
def test_what_may_be_another_word_or_a_name_is_asked_back(engine: SemanticEngine, question: str) -> None:
    with pytest.raises(NotAnswered):
        engine.propose(question, [])
