from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import datacraft.ui
from datacraft.contracts.answer import Answer, ResultColumn
from datacraft.ui.table import csv_file
from datacraft.ui.words import counted, label

ROOT = Path(__file__).parents[2]


def test_csv_keeps_text_from_being_run_as_a_formula() -> None:
    answer = Answer(
        question_id="1",
        question="q",
        columns=[
            ResultColumn(name="name", label="name", type="text"),
            ResultColumn(name="n", label="n", type="integer"),
        ],
        rows=[["=1+1", -5], ["Müller, \"Ü\"", None], ["@x", 3]],
        asked_at=dt.datetime.now(dt.UTC),
    )  # fmt: skip
    assert csv_file(answer).decode("utf-8-sig").splitlines() == [
        "name,n",
        "'=1+1,-5",
        '"Müller, ""Ü""",',
        "'@x,3",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a *b* $c$", r"a \*b\* \$c\$"), (":red[x]", r"\:red\[x\]"), ("two\nlines", "two lines")],
)
def test_text_in_a_label_means_nothing_but_itself(text: str, expected: str) -> None:
    assert label(text) == expected


def test_things_are_counted_in_words() -> None:
    assert [counted(1, "row"), counted(2, "row"), counted(1_200, "entry", "entries")] == [
        "1 row", "2 rows", "1,200 entries",
    ]  # fmt: skip


def test_the_page_looks_the_same_however_it_is_started() -> None:
    package = Path(datacraft.ui.__file__).parent
    assert (ROOT / ".streamlit/config.toml").read_text() == (package / ".streamlit/config.toml").read_text()
    assert (ROOT / "frontend/app.py").read_text() == (package / "app.py").read_text()
