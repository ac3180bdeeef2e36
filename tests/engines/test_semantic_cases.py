"""Questions in, rows out: the engine on small databases, with answers that were worked out by hand."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import pytest
import yaml
from databases_of_cases import NAMES, Database
from pydantic import BaseModel, ConfigDict

from datacraft.contracts.errors import NotAnswered
from datacraft.sql.compare import Table, same_result

FOLDER = Path(__file__).with_name("semantic_cases")


class Case(BaseModel):
    """A question and the rows it has to give; with `known_gap`, those or none at all."""

    model_config = ConfigDict(extra="forbid")

    data: str
    question: str
    rows: list[list[str | int | float | None]]
    kind: str = "follow_up"
    earlier: list[str] = []
    ordered: bool = False
    chart: str | None = None
    known_gap: bool = False


class Unanswered(BaseModel):
    """A question that must not be answered, and what the error has to say."""

    model_config = ConfigDict(extra="forbid")

    data: str
    question: str
    error: Literal["ambiguous", "not_understood", "refused"]
    names: list[str] = []
    choices: list[str] = []


@cache
def cases() -> list[Case]:
    found = []
    for name in (*NAMES, "conversations"):
        content = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
        found += [Case.model_validate({"data": name} | case) for case in content["cases"]]
    return found


def unanswered() -> list[Unanswered]:
    content = yaml.safe_load((FOLDER / "unanswered.yaml").read_text(encoding="utf-8"))
    return [Unanswered.model_validate(case) for case in content["cases"]]


def label(case: Case | Unanswered) -> str:
    kind = case.kind if isinstance(case, Case) else case.error
    return f"{case.data}-{kind}-{case.question}"


@pytest.mark.parametrize("case", [case for case in cases() if not case.known_gap], ids=label)
def test_a_question_gives_the_rows_that_were_worked_out(case: Case, databases: dict[str, Database]) -> None:
    database = databases[case.data]
    proposal = database.converse(case.earlier, case.question)
    shown = database.run(proposal.plan)
    expected = Table([str(number) for number, _ in enumerate(case.rows[0])], case.rows)
    assert same_result(expected, shown, ordered=case.ordered, extra_columns=2), shown.rows[:20]
    assert case.chart is None or proposal.chart == case.chart


@pytest.mark.parametrize("case", [case for case in cases() if case.known_gap], ids=label)
def test_what_is_not_understood_yet_is_never_answered_wrongly(
    case: Case, databases: dict[str, Database]
) -> None:
    database = databases[case.data]
    try:
        shown = database.run(database.converse(case.earlier, case.question).plan)
    except NotAnswered:
        return
    expected = Table([str(number) for number, _ in enumerate(case.rows[0])], case.rows)
    assert same_result(expected, shown, ordered=case.ordered, extra_columns=2), shown.rows[:20]


@pytest.mark.parametrize("case", unanswered(), ids=label)
def test_what_the_data_can_not_tell_is_not_answered(case: Unanswered, databases: dict[str, Database]) -> None:
    with pytest.raises(NotAnswered) as caught:
        databases[case.data].engine.propose(case.question, [])
    error = caught.value
    assert error.code == case.error
    assert [word for word in case.names if word not in error.message] == []
    assert [word for word in case.choices if not any(word in choice for choice in error.choices)] == []


# Of those that are whole questions: a lone word, said in more words, is no question yet.
ASKED_BACK = [case for case in unanswered() if case.choices and len(case.question.split()) > 2]


@pytest.mark.parametrize("case", ASKED_BACK, ids=map(label, ASKED_BACK))
def test_every_choice_that_is_offered_is_a_question_that_can_be_answered(
    case: Unanswered, databases: dict[str, Database]
) -> None:
    engine = databases[case.data].engine
    with pytest.raises(NotAnswered) as caught:
        engine.propose(case.question, [])
    plans = [engine.propose(choice, []).plan for choice in caught.value.choices]
    assert len(plans) >= 2
    assert plans[0] != plans[1]


def test_the_cases_cover_every_kind_of_question() -> None:
    kinds = {case.kind for case in cases() if not case.known_gap}
    wanted = {"totals", "counts", "filters", "grouping", "ranking", "best_in_group", "dates", "shares", "ratios",
              "durations", "negation", "thresholds", "above_average", "compared", "nested", "self", "follow_up"}  # fmt: skip
    assert wanted <= kinds
