"""`datacraft ask --questions`: in order, resumable, losing nothing."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import Command
from hypothesis import given, settings
from hypothesis import strategies as st

from datacraft.cli.batch import answer_lines
from datacraft.cli.question_file import AskedLine, finished_lines, read_questions
from datacraft.contracts.answer import Answer

BATCH = ("ask", "--data", "sales.csv", "--questions", "in.jsonl", "--out", "out.jsonl")
ASKED = [
    {"id": "a", "question": "total sales"},
    {"question": "total sales by region"},
    {"id": 7, "question": "sales of the frobnicators by zeppelin colour"},
]


def write_lines(path: Path, lines: list[object]) -> None:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def read_lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_each_line_is_answered_in_order_under_its_id(datacraft: Command, folder: Path) -> None:
    write_lines(folder / "in.jsonl", ASKED)
    run = datacraft(*BATCH)
    lines = read_lines(folder / "out.jsonl")
    assert [line["id"] for line in lines] == ["a", 2, 7]
    assert lines[0]["rows"] == [[1360.0]]
    assert lines[2]["error"]["code"] == "not_understood"
    assert run.code == 4
    assert "2 of 3" in run.err


def test_a_file_that_is_answered_whole_ends_with_0(datacraft: Command, folder: Path) -> None:
    write_lines(folder / "in.jsonl", ASKED[:2])
    assert datacraft(*BATCH).code == 0


def test_a_bad_line_is_named_by_its_number_and_the_others_are_answered(
    datacraft: Command, folder: Path
) -> None:
    (folder / "in.jsonl").write_text(
        '{"question": "total sales"}\n\n{"question": 5}\nnot json\n{"question": "total sales", "id": [1]}\n'
    )
    run = datacraft(*BATCH)
    lines = read_lines(folder / "out.jsonl")
    assert [line["error"] and line["error"]["code"] for line in lines] == [None, *["bad_input"] * 3]
    for number in (3, 4, 5):
        assert f"in.jsonl:{number}:" in run.err
    assert run.code == 4


def test_finished_lines_are_kept_and_a_torn_one_is_asked_again(datacraft: Command, folder: Path) -> None:
    write_lines(folder / "in.jsonl", ASKED)
    datacraft(*BATCH)
    whole = (folder / "out.jsonl").read_bytes()
    first, second, _ = whole.splitlines(keepends=True)
    (folder / "out.jsonl").write_bytes(first + second[:25])
    run = datacraft(*BATCH)
    assert "1 of 3 lines are answered already" in run.err
    again = (folder / "out.jsonl").read_bytes().splitlines(keepends=True)
    assert again[0] == first
    assert [json.loads(line)["id"] for line in again] == ["a", 2, 7]


def test_a_finished_file_is_left_as_it_is(datacraft: Command, folder: Path) -> None:
    write_lines(folder / "in.jsonl", ASKED)
    datacraft(*BATCH)
    before = (folder / "out.jsonl").read_bytes()
    assert datacraft(*BATCH).code == 4
    assert (folder / "out.jsonl").read_bytes() == before


def test_answers_to_other_questions_are_never_overwritten(datacraft: Command, folder: Path) -> None:
    write_lines(folder / "in.jsonl", ASKED)
    (folder / "out.jsonl").write_text("a person's notes\n")
    run = datacraft(*BATCH)
    assert run.code == 2
    assert (folder / "out.jsonl").read_text() == "a person's notes\n"


@pytest.mark.parametrize("content", [None, "", "\n \n"])
def test_a_missing_or_empty_file_of_questions_is_wrong_input(
    datacraft: Command, folder: Path, content: str | None
) -> None:
    if content is not None:
        (folder / "in.jsonl").write_text(content)
    run = datacraft(*BATCH)
    assert run.code == 2
    assert "in.jsonl" in run.err


def test_questions_of_one_session_follow_up_also_after_a_stop(datacraft: Command, folder: Path) -> None:
    asked = [
        {"question": "total sales by region", "session": "s"},
        {"question": "only North", "session": "s"},
        {"question": "total sales", "session": "t"},
    ]
    write_lines(folder / "in.jsonl", asked)
    datacraft(*BATCH)
    whole = read_lines(folder / "out.jsonl")
    write_lines(folder / "out.jsonl", whole[:1])
    datacraft(*BATCH)
    assert [line["rows"] for line in read_lines(folder / "out.jsonl")] == [line["rows"] for line in whole]


def test_ctrl_c_keeps_whole_lines_and_ends_with_130(folder: Path) -> None:
    write_lines(folder / "in.jsonl", [{"question": "total sales by region"}] * 5_000)
    command = [sys.executable, "-m", "datacraft.cli", *BATCH]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, cwd=folder, env=os.environ.copy())
    deadline = time.monotonic() + 60
    while not ((folder / "out.jsonl").exists() and (folder / "out.jsonl").stat().st_size):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"goes on from there" in said
    assert b"Traceback" not in said
    content = (folder / "out.jsonl").read_bytes()
    assert content.endswith(b"\n")
    assert all(json.loads(line)["error"] is None for line in content.splitlines())


def test_a_ctrl_c_that_native_code_swallows_still_stops(folder: Path) -> None:
    class Swallowing:
        def ask(self, question: str, session: str | None) -> Answer:
            with contextlib.suppress(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
            return Answer(
                question_id="q", question=question, model="builtin", asked_at=dt.datetime.now(dt.UTC)
            )

    asked = [AskedLine(i, i, "total sales", None, None) for i in range(3)]
    with pytest.raises(KeyboardInterrupt):
        answer_lines(Swallowing(), asked, folder / "out.jsonl")  # type: ignore[arg-type]
    assert (folder / "out.jsonl").read_text() == "", "the answer that Ctrl-C fell into is not kept"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes_are_lines_or_wrong_input(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("lines") / "in.jsonl"
    path.write_bytes(b'{"question": "total sales"}\n' + content)
    lines = read_questions(path)
    assert lines[0].problem is None
    assert all(line.problem is not None or line.question for line in lines)


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0, max_value=120))
def test_a_file_torn_at_any_byte_is_gone_on_with(
    tmp_path_factory: pytest.TempPathFactory, length: int
) -> None:
    folder = tmp_path_factory.mktemp("torn")
    write_lines(folder / "in.jsonl", [{"question": "é"}, {"question": "b"}, {"question": "c"}])
    out = folder / "out.jsonl"
    content = b"".join(json.dumps({"id": i, "text": "é" * 5}).encode() + b"\n" for i in (1, 2, 3))
    out.write_bytes(content[:length])
    done = finished_lines(out, read_questions(folder / "in.jsonl"))
    assert done == content[:length].count(b"\n")
    assert out.read_bytes() == b"".join(content.splitlines(keepends=True)[:done])
