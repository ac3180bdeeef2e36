"""`datacraft ask` with one question: what goes where, and what the command ends with."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from command_line import Command

ASK = ("ask", "--data", "sales.csv")


def test_rows_go_to_stdout_and_the_sentence_to_stderr(datacraft: Command) -> None:
    run = datacraft(*ASK, "total sales by region")
    assert run.code == 0
    assert "North" in run.out
    assert "400" in run.out
    assert "sales by region" in run.err
    assert "North\n" not in run.err


def test_json_is_one_object_with_every_part_of_the_answer(datacraft: Command) -> None:
    run = datacraft(*ASK, "total sales by region", "--format", "json")
    answer = json.loads(run.out)
    assert {"id", "question", "sql", "columns", "rows", "chart", "explanation", "confidence", "error",
            "timings"} <= answer.keys()  # fmt: skip
    assert ["North", 400.0] in answer["rows"]
    assert answer["error"] is None


def test_json_writes_dates_in_iso_format(datacraft: Command) -> None:
    rows = json.loads(datacraft(*ASK, "sales by month", "--format", "json").out)["rows"]
    assert rows[0][0].startswith("2023-01-01")


def test_csv_has_a_header_and_exact_values(datacraft: Command) -> None:
    rows = list(csv.reader(io.StringIO(datacraft(*ASK, "total sales by region", "-f", "csv").out)))
    assert rows[0][0] == "region"
    assert sorted(rows[1:]) == [["East", "550"], ["North", "400"], ["South", "410"]]


def test_markdown_is_a_table_of_pipes(datacraft: Command) -> None:
    lines = datacraft(*ASK, "total sales by region", "-f", "md").out.splitlines()
    assert lines[1] == "| --- | ---: |"
    assert len(lines) == 5


def test_sql_only_writes_the_sql_and_no_rows(datacraft: Command) -> None:
    run = datacraft(*ASK, "total sales by region", "--sql-only")
    assert run.out.upper().startswith("SELECT")
    assert "North" not in run.out


def test_explain_says_how_the_question_was_read(datacraft: Command) -> None:
    run = datacraft(*ASK, "total sales by region", "--explain")
    assert "'sales'" in run.err
    assert "SELECT" in run.err
    assert "Time:" in run.err
    assert "SELECT" not in run.out


def test_a_chart_page_needs_no_network(datacraft: Command, folder: Path) -> None:
    assert datacraft(*ASK, "total sales by region", "--chart", "charts/page.html").code == 0
    page = (folder / "charts" / "page.html").read_text()
    assert 'data-chart="chart-1"' in page
    assert "Plotly.newPlot" in page
    assert "<script src" not in page
    assert '<link rel="stylesheet"' not in page


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("total sales by region", 0),
        ("", 2),
        ("sales of the frobnicators by zeppelin colour", 3),
        ("delete all orders", 3),
    ],
)
def test_the_exit_code_says_whether_it_was_answered(datacraft: Command, question: str, code: int) -> None:
    assert datacraft(*ASK, question).code == code


def test_an_unanswered_question_leaves_stdout_empty_and_says_why(datacraft: Command) -> None:
    run = datacraft(*ASK, "sales of the frobnicators by zeppelin colour")
    assert run.out == ""
    assert "Hint:" in run.err


def test_an_unanswered_question_is_json_all_the_same(datacraft: Command) -> None:
    run = datacraft(*ASK, "sales of the frobnicators by zeppelin colour", "-f", "json")
    assert json.loads(run.out)["error"]["code"] == "not_understood"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ask",), "There is no question"),
        (("ask", "total sales"), "There is no data"),
        (("ask", "total sales", "--data", "missing.csv"), "missing.csv"),
        (("ask", "total sales", "--data", "sales.csv", "--format", "xml"), "xml"),
        (("ask", "total sales", "--nonsense"), "--nonsense"),
        (("ask", "--questions", "in.jsonl", "--data", "sales.csv"), "--out"),
        (("ask", "total", "--questions", "in.jsonl", "--out", "out.jsonl", "--data", "sales.csv"), "no question"),
        (("ask", "total sales", "-d", "sales.csv", "--chart", "sales.csv/page.html"), "can't be written"),
        (("--config", "missing.yaml", "ask", "total sales"), "missing.yaml"),
        (("nonsense",), "nonsense"),
    ],
)  # fmt: skip
def test_wrong_usage_ends_with_2_and_says_what_is_wrong(
    datacraft: Command, arguments: tuple[str, ...], said: str
) -> None:
    run = datacraft(*arguments)
    assert run.code == 2
    assert said in run.err
    assert "Traceback" not in run.err


def test_several_files_are_asked_about_together(datacraft: Command, folder: Path) -> None:
    (folder / "regions.csv").write_text("region,manager\nNorth,Ada\nSouth,Grace\nEast,Alan\n")
    run = datacraft("ask", "total sales by manager", "-d", "sales.csv", "-d", "regions.csv", "-f", "csv")
    assert run.code == 0
    assert "Ada,400" in run.out


def test_values_that_could_not_be_read_are_told_with_examples(datacraft: Command, folder: Path) -> None:
    lines = [f"{number},{number * 1.5}" for number in range(1, 200)]
    (folder / "odd.csv").write_text("\n".join(["number,amount", *lines, "200,plenty"]) + "\n")
    run = datacraft("ask", "average amount", "--data", "odd.csv")
    assert "Warning:" in run.err
    assert "plenty" in run.err


def test_data_can_not_steer_the_terminal(datacraft: Command, folder: Path) -> None:
    (folder / "evil.csv").write_text("name,amount\n\x1b[2Jboo,1\nplain,2\nother,3\n", encoding="utf-8")
    run = datacraft("ask", "amount by name", "--data", "evil.csv")
    assert "\x1b" not in run.out + run.err


def test_settings_name_the_data_too(datacraft: Command, folder: Path) -> None:
    (folder / "datacraft.yaml").write_text("data:\n  paths: [sales.csv]\n")
    assert datacraft("ask", "total sales").code == 0
