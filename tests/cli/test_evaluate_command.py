"""`datacraft evaluate`: figures on stdout, a report in the run's folder, and an exit code that says how it went."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

from command_line import Command

SET = """name: shop
version: 1
data: sales.csv
cases:
  - {id: all, question: total sales, gold: [SELECT sum(sales) FROM sales]}
  - {id: north, question: total sales in the North, gold: ["SELECT sum(sales) FROM sales WHERE region = 'North'"]}
  - {id: rain, question: "Will it rain tomorrow?", answerable: unanswerable}
"""


def test_candidates_are_judged_and_the_report_is_kept(datacraft: Command, folder: Path) -> None:
    (folder / "shop.yaml").write_text(SET)
    run = datacraft("evaluate", "--questions", "shop.yaml", "--part", "all", "--out", "run", "--variants", 1)
    assert run.code == 0, run.err
    assert run.out.splitlines()[1].startswith("builtin-0.5")
    report = json.loads((folder / "run" / "evaluation.json").read_text())
    assert report["complete"]
    assert report["commit"].startswith("nogit-")
    assert report["candidates"][0]["rates"]["accuracy"]["value"] == 1.0
    assert report["candidates"][0]["rates"]["lucky"]["value"] == 0.0


def test_reports_for_people_and_ci_are_written_beside_the_figures(datacraft: Command, folder: Path) -> None:
    (folder / "shop.yaml").write_text(SET)
    run = datacraft("evaluate", "--questions", "shop.yaml", "--part", "all", "--out", "run", "--repeats", 2)
    assert "run/report.html" in run.err
    page = (folder / "run" / "report.html").read_text()
    assert "has the highest score of 3 candidates" in page
    assert "datacraft evaluate --questions shop.yaml --part all --repeats 2" in page
    assert (folder / "run" / "summary.md").read_text().startswith("## Evaluation of shop 1\n")
    assert (folder / "run" / "junit.xml").read_text().count("<testcase") == 9
    assert not list((folder / "run").glob("*.partial"))


def test_a_budget_that_ends_before_is_said_and_gone_on_from(datacraft: Command, folder: Path) -> None:
    (folder / "shop.yaml").write_text(SET)
    command = ("evaluate", "--questions", "shop.yaml", "--part", "all", "--max-calls")
    first = datacraft(*command, 4)
    assert first.code == 4
    assert "4 of 9 calls" in first.err
    assert datacraft(*command, 9).code == 0


def test_wrong_usage_is_told(datacraft: Command, folder: Path) -> None:
    (folder / "shop.yaml").write_text(SET)
    assert datacraft("evaluate", "--questions", "shop.yaml", "--part", "dev").code == 2
    assert "no question set" in datacraft("evaluate", "--questions", "nix").err
    nothing = datacraft("evaluate", "--questions", "shop.yaml", "--part", "holdout")
    assert "No case of shop is in the part `holdout`" in nothing.err


def test_ctrl_c_keeps_what_is_finished(folder: Path) -> None:
    cases = "".join(
        f"  - {{id: c{number}, question: total sales of order {number}, gold: [SELECT {number}]}}\n"
        for number in range(400)
    )
    (folder / "long.yaml").write_text(f"name: long\nversion: 1\ndata: sales.csv\ncases:\n{cases}")
    command = [sys.executable, "-m", "datacraft.cli", "evaluate", "--questions", "long.yaml", "--part", "all",
               "--out", "run"]  # fmt: skip
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)
    calls = folder / "run" / "calls.jsonl"
    while process.poll() is None and not (calls.exists() and calls.read_bytes().count(b"\n") > 5):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate()
    assert process.returncode == 130, told
    assert "the same command goes on from there" in told
    assert "Traceback" not in told
    assert calls.read_bytes().endswith(b"\n")
