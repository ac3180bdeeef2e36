"""kill -9 at any moment, then `resume`: the same verdicts, and no finished call is made again."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
from stall import question_set, write_sales

pytestmark = pytest.mark.e2e

_KILLS = 4


def prepared(folder: Path) -> Path:
    folder.mkdir()
    write_sales(folder)
    (folder / "stall.yaml").write_text(question_set().model_dump_json(exclude_defaults=True))
    return folder


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "datacraft.cli", "pipeline", *words]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def calls(folder: Path) -> list[tuple[str, str, str, int]]:
    """Return the calls that are kept, each with the study that it is of, as often as they are there."""
    place = folder / ".datacraft" / "pipeline" / "calls"
    return [
        (str(path.relative_to(place)), call["candidate"], call["case"], call["repeat"])
        for path in place.rglob("calls.jsonl")
        for call in map(json.loads, path.read_bytes().split(b"\n")[:-1])
    ]


def kept(folder: Path) -> int:
    """Return how many bytes the folder of the run holds."""
    place = folder / ".datacraft" / "pipeline"
    try:
        return sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    except FileNotFoundError:  # a file was renamed meanwhile
        return 0


def judged(folder: Path) -> object:
    """Return what the only release says, but for times."""
    (release,) = (folder / ".datacraft" / "registry" / "models").iterdir()
    report = json.loads((release / "model_selection_report.json").read_text())
    lines = (release / "evaluation" / "calls.jsonl").read_text().splitlines()
    return (
        report["selected"],
        {one["config_id"]: (one["accuracy"], one["performance"], one["bias"]) for one in report["ranking"]},
        {call["case"]: call["judgement"] for call in map(json.loads, lines)},
    )


def test_a_pipeline_killed_again_and_again_ends_as_if_nothing_had_happened(tmp_path: Path) -> None:
    undisturbed = prepared(tmp_path / "undisturbed")
    run = ("run", "--questions", "stall.yaml", "--data", "sales.csv")
    assert start(undisturbed, *run).wait() == 0
    whole = kept(undisturbed)
    killed = prepared(tmp_path / "killed")
    random, kills = Random(7), 0
    for number in range(_KILLS):
        process = start(killed, *(("resume",) if (killed / ".datacraft/pipeline/run.json").exists() else run))
        enough = random.uniform(number, number + 1) / _KILLS * whole
        while process.poll() is None and kept(killed) < enough:
            time.sleep(0.005)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.communicate()
    assert kills >= _KILLS // 2
    last = start(killed, "resume")
    out, told = last.communicate()
    assert last.returncode == 0, told
    assert out.startswith("20")
    assert judged(killed) == judged(undisturbed)
    made = calls(killed)
    assert len(made) == len(set(made)), "a call that is kept is not made again"
    assert set(made) == set(calls(undisturbed))
