"""What production fails at becomes drafts of cases, the worst slice first."""

from __future__ import annotations

import datetime as dt
import itertools

from datacraft.monitoring.failing import failing_cases
from datacraft.monitoring.metrics.series import Behind

NOW = dt.datetime(2026, 3, 10, tzinfo=dt.UTC)
_numbers = itertools.count()


def asked(
    question: str | None, error: str | None = None, thumb: str | None = None, *, again: bool = False
) -> Behind:
    return Behind(NOW, f"q{next(_numbers)}/x", question, "r", error, 5.0, thumb, again)


def test_the_slice_that_fails_most_comes_first_and_in_it_what_is_asked_most() -> None:
    found = failing_cases(
        [
            asked("Sales of mars", "not_understood"), asked("sales of Venus?", "not_understood"),
            asked("Sales of Venus", "not_understood"), asked("total sales", thumb="down"), asked("profit", again=True),
            asked("fine"), asked("gone", "cancelled"), asked(None, "internal"), asked("known", "internal"),
        ],
        ["Known!"], 10,
    )  # fmt: skip
    assert [(one.question, one.tags[1]) for one in found] == [
        ("sales of Venus?", "not_understood"),
        ("Sales of mars", "not_understood"),
        ("total sales", "disliked"),
        ("profit", "rephrased"),
    ]
    assert found[0].note == "not_understood in production, last on 2026-03-10, 2 times."
    assert found[0].gold == ()


def test_a_question_that_failed_in_two_ways_is_one_draft() -> None:
    found = failing_cases([asked("a", "internal"), asked("A?", thumb="down"), asked("b", "internal")], [], 10)
    assert [one.question for one in found] == ["a", "b"]
    assert len(failing_cases([asked("a", "internal"), asked("b", "internal")], [], 1)) == 1
