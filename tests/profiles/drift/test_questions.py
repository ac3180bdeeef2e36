"""Questions of production against those of the question set."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from scipy.stats import binomtest

from datacraft.profiles.drift.classifier import separation
from datacraft.profiles.drift.questions import Asked, compare_questions

NOW = dt.datetime(2024, 1, 2, tzinfo=dt.UTC)
MEASURES = ["sales", "profit", "quantity", "discount", "orders", "shipping cost", "margin", "returns"]
GROUPS = ["region", "segment", "category", "customer", "month", "city", "ship mode", "year"]
SHAPES = [
    "total {m} by {g}",
    "which {g} has the highest {m}",
    "average {m} per {g} in 2023",
    "top 5 {g} by {m}",
]


def asked(rng: np.random.Generator, count: int, new: float = 0.0) -> list[Asked]:
    made = []
    for _ in range(count):
        if rng.random() < new:
            made.append(
                Asked(
                    f"how many employees left the {rng.choice(GROUPS)} team after training",
                    {"topic": "staff"},
                )
            )
        else:
            shape, measure, group = rng.choice(SHAPES), str(rng.choice(MEASURES)), str(rng.choice(GROUPS))
            made.append(Asked(shape.format(m=measure, g=group), {"topic": measure}))
    return made


def test_a_new_topic_in_fifteen_of_a_hundred_questions_is_found_by_its_words_alone() -> None:
    rng = np.random.default_rng(1)
    plain = (
        [Asked(one.text) for one in asked(rng, 300)],
        [Asked(one.text) for one in asked(rng, 2_000, new=0.15)],
    )
    report = compare_questions(*plain, now=NOW)
    assert report.verdict == "drifted"
    assert {"employees", "team", "training"} & set(report.telling_words)
    assert report.words.startswith("Questions have changed: a classifier tells them from the question set")
    assert 0.05 < report.new_words < 0.25


def test_what_is_known_of_questions_is_compared_like_any_column() -> None:
    rng = np.random.default_rng(2)
    report = compare_questions(asked(rng, 300), asked(rng, 500, new=0.3), now=NOW)
    assert "new: staff" in report.features.words


def test_the_same_kind_of_questions_is_steady() -> None:
    rng = np.random.default_rng(3)
    report = compare_questions(asked(rng, 200), asked(rng, 2_000), now=NOW)
    assert (report.verdict, report.words) == ("steady", "Questions are as those of the question set.")
    assert report.telling_words == []


def test_the_classifier_raises_no_more_false_alarms_than_its_level() -> None:
    rng = np.random.default_rng(4)
    runs = 150
    alarms = sum(
        separation([one.text for one in asked(rng, 60)], [one.text for one in asked(rng, 120)], seed).p_value
        <= 0.05
        for seed in range(runs)
    )
    assert binomtest(alarms, runs, 0.05, alternative="greater").pvalue >= 0.01


@pytest.mark.parametrize("current", [[], [Asked("")] * 3, [Asked("total sales")] * 19])
def test_too_few_questions_are_unknown_and_no_crash(current: list[Asked]) -> None:
    report = compare_questions(asked(np.random.default_rng(5), 100), current, now=NOW)
    assert report.verdict == "unknown"


def test_words_that_few_people_used_are_not_shown() -> None:
    rng = np.random.default_rng(6)
    current = [*asked(rng, 100, new=0.5), *(Asked(f"salary of person{letter}") for letter in "abcd")]
    report = compare_questions(asked(rng, 200), current, now=NOW)
    assert not any("salary" in word or "person" in word for word in report.telling_words)
    assert "salary" not in report.model_dump_json()


@pytest.mark.parametrize("text", ["", "?!", "☃ " * 500, "a" * 10_000, "\x00"])
def test_awkward_questions_are_compared_without_a_crash(text: str) -> None:
    rng = np.random.default_rng(7)
    assert 0 <= compare_questions(asked(rng, 50), [Asked(text)] * 50, now=NOW).score <= 1
