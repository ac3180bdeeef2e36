"""Production is asked what is known, and judged as its release was; what it lost is told from chance."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).parents[1] / "evaluation"))

from looks import published
from stall import question_set, write_sales

from datacraft.config import Settings
from datacraft.contracts.judgement import CallRecord, Judgement
from datacraft.contracts.monitoring import AccuracyCheck, GradedCase, Grading, HealthReport, MonitoringPolicy
from datacraft.contracts.question_set import Case
from datacraft.evaluation.data import DataLoader
from datacraft.monitoring import monitor_production
from datacraft.monitoring.grading import (
    GradingPlace,
    cases_to_grade,
    check_accuracy,
    costs_of,
    estimate_accuracy,
    grade,
)
from datacraft.registry import open_store
from datacraft.registry.served import read_release

NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
POLICY = MonitoringPolicy()


def grading(right: Sequence[bool], days_ago: float = 0, confidence: float | None = None) -> Grading:
    return Grading(
        at=NOW - dt.timedelta(days=days_ago), channel="production", release_id="r2", question_set="shop 1", cost_usd=0,
        cases=tuple(
            GradedCase(case=f"c{number}", right=one, outcome="answered", confidence=confidence)
            for number, one in enumerate(right)
        ),
    )  # fmt: skip


def rights(lost: int = 0, gained: int = 0, cases: int = 200, right: int = 160) -> list[bool]:
    return [lost <= number < right + gained for number in range(cases)]


def checked(now: Sequence[bool]) -> AccuracyCheck:
    return check_accuracy([grading(now)], {f"c{number}": one for number, one in enumerate(rights())})


def alerts(tmp_path: Path, accuracy: AccuracyCheck) -> list[str]:
    report = monitor_production(Settings(state_dir=tmp_path), POLICY, NOW, accuracy=accuracy)
    assert "accuracy" in report.measured
    return [one.message for one in report.alerts if one.name == "accuracy"]


def test_twenty_lost_of_two_hundred_are_an_alert_with_its_numbers(tmp_path: Path) -> None:
    (message,) = alerts(tmp_path, checked(rights(lost=20)))
    assert message.startswith("140 of 200 graded cases are right; 160 were when r2 was chosen. 20 were lost")


@pytest.mark.parametrize(("lost", "gained"), [(0, 0), (5, 0), (20, 12), (0, 20)])
def test_what_chance_may_do_and_getting_better_are_none(tmp_path: Path, lost: int, gained: int) -> None:
    assert alerts(tmp_path, checked(rights(lost, gained))) == []


def test_only_cases_of_both_count() -> None:
    found = check_accuracy([grading([True] * 30)], {"c1": True, "c2": False, "gone": True})
    assert (found.cases, found.right, found.expected, found.gained, found.lost) == (2, 2, 1, 1, 0)


def test_a_slow_decline_is_found_though_no_day_is_alarming(tmp_path: Path) -> None:
    row = [grading(rights(lost=11 - day // 4), day) for day in range(40)]
    found = check_accuracy(row, {f"c{number}": one for number, one in enumerate(rights())})
    assert found.p_value > POLICY.graded_level
    assert found.decline is not None
    assert found.decline.before > found.decline.after
    (message,) = alerts(tmp_path, found)
    assert "of the graded cases are right since" in message


def test_days_in_any_order_are_no_decline() -> None:
    """Under exchangeability the approximation of Pettitt's test is no smaller than it says."""
    rng = np.random.default_rng(5)
    clear = 0
    for _ in range(300):
        row = [grading(rights(lost=int(rng.integers(0, 12))), day) for day in range(20)]
        found = check_accuracy(row, {}).decline
        clear += found is not None and found.p_value <= 0.05
    assert clear <= 27  # 15 are expected; more than 27 would be in 1 of 1,000 runs


def test_gradings_of_other_cases_are_no_row() -> None:
    assert check_accuracy([grading(rights(cases=200 - day), day) for day in range(20)], {}).decline is None


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b", "c", None]), st.sampled_from(["easy", "hard"])),
        min_size=1,
        max_size=300,
    ),
    st.integers(20, 200),
)
def test_the_sample_has_every_slice_its_share_and_is_the_same_again(
    kinds: list[tuple[str | None, str]], most: int
) -> None:
    cases = [
        Case.model_validate({"id": f"q{number}", "question": "?", "topic": topic, "difficulty": difficulty})
        for number, (topic, difficulty) in enumerate(kinds)
    ]
    chosen = cases_to_grade(cases, most)
    assert len(chosen) == min(most, len(cases))
    assert cases_to_grade(list(cases), most) == chosen
    for kind in set(kinds):
        members = sum((one.topic, one.difficulty) == kind for one in cases)
        taken = sum((one.topic, one.difficulty) == kind for one in chosen)
        assert abs(taken - len(chosen) * members / len(cases)) <= 1


def evaluated(rng: np.random.Generator, count: int = 600) -> list[CallRecord]:
    """Return calls that are right with the square root of their confidence as chance."""
    return [
        CallRecord(
            candidate="x", case=f"c{number}", repeat=0, confidence=float(sure), latency_ms=5, at=NOW,
            judgement=Judgement(outcome="answered", right=bool(rng.random() < sure**0.5)),
        )
        for number, sure in enumerate(rng.uniform(0.2, 1, count))
    ]  # fmt: skip


def test_accuracy_is_told_by_confidence_within_its_interval() -> None:
    rng = np.random.default_rng(2)
    inside = 0
    for _ in range(20):
        asked = rng.beta(4, 2, 500)
        found = estimate_accuracy(evaluated(rng), list(asked), None)
        assert found is not None
        inside += found.low <= float((asked**0.5).mean()) <= found.high
    assert inside >= 16


def test_confidence_that_means_something_else_by_now_is_told() -> None:
    rng = np.random.default_rng(2)
    calls = evaluated(rng)
    agrees = estimate_accuracy(calls, [0.8] * 60, grading(rights(right=178), confidence=0.8))
    assert agrees is not None
    assert agrees.disagrees is None
    found = estimate_accuracy(calls, [0.8] * 60, grading(rights(right=100), confidence=0.8))
    assert found is not None
    assert found.disagrees is not None
    assert "of the 200 graded answers should be right, and 100 are" in found.disagrees
    assert estimate_accuracy(calls, [0.8] * 49, None) is None


def test_the_release_s_model_is_asked_judged_and_kept(tmp_path: Path) -> None:
    sales = write_sales(tmp_path)
    settings = Settings.model_validate({"state_dir": tmp_path, "data": {"paths": [sales], "cache": False}})
    store = open_store(f"file://{tmp_path}/registry")
    name = published(store, NOW)
    metadata, questions = read_release(store, name), question_set()
    assert costs_of(metadata, questions.cases, {}).free
    with DataLoader(settings).load(questions) as data:
        made = grade(settings, data, metadata, questions, questions.cases[:10], NOW)
    assert [one.case for one in made.cases] == [one.id for one in questions.cases[:10]]
    assert made.right >= 8
    place = GradingPlace(store, "production")
    place.write(made)
    place.write(made.model_copy(update={"at": NOW + dt.timedelta(days=1)}))
    assert [one.at.day for one in place.read(name, NOW + dt.timedelta(days=2))] == [11, 10]
    assert place.read("20260101T000000Z_other12", NOW) == []


def test_why_nothing_was_graded_is_told(tmp_path: Path) -> None:
    report = monitor_production(Settings(state_dir=tmp_path), POLICY, NOW, accuracy="no data is named")
    assert "Answers were not graded: no data is named." in report.skipped
    assert "accuracy" not in report.measured
    assert isinstance(report.health, HealthReport)
