"""Reworded questions differ as they say, ask the same, and come out the same for the same seed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacraft.contracts.question_set import Case
from datacraft.evaluation.sensitivity.wording import reordered, reworded, with_slips, wordings


def distance(one: str, other: str) -> int:
    """Return how many letters are to be put in, taken out or changed."""
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, start=1):
        before, row[0] = row[0], i
        for j, right in enumerate(other, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (left != right))
    return row[-1]


@given(question=st.text(st.characters(codec="utf-8"), max_size=80), seed=st.integers(0, 99))
def test_one_slip_changes_two_letters_at_most_and_no_number(question: str, seed: int) -> None:
    slipped = with_slips(question, seed, 0.0)
    assert distance(question, slipped) <= 2
    assert [letter for letter in question if letter.isdigit()] == [
        letter for letter in slipped if letter.isdigit()
    ]
    assert with_slips(question, seed, 0.0) == slipped


def test_more_words_have_slips_where_more_are_wanted() -> None:
    question = "average discount of furniture orders placed during winter"
    words = question.split()
    changed = [one != other for one, other in zip(words, with_slips(question, 3, 1.0).split(), strict=True)]
    assert sum(changed) >= 6
    assert with_slips(question, 3, 1.0) != with_slips(question, 4, 1.0)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Total profit by segment?", "By segment, total profit?"),
        ("How many orders were late in 2021 by mode", "In 2021 by mode, how many orders were late"),
        ("What is the profit?", "What is the profit?"),
        ("in 2021", "in 2021"),
    ],
)
def test_the_last_part_is_said_first(question: str, said: str) -> None:
    assert reordered(question) == said


def test_a_question_that_stays_as_it_is_makes_no_case() -> None:
    case = Case(id="one", question="total profit", gold=("SELECT 1",))
    changes = wordings(seed=1)
    assert reworded(case, "small", changes["case", "small letters"]) is None
    shouted = reworded(case, "capitals", changes["case", "capitals"])
    assert shouted is not None
    assert (shouted.id, shouted.question, shouted.gold) == ("one.capitals", "TOTAL PROFIT", case.gold)
    assert shouted.split == case.split
