"""The page of answers: whatever stands in questions and data stays text."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

from datacraft.cli.output.page import write_page
from datacraft.contracts.answer import Answer, Chart, ResultColumn
from datacraft.contracts.errors import ErrorInfo

EVIL = '</script><script>alert("1")</script>$title<!--'
NOW = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def test_markup_in_questions_and_data_stays_text(tmp_path: Path) -> None:
    figure = {"data": [{"type": "bar", "x": [EVIL], "y": [1]}], "layout": {}}
    answer = Answer(
        question_id="1", question=EVIL, sql=f"SELECT '{EVIL}'", explanation=EVIL, notes=["Mind: " + EVIL],
        columns=[ResultColumn(name="name", label=EVIL, type="text")], rows=[[EVIL]],
        chart=Chart(kind="bar", title=EVIL, plotly=figure, alt=EVIL), asked_at=NOW,
    )  # fmt: skip
    write_page(tmp_path / "page.html", [answer], title=EVIL)
    page = (tmp_path / "page.html").read_text()
    assert '<script>alert("1")' not in page
    assert "$title&lt;!--" in page
    embedded = re.search(r'data-chart="chart-1">(.*?)</script>', page, re.S)
    assert embedded is not None
    assert json.loads(embedded[1])["data"][0]["x"] == [EVIL]


def test_an_unanswered_question_is_shown_with_its_choices_and_without_library(tmp_path: Path) -> None:
    error = ErrorInfo(code="ambiguous", message="Which one?", choices=["this", "that"])
    answer = Answer(question_id="1", question="sales", error=error, asked_at=NOW)
    write_page(tmp_path / "page.html", [answer], title="One")
    assert "Which one? this that" in (tmp_path / "page.html").read_text()
    assert (tmp_path / "page.html").stat().st_size < 10_000
