"""`datacraft pipeline run`: a release in an empty folder, or a code that says that nobody was good enough."""

from __future__ import annotations

import json
from pathlib import Path

from command_line import Command


def make_set(datacraft: Command) -> None:
    assert datacraft("questions", "new", "shop.yaml", "--data", "sales.csv", "--count", 24).code == 0


def test_a_release_is_published_and_named_on_stdout(datacraft: Command, folder: Path) -> None:
    make_set(datacraft)
    run = datacraft("pipeline", "run", "--questions", "shop.yaml", "--data", "sales.csv")
    assert run.code == 0, run.err
    release = folder / ".datacraft" / "registry" / "models" / run.out.strip()
    metadata = json.loads((release / "best_model_metadata.json").read_text())
    assert metadata["commit"].startswith("nogit-")
    assert "better than" in run.err or "can't be told apart" in run.err
    assert datacraft("ask", "total sales by region", "--data", "sales.csv").code == 0


def test_nobody_good_enough_ends_with_14(datacraft: Command, folder: Path) -> None:
    make_set(datacraft)
    (folder / "datacraft.yaml").write_text(
        "evaluation:\n  selection:\n    floors:\n      min_reliability: 1\n      max_wrong_shown: 0\n"
        "      min_performance: 100\n    latency_budget_s: 0.001\n"
    )
    (folder / "shop.yaml").write_text(
        (folder / "shop.yaml").read_text().replace("question: ", "question: Zxqv ")
    )
    run = datacraft("pipeline", "run", "--questions", "shop.yaml", "--data", "sales.csv")
    assert run.code == 14, run.err
    assert run.out == ""
    assert "nothing was published" in run.err
    assert not (folder / ".datacraft" / "registry").exists()


def test_a_dry_run_asks_nothing(datacraft: Command, folder: Path) -> None:
    make_set(datacraft)
    run = datacraft("pipeline", "run", "--questions", "shop.yaml", "--dry-run")
    assert run.code == 0
    assert "calls" in run.err
    assert not (folder / ".datacraft" / "pipeline").exists()
