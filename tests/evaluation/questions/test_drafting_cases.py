"""Cases are proposed from what the data means, and drafted from answers that people disliked."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from datacraft.config import Settings
from datacraft.contracts.plan import QueryPlan
from datacraft.contracts.question_set import Case, QuestionSet
from datacraft.contracts.telemetry import TelemetryRecord
from datacraft.evaluation.data import DataLoader
from datacraft.evaluation.questions.check import check_question_set
from datacraft.evaluation.questions.from_log import disliked
from datacraft.evaluation.questions.proposing import propose_cases
from datacraft.serving.limits import Limits
from datacraft.serving.runner import PlanRunner


@pytest.fixture(scope="module")
def proposed(sales: Path) -> list[Case]:
    with DataLoader(Settings.model_validate({"data": {"paths": [sales], "cache": False}})).load() as data:
        runner = PlanRunner(data.warehouse, data.model, Limits())

        def sql_of(plan: QueryPlan) -> str:
            return runner.render(plan).expression.sql("duckdb")

        cases = propose_cases(data.model, sql_of, count=30, seed=1)
        again = propose_cases(data.model, sql_of, count=30, seed=1)
        assert cases == again
        found = check_question_set(QuestionSet(name="x", version=1, cases=tuple(cases)), data.warehouse)
        assert not [finding for finding in found if finding.is_error]
    return cases


def test_proposed_cases_are_of_many_kinds_and_have_gold(proposed: list[Case]) -> None:
    assert {tag for case in proposed for tag in case.tags} >= {
        "count",
        "total",
        "group",
        "top",
        "filter",
        "time",
    }
    assert all(case.gold for case in proposed)


def test_a_terse_phrasing_is_a_paraphrase_in_the_same_part(proposed: list[Case]) -> None:
    by_id = {case.id: case for case in proposed}
    terse = [case for case in proposed if case.phrasing == "terse"]
    assert terse
    assert all(case.paraphrase_of and by_id[case.paraphrase_of].split == case.split for case in terse)


def asked(question_id: str, question: str | None, **more: object) -> TelemetryRecord:
    fields = {"at": dt.datetime(2024, 5, 1, tzinfo=dt.UTC), "question_id": question_id, "question": question}
    return TelemetryRecord.model_validate({**fields, **more})


def thumb(question_id: str, feedback: str, comment: str | None = None) -> TelemetryRecord:
    return asked(question_id, None, kind="feedback", feedback=feedback, comment=comment)


def test_a_disliked_answer_becomes_a_draft_without_gold() -> None:
    records = [
        asked("q1", "sales by shop", sql="SELECT 1", model="builtin"),
        thumb("q1", "down", "wrong year"),
    ]
    (case,) = disliked(records)
    assert case.question == "sales by shop"
    assert case.gold == ()
    assert case.note is not None
    assert "SELECT 1" in case.note
    assert "wrong year" in case.note


def test_only_the_last_thumb_counts_and_known_questions_are_passed_over() -> None:
    records = [
        asked("q1", "liked in the end"), thumb("q1", "down"), thumb("q1", "up"),
        asked("q2", "Known already?"), thumb("q2", "down"),
        asked("q3", None), thumb("q3", "down"),
        asked("q4", "twice"), thumb("q4", "down"),
        asked("q5", "Twice!"), thumb("q5", "down"),
    ]  # fmt: skip
    drafts = list(disliked(records, [Case(id="k", question="known already")]))
    assert [case.question for case in drafts] == ["twice"]
