"""Reports say what was measured, show data as text whatever it holds, and need nothing from elsewhere."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from reported import EVIL, evaluated, everything

from datacraft.contracts.judgement import CallRecord
from datacraft.contracts.question_set import Case
from datacraft.evaluation.data import LoadedData
from datacraft.evaluation.reports import Gathered, report_files
from datacraft.evaluation.reports.sections.failures import failures_of
from datacraft.evaluation.reports.sections.sql import marked, pretty

SECTIONS = [
    "summary",
    "ranking",
    "tradeoffs",
    "slices",
    "bias",
    "failures",
    "tuning",
    "sensitivity",
    "reproduce",
]


class Parsed(HTMLParser):
    """What a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "input"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def ids(self) -> list[str]:
        return [str(attributes["id"]) for tag, attributes in self.tags if tag == "section"]


@pytest.fixture(scope="module")
def whole(stall_data: LoadedData, tmp_path_factory: pytest.TempPathFactory) -> Gathered:
    return everything(stall_data, tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def html(whole: Gathered) -> str:
    return report_files(whole)["report.html"].decode()


@pytest.fixture(scope="module")
def alone(stall_data: LoadedData, tmp_path_factory: pytest.TempPathFactory) -> Gathered:
    return evaluated(stall_data, tmp_path_factory.mktemp("alone"))


def test_every_element_is_closed_and_all_sections_are_there_in_order(html: str) -> None:
    parsed = Parsed(html)
    assert parsed.open == []
    assert parsed.ids() == SECTIONS
    linked = [attributes["href"] for tag, attributes in parsed.tags if tag == "a"]
    assert linked == [f"#{name}" for name in SECTIONS]


def test_what_was_not_made_is_left_out(alone: Gathered) -> None:
    parsed = Parsed(report_files(alone)["report.html"].decode())
    assert parsed.ids() == ["summary", "ranking", "tradeoffs", "slices", "failures", "reproduce"]


def test_markup_in_questions_names_and_data_stays_text(html: str) -> None:
    parsed = Parsed(html)
    assert sum(tag == "script" for tag, _ in parsed.tags) == 1
    assert all(tag != "img" for tag, _ in parsed.tags)
    assert not any(name.startswith("on") for _, attributes in parsed.tags for name in attributes)
    text = "".join(parsed.text)
    assert EVIL in text
    assert "<img src=x onerror=alert(1)>" in text
    assert "\x00" not in html
    assert "\x1b" not in html


def test_nothing_is_loaded_from_elsewhere(html: str) -> None:
    assert not re.search(r"https?://|@import|url\(|src=(?!x onerror)", html)


def test_the_summary_says_who_was_chosen_and_how_good_it_is(whole: Gathered, html: str) -> None:
    text = "".join(Parsed(html).text)
    assert "good is chosen." in text
    accuracy = whole.evaluation.candidates[0].rates["accuracy"]
    assert f"good answers {100 * accuracy.value:.0f}\N{NO-BREAK SPACE}% rightly" in text
    assert "1 signs of bias were found; severity HIGH." in text
    assert "+0.0 points of optimism" in text


def test_every_figure_of_the_ranking_is_that_of_the_selection(whole: Gathered, html: str) -> None:
    assert whole.selection is not None
    for one in whole.selection.ranking:
        shown = f"{one.composite.value:.1f} ({one.composite.low:.1f} to {one.composite.high:.1f})"
        assert shown in html


def test_no_winner_is_told_as_such(whole: Gathered) -> None:
    assert whole.selection is not None
    none = whole.selection.model_copy(
        update={"selected": None, "reasons": ["good misses the floor of bias."]}
    )
    text = "".join(Parsed(report_files(replace(whole, selection=none))["report.html"].decode()).text)
    assert "Nothing is chosen: no candidate reaches every floor." in text
    assert "good misses the floor of bias." in text


def test_a_run_that_is_not_finished_is_told_as_such(alone: Gathered) -> None:
    partly = alone.evaluation.model_copy(
        update={"complete": False, "calls": 3, "stopped": "the ceiling of 3 calls is reached"}
    )
    files = report_files(replace(alone, evaluation=partly))
    for name in ("report.html", "summary.md"):
        assert b"The run is not finished: 3 of" in files[name]
    assert b"The run stopped early: the ceiling of 3 calls is reached." in files["report.html"]


def test_failures_stand_beside_what_was_expected(alone: Gathered, html: str) -> None:
    wrong = {(record.candidate, record.case) for record in alone.records if not record.judgement.right}
    found = {(name, one.case.id) for one in failures_of(alone) for name in one.config_ids}
    assert found == wrong
    text = "".join(Parsed(html).text)
    for case in {case for _, case in wrong}:
        assert f"Case {case}" in text
    assert "4 more rows" in text, "of the 12 rows of a gold 8 are shown"


def test_pairs_that_were_not_answered_alike_stand_beside_each_other(html: str) -> None:
    text = "".join(Parsed(html).text)
    assert f"Pairs that {EVIL} did not answer alike" in text
    assert f"total in {EVIL}" in text


def test_equal_answers_of_several_candidates_stand_together(alone: Gathered) -> None:
    record = next(record for record in alone.records if record.judgement.mistakes)
    other = next(one.config_id for one in alone.evaluation.candidates if one.config_id != record.candidate)
    twice = [record, record.model_copy(update={"candidate": other})]
    (failure,) = failures_of(replace(alone, records=twice))
    assert set(failure.config_ids) == {record.candidate, other}


def test_lines_that_differ_are_marked() -> None:
    shown = marked("SELECT\n  a,\n  sum(b)\nFROM t", "SELECT\n  a,\n  avg(b)\nFROM t")
    assert re.findall(r"<mark>(.*?)</mark>", shown) == ["  sum(b)"]
    assert marked("SELECT <1>", None) == "SELECT &lt;1&gt;"


def test_sql_is_read_in_its_own_dialect_and_shown_as_it_is_where_it_is_none() -> None:
    assert pretty("SELECT `a b` FROM t", "bigquery") == "SELECT\n  `a b`\nFROM t"
    assert pretty("SELEC nothing (", "duckdb") == "SELEC nothing ("
    assert pretty("SELECT '" + "x" * 9_000 + "'", "duckdb").endswith("…")


def test_the_page_stays_below_5_mb_with_thousands_of_failures(alone: Gathered) -> None:
    model = next(record for record in alone.records if record.judgement.mistakes)
    long = "SELECT " + ", ".join(f"column_{number} AS another_{number}" for number in range(2_000))
    cases = [Case(id=f"c{number}", question="why? " * 60, gold=(long,)) for number in range(2_000)]
    records: list[CallRecord] = [
        model.model_copy(
            update={"case": case.id, "sql": long, "rows": (("x" * 5_000,) * 20,) * 20, "columns": ("c",) * 20}
        )
        for case in cases
    ]
    questions = alone.questions.model_copy(update={"cases": tuple(cases)})
    page = report_files(replace(alone, questions=questions, records=records, golds={}))["report.html"]
    assert len(page) < 5_000_000
    assert b"1,700 more are in calls.jsonl." in page


def test_junit_has_a_test_for_every_call_and_a_failure_for_every_wrong_one(alone: Gathered) -> None:
    root = ET.fromstring(report_files(alone)["junit.xml"].decode())
    suites = root.findall("testsuite")
    assert [suite.get("name") for suite in suites][:1] == ["good"]
    assert len(root.findall(".//testcase")) == len(alone.records)
    wrong = [record for record in alone.records if not record.judgement.right]
    errors = [record for record in wrong if record.judgement.outcome == "failed"]
    assert errors
    assert len(root.findall(".//failure")) == len(wrong) - len(errors)
    assert len(root.findall(".//error")) == len(errors)
    assert root.get("failures") == str(len(wrong) - len(errors))
    told = root.find(".//testcase[@name='evil']/failure")
    assert told is not None
    assert EVIL in str(told.text)


def test_the_markdown_summary_holds_a_line_per_candidate_and_no_markup(whole: Gathered) -> None:
    text = report_files(whole)["summary.md"].decode()
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert sum("good ✓" in row for row in rows) == 1
    assert "<script>" not in text
    assert len({row.count(" | ") for row in rows[:3]}) == 1, "a name may not add a column"
    assert "22.0 high" in text


def test_a_single_candidate_that_never_fails_makes_a_report(alone: Gathered) -> None:
    (first, *_) = alone.evaluation.candidates
    perfect = [record for record in alone.records if record.judgement.right]
    one = alone.evaluation.model_copy(update={"candidates": [first]})
    text = "".join(
        Parsed(report_files(replace(alone, evaluation=one, records=perfect))["report.html"].decode()).text
    )
    assert "good was evaluated." in text
    assert "Every case was handled rightly." in text
