"""Question sets on disk: read, refused with their line, written, added to."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stall import question_set

from datacraft.contracts.question_set import SPLITS, Case, split_of
from datacraft.evaluation.questions import (
    QuestionSetError,
    load_question_set,
    packaged_sets,
    write_question_set,
)
from datacraft.evaluation.questions.reading import append_cases


@pytest.mark.parametrize("name", ["set.yaml", "set.jsonl"])
def test_a_set_comes_back_as_it_was_written(tmp_path: Path, name: str) -> None:
    write_question_set(tmp_path / name, question_set())
    assert load_question_set(tmp_path / name) == question_set()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: x\nversion: 1\ncases:\n  - id: a\n", r"set.yaml:4: case a, question: Field required"),
        ("name: x\nversion: 1\ncases:\n  - id: a\n    question: q\n    golds: [x]\n", r"set.yaml:6: case a, golds"),
        ("name: x\nversion: 1\ncases: []\n", r"set.yaml:3: cases"),
        ("name: x\nversion: 0\ncases:\n  - {id: a, question: q}\n", r"set.yaml:2: version"),
        (
            "name: x\nversion: 1\ncases:\n  - id: a\n    question: q\n  - id: a\n    question: r\n",
            r"set.yaml:6: the id a is used for the second time",
        ),
        ("name: x\nversion: 1\ncases:\n  - id: a\n    question: q\n    split: dev\n", r"set.yaml:6: case a, split"),
        ("name: x\nversion: 1\ncases:\n  - id: a\n    question: q\n    paraphrase_of: b\n", r"paraphrase of b"),
        ("name: [\n", r"set.yaml:2: not valid YAML"),
    ],
)  # fmt: skip
def test_a_wrong_set_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "set.yaml"
    path.write_text(text)
    with pytest.raises(QuestionSetError, match=message):
        load_question_set(path)


def test_a_wrong_line_of_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text('{"name": "x", "version": 1}\n{"id": "a", "question": "q"}\n{"id": "b"}\n')
    with pytest.raises(QuestionSetError, match=r"set.jsonl:3: case b, question"):
        load_question_set(path)
    path.write_text('{"name": "x", "version": 1}\n{"id": \n')
    with pytest.raises(QuestionSetError, match=r"set.jsonl:2: not valid JSON"):
        load_question_set(path)


def test_a_missing_set_names_those_that_come_along() -> None:
    with pytest.raises(QuestionSetError) as raised:
        load_question_set("nix.yaml")
    assert "retail" in str(raised.value.hint)


def test_adding_keeps_the_comments_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "set.yaml"
    path.write_text("# ours\nname: x\nversion: 1\ncases:\n  - id: a  # the first\n    question: q\n")
    larger = append_cases(path, [Case(id="b", question="r: #1", note="two\nlines")])
    assert [case.id for case in larger.cases] == ["a", "b"]
    assert load_question_set(path) == larger
    assert "# ours" in path.read_text()
    assert "# the first" in path.read_text()


def test_adding_to_a_file_whose_cases_stand_in_another_way_works_too(tmp_path: Path) -> None:
    path = tmp_path / "set.yaml"
    path.write_text("cases:\n- id: a\n  question: q\nname: x\nversion: 1\n")
    larger = append_cases(path, [Case(id="b", question="r")])
    assert load_question_set(path) == larger


def test_an_id_that_is_taken_is_not_added(tmp_path: Path) -> None:
    path = tmp_path / "set.yaml"
    path.write_text("name: x\nversion: 1\ncases:\n  - id: a\n    question: q\n")
    before = path.read_text()
    with pytest.raises(QuestionSetError, match="second time"):
        append_cases(path, [Case(id="a", question="r")])
    assert path.read_text() == before


def test_any_change_of_a_case_changes_the_digest() -> None:
    changed = question_set().model_copy(update={"cases": question_set().cases[1:]})
    assert changed.digest() != question_set().digest()
    assert question_set().digest() == question_set().digest()


def test_the_parts_follow_from_the_ids_in_the_stated_shares() -> None:
    parts = [split_of(f"case-{number}") for number in range(4000)]
    shares = {part: parts.count(part) / len(parts) for part in SPLITS}
    assert abs(shares["tune"] - 0.5) < 0.03
    assert abs(shares["select"] - 0.3) < 0.03
    assert abs(shares["holdout"] - 0.2) < 0.03


@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,20}", fullmatch=True))
def test_a_paraphrase_is_in_the_part_of_its_original(name: str) -> None:
    original = Case(id=name, question="q")
    assert Case(id=f"{name}-2", question="r", paraphrase_of=name).split == original.split


def test_the_set_that_comes_along_is_large_enough() -> None:
    assert len(load_question_set(packaged_sets()["retail"]).cases) >= 200
