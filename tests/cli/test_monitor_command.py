"""`datacraft monitor run`: the verdict as an exit code, figures, reports, and the workflow's entry."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import pytest

sys.path += [str(Path(__file__).parents[1] / folder) for folder in ("evaluation", "monitoring")]

from looks import published
from stall import question_set, write_sales

from datacraft.contracts.judgement import CallRecord, Judgement
from datacraft.contracts.telemetry import TelemetryRecord
from datacraft.evaluation.questions import load_question_set
from datacraft.registry import Mandate, open_store
from datacraft.registry.channels import promote, read_pointer
from datacraft.serving.telemetry import TelemetryWriter

SCRIPT = Path(__file__).parents[2] / "ci-cd" / "scripts" / "monitor_production.py"


def write(folder: Path, count: int, error: str | None = None) -> None:
    now = dt.datetime.now(dt.UTC)
    with TelemetryWriter(folder / ".datacraft" / "telemetry", channel="production") as writer:
        for number in range(count):
            at = now - dt.timedelta(seconds=10 * number)
            writer.put(TelemetryRecord(at=at, question_id=str(number), error=error))


def monitor(folder: Path, *arguments: str, script: bool = False) -> subprocess.CompletedProcess[str]:
    command = (
        [sys.executable, str(SCRIPT)] if script else [sys.executable, "-m", "datacraft.cli", "monitor", "run"]
    )
    return subprocess.run([*command, *arguments], cwd=folder, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("count", "error", "code", "status"),
    [(0, None, 3, "unknown"), (50, None, 0, "healthy"), (50, "query_failed", 12, "down")],
)
def test_the_exit_code_is_the_status(tmp_path, count, error, code, status):
    if count:
        write(tmp_path, count, error)
    run = monitor(tmp_path, "--report", "health.json", "--report", "health.md")
    assert run.returncode == code, run.stderr
    assert f"production is {status}." in run.stderr
    assert json.loads((tmp_path / "health.json").read_text())["status"] == status
    assert (tmp_path / "health.md").read_text().startswith(f"# production: {status}\n")


def test_the_workflow_s_entry_does_the_same(tmp_path):
    write(tmp_path, 50)
    run = monitor(tmp_path, "--format", "json", script=True)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["status"] == "healthy"


def test_thresholds_come_from_the_file_and_a_wrong_one_is_named(tmp_path):
    write(tmp_path, 50)
    policy = tmp_path / "strict.yaml"
    policy.write_text("monitoring:\n  min_requests: 500\n")
    assert monitor(tmp_path, "--policy", "strict.yaml").returncode == 3
    policy.write_text("monitoring:\n  max_error_rate: 2\n")
    run = monitor(tmp_path, "--policy", "strict.yaml")
    assert run.returncode == 2
    assert "strict.yaml:2: monitoring.max_error_rate" in run.stderr


def test_a_report_of_another_kind_is_refused(tmp_path):
    run = monitor(tmp_path, "--report", "health.pdf")
    assert run.returncode == 2
    assert "no kind of report" in run.stderr


def test_production_is_graded_and_the_grading_is_kept(tmp_path):
    """The release's own cases on the data of today; without --grade the last grading is told."""
    sales, name = served_stall(tmp_path)
    run = monitor(tmp_path, "--data", str(sales), "--no-compare", "--grade", "--report", "health.json")
    assert run.returncode == 3, run.stderr  # nobody has asked
    assert f"Asking {name} 16 questions whose answers are known." in run.stderr
    accuracy = json.loads((tmp_path / "health.json").read_text())["accuracy"]
    assert (accuracy["cases"], accuracy["expected"]) == (16, 16)
    assert accuracy["right"] >= 14
    again = monitor(tmp_path, "--data", str(sales), "--no-compare")
    assert "of 16 graded cases are right" in again.stderr
    assert "Asking" not in again.stderr


def served_stall(folder: Path) -> tuple[Path, str]:
    """Let a release serve that was chosen by questions about a stall, all of which it got right."""
    store = open_store((folder / ".datacraft" / "registry").as_uri())
    questions, now = question_set(), dt.datetime.now(dt.UTC).replace(microsecond=0)
    calls = "".join(
        CallRecord(
            candidate="x", case=case.id, repeat=0, latency_ms=5, at=now,
            judgement=Judgement(outcome="answered", right=True),
        ).model_dump_json() + "\n"
        for case in questions.cases
    )  # fmt: skip
    files = {
        "evaluation/questions.json": questions.model_dump_json().encode(),
        "evaluation/calls.jsonl": calls.encode(),
    }
    name = published(store, now, **files)
    promote(store, read_pointer(store, "production"), name, Mandate("ada", "by its gates", now))
    return write_sales(folder), name


def test_what_production_fails_at_is_proposed_as_cases(tmp_path):
    served_stall(tmp_path)
    now = dt.datetime.now(dt.UTC)
    with TelemetryWriter(tmp_path / ".datacraft" / "telemetry", channel="production") as writer:
        for number, question in enumerate(["sales on the moon", "How many sales are there?"]):
            writer.put(
                TelemetryRecord(
                    at=now - dt.timedelta(hours=1), question_id=f"x{number}", question=question, error="not_understood"
                )
            )  # fmt: skip
    run = subprocess.run(
        [sys.executable, "-m", "datacraft.cli", "monitor", "cases", "failing.yaml"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (run.returncode, run.stdout) == (0, "not_understood\tsales on the moon\n"), run.stderr
    assert [one.question for one in load_question_set(tmp_path / "failing.yaml").cases] == [
        "sales on the moon"
    ]
    assert len(list((tmp_path / ".datacraft/registry/monitoring/production/cases").iterdir())) == 1
