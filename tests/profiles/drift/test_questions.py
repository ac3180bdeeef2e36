"""Questions of production against those of the question set."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from scipy.stats import binomtest

from datacraft.profiles.drift.classifier import separation
from datacraft.profiles.drift.questions import Asked, compare_behaviour, compare_questions
from datacraft.profiles.drift.sessions import coded, questions_per_case

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


def chatty(rng: np.random.Generator, sessions: int, of: int = 8) -> list[Asked]:
    """Conversations each of which is about one measure and one shape of question."""
    made = []
    for _ in range(sessions):
        shape, measure = rng.choice(SHAPES), str(rng.choice(MEASURES))
        for _ in range(of):
            text = shape.format(m=measure, g=rng.choice(GROUPS))
            made.append(Asked(text, {"topic": measure}, session=f"{rng.integers(2**60)}"))
        group = f"s{rng.integers(2**60)}"
        made[-of:] = [Asked(one.text, one.features, group) for one in made[-of:]]
    return made


def test_one_person_with_many_questions_is_one_person() -> None:
    rng = np.random.default_rng(8)
    runs, known, unknown = 20, 0, 0
    for _ in range(runs):
        sides = chatty(rng, 15, of=6), chatty(rng, 15, of=6)
        texts = [[one.text or "" for one in side] for side in sides]
        sessions = [[one.session for one in side] for side in sides]
        known += separation(*texts, sessions=(sessions[0], sessions[1])).p_value <= 0.05
        unknown += separation(*texts).p_value <= 0.05
    assert binomtest(known, runs, 0.05, alternative="greater").pvalue >= 0.01
    assert unknown > runs / 2  # what would be said if conversations were not known


def test_topics_of_conversations_are_no_drift() -> None:
    rng = np.random.default_rng(13)
    sides = chatty(rng, 15, of=20), chatty(rng, 15, of=20)
    assert compare_behaviour(*sides, now=NOW).verdict == "steady"
    strangers = [[Asked(one.text, one.features) for one in side] for side in sides]
    assert compare_behaviour(*strangers, now=NOW).verdict == "drifted"


def test_a_new_topic_of_many_people_is_found_in_conversations_too() -> None:
    rng = np.random.default_rng(9)
    new = [
        Asked(f"how many employees left the {rng.choice(GROUPS)} team", {"topic": "staff"}, f"n{n // 4}")
        for n in range(240)
    ]
    report = compare_questions(chatty(rng, 200, of=3), [*chatty(rng, 200, of=3), *new], now=NOW)
    assert report.verdict == "drifted"
    assert "employees" in report.telling_words


def test_the_words_of_one_conversation_are_not_shown() -> None:
    rng = np.random.default_rng(10)
    talk = [Asked(f"salary of employee {n}", {}, "one") for n in range(60)]
    crowd = [Asked("total refunds by region", {}, f"c{n}") for n in range(60)]
    report = compare_questions(asked(rng, 200), [*asked(rng, 100), *talk, *crowd], now=NOW)
    assert "refunds" in report.telling_words
    assert "salary" not in report.telling_words


def test_without_texts_the_features_are_what_the_classifier_judges_by() -> None:
    rng = np.random.default_rng(11)
    sides = [
        [Asked(None, {**one.features, "words": 4.0, "form": "groups"}) for one in asked(rng, 300, new)]
        for new in (0.0, 0.4)
    ]
    report = compare_questions(*sides, now=NOW)
    assert (report.verdict, report.by_text, report.new_words, report.telling_words) == (
        "drifted",
        False,
        None,
        [],
    )
    assert report.separation > 0.6
    assert report.words.startswith("Questions have changed: a classifier tells them from the question set; ")
    same = compare_questions(sides[0][:150], sides[0][150:], now=NOW)
    assert same.verdict == "steady"


def test_what_became_of_questions_is_compared_with_an_earlier_time() -> None:
    rng = np.random.default_rng(12)

    def became(count: int, refused: float, start: dt.datetime) -> list[Asked]:
        return [
            Asked(
                None,
                {
                    "outcome": "refused" if rng.random() < refused else "answered",
                    "confidence": float(rng.beta(8, 2)),
                },
                session=f"s{n // 3}",
                at=start + dt.timedelta(minutes=n),
            )
            for n in range(count)
        ]

    before = became(3_000, 0.05, NOW - dt.timedelta(days=9))
    steady = compare_behaviour(before, became(600, 0.05, NOW), now=NOW)
    assert (steady.verdict, steady.columns[0].table) == ("steady", "answers")
    moved = compare_behaviour(before, became(600, 0.35, NOW), now=NOW)
    assert moved.verdict == "drifted"
    assert "share of refused" in moved.words


def test_questions_that_go_together_tell_less() -> None:
    sessions = coded([f"s{n // 10}" for n in range(200)])
    assert questions_per_case(["x"] * 200, sessions) == 1
    assert questions_per_case([f"{n % 10}" for n in range(200)], sessions) == 1
    assert questions_per_case([f"{n // 10 % 2}" for n in range(200)], sessions) == pytest.approx(10, rel=0.1)
    assert questions_per_case([float(n // 10) for n in range(200)], sessions) == pytest.approx(10, rel=0.1)
    assert questions_per_case([], coded([])) == 1
    assert questions_per_case(["a", "b"], coded([None, None])) == 1


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
