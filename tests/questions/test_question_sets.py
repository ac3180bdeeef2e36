"""The question sets agree with their data, and the scorer tells right from wrong."""

import json
import re
from pathlib import Path

import make_data
import pytest
from questionset import HERE, Case, half_of, load, open_database, run, set_paths
from score import GivenAnswer, judge, score

from datacraft.evaluation.questions.check import check_question_set
from datacraft.warehouse import Warehouse

BANK = HERE / "bank.yaml"


@pytest.fixture(scope="module")
def bank() -> Warehouse:
    return open_database(load(BANK))


def gold_answer(case: Case, database: Warehouse) -> dict[str, object]:
    if not case.gold:
        return {"id": case.id, "question": case.question, "error": {"code": "ambiguous"}}
    table = run(case.gold[-1], database)
    return {
        "id": case.id,
        "question": case.question,
        "columns": table.columns,
        "rows": table.rows,
        "error": None,
    }


@pytest.mark.parametrize("path", set_paths(), ids=lambda path: path.stem)
def test_every_gold_runs_and_gives_the_only_right_answer(path: Path) -> None:
    question_set = load(path)
    errors = [str(f) for f in check_question_set(question_set, open_database(question_set)) if f.is_error]
    assert errors == []


def test_the_sets_are_as_large_as_promised_and_split_in_half() -> None:
    sizes = {path.stem: load(path).cases for path in set_paths()}
    others = [name for name in sizes if name not in ("retail", "bank")]
    assert len(sizes["retail"]) >= 200
    assert len(sizes["bank"]) >= 60
    assert len(others) >= 6 and sum(len(sizes[name]) for name in others) >= 200
    held = [half_of(case) == "held" for cases in sizes.values() for case in cases]
    assert 0.4 < sum(held) / len(held) < 0.6


def test_the_committed_data_is_what_the_script_makes(tmp_path: Path) -> None:
    make_data.write(tmp_path)
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.csv")}
    assert made == {path.relative_to(HERE): path.read_bytes() for path in HERE.rglob("*.csv")}


def test_gold_answers_score_as_right_and_silence_as_not_answered(bank: Warehouse, tmp_path: Path) -> None:
    lines = [json.dumps(gold_answer(case, bank), default=str) for case in load(BANK).cases]
    answers = tmp_path / "answers.jsonl"
    answers.write_text("\n".join(lines), encoding="utf-8")
    assert "(100.0%)" in score(BANK, answers).splitlines()[0]
    answers.write_text("", encoding="utf-8")
    assert "0 wrong (0.0%)" in score(BANK, answers).splitlines()[1]


def test_of_the_held_half_only_totals_are_shown(tmp_path: Path) -> None:
    answers = tmp_path / "answers.jsonl"
    answers.write_text("", encoding="utf-8")
    text = score(BANK, answers, show=True)
    dev = {case.id for case in load(BANK).cases if half_of(case) == "dev"}
    shown = set(re.findall(r"bank-\d+", text))
    assert shown and shown < dev


def test_rows_shown_for_what_can_not_be_answered_are_wrong(bank: Warehouse) -> None:
    case = Case(id="x", question="Transfer 500", answerable="unanswerable")
    assert judge(case, None, bank) == "right"
    assert judge(case, GivenAnswer(id="x", columns=["n"], rows=[[1]]), bank) == "wrong"
