"""`datacraft drift`: verdicts, reports, exit codes, and every way to name a baseline."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from command_line import Command

from datacraft.contracts.drift import DriftReport

RELEASE = "20250101T000000Z_abc1234"


@pytest.fixture
def files(folder: Path) -> Path:
    """Three files of sales: of last year, of this year alike, and of a year without furniture."""
    for name, furniture in (("old", 33), ("same", 34), ("moved", 2)):
        lines = ["day,kind,amount"]
        for row in range(800):
            kind = "Furniture" if row * 37 % 100 < furniture else "Office"
            lines.append(f"2024-01-{1 + row // 29:02d},{kind},{row * 7 % 37}.5")
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return folder


def test_data_that_stay_as_they_were_end_with_0(datacraft: Command, files: Path) -> None:
    run = datacraft("drift", "old.csv", "same.csv")
    assert run.code == 0, run.err
    assert run.out.startswith("steady\t0.")


def test_drift_ends_with_11_and_names_the_column_and_the_change(datacraft: Command, files: Path) -> None:
    run = datacraft("drift", "old.csv", "moved.csv")
    assert run.code == 11
    said = run.out.replace("\N{NO-BREAK SPACE}", " ")
    assert "old.kind: share of Furniture 33 % → 2 %; share of Office 67 % → 98 %" in said


def test_the_profile_of_the_baseline_suffices(datacraft: Command, files: Path) -> None:
    assert datacraft("profile", "--data", "old.csv").code == 0
    (files / "old.csv").unlink()
    assert datacraft("drift", ".datacraft/data_profile.json", "same.csv").code == 0
    assert datacraft("drift", ".datacraft/data_profile.json", "moved.csv").code == 11


def test_a_release_is_a_baseline_by_its_profile(datacraft: Command, files: Path) -> None:
    datacraft("profile", "--data", "old.csv")
    release = files / ".datacraft" / "registry" / "models" / RELEASE
    (release / "evaluation").mkdir(parents=True)
    (files / ".datacraft" / "data_profile.json").rename(release / "evaluation" / "data_profile.json")
    metadata = {
        "schema_version": 1, "release_id": RELEASE, "selected_model": "m", "provider": "builtin", "strategy": "semantic",
        "hyperparameters": {"temperature": 0.1, "top_p": 0.8, "top_k": 20}, "prompt": None, "composite_score": 80,
        "performance_score": 90, "bias_score": 12, "success_rate": 97, "avg_response_time": 0.4, "deployment_ready": True,
        "selection_methodology": "composite", "question_set": {"name": "retail", "version": "1", "size": 200},
        "created_at": "2025-01-01T00:00:00Z", "commit": "abc1234", "data_profile": "evaluation/data_profile.json",
    }  # fmt: skip
    (release / "best_model_metadata.json").write_text(json.dumps(metadata))
    assert datacraft("drift", RELEASE, "same.csv").code == 0
    run = datacraft("drift", "production", "moved.csv", "--report", "drift.json")
    assert run.code == 11, run.err
    assert json.loads((files / "drift.json").read_text())["baseline"]["name"] == RELEASE


def test_reports_are_written_for_people_for_programs_and_for_ci(datacraft: Command, files: Path) -> None:
    run = datacraft("drift", "old.csv", "moved.csv", "-r", "out/r.html", "-r", "out/r.json", "-r", "out/r.md")
    assert run.code == 11
    page = (files / "out" / "r.html").read_text()
    assert "share of Furniture" in page
    assert not re.search(r"""(src|href)=["']?https?:|url\(|@import""", page), "the page loads something"
    report = DriftReport.model_validate_json((files / "out" / "r.json").read_text())
    assert report.drifted
    assert "| old.kind | drifted |" in (files / "out" / "r.md").read_text()


def test_names_of_data_are_text_to_the_page(datacraft: Command, files: Path) -> None:
    for name in ("old", "moved"):
        path = files / f"{name}.csv"
        path.write_text(path.read_text().replace("Furniture", "<script>alert(1)</script>|*x*"))
    datacraft("drift", "old.csv", "moved.csv", "-r", "r.html", "-r", "r.md")
    assert "<script>alert" not in (files / "r.html").read_text()
    assert "<script>" not in (files / "r.md").read_text()


def test_nothing_to_compare_ends_with_3(datacraft: Command, files: Path) -> None:
    run = datacraft("drift", "sales.csv", "old.csv")
    assert (run.code, run.out.splitlines()[0]) == (3, "unknown\t1.00")
    assert "this is another data set" in run.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nothing", "old.csv"), "nothing is no file, and no release"),
        (("production", "old.csv"), "no profile to compare with"),
        (("old.csv", "missing.csv"), "missing.csv"),
        (("old.csv", "same.csv", "-r", "r.pdf"), "none of .html, .json and .md"),
        (("old.csv",), "There is no data to ask about"),
    ],
)
def test_wrong_input_ends_with_2_and_says_what_to_do(
    datacraft: Command, files: Path, arguments: tuple[str, ...], said: str
) -> None:
    run = datacraft("drift", *arguments)
    assert run.code == 2
    assert said in run.err
    assert "Hint:" in run.err


def test_a_profile_that_is_broken_is_read_as_data_and_said_so(datacraft: Command, files: Path) -> None:
    (files / "broken.json").write_text('{"schema_version": 1, "tables":')
    run = datacraft("drift", "broken.json", "old.csv")
    assert run.code == 2
    assert "broken.json" in run.err
