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
    run = datacraft("pipeline", "run", "--questions", "shop.yaml", "--data", "sales.csv", "--dry-run")
    assert run.code == 0, run.err
    assert "evaluate: 30 calls" in run.err
    assert "for about $0.0000" in run.err
    assert not (folder / ".datacraft" / "pipeline").exists()


def test_a_run_can_be_looked_at_repeated_and_gone_on_with(datacraft: Command, folder: Path) -> None:
    make_set(datacraft)
    nothing = datacraft("pipeline", "status")
    assert (nothing.code, "No pipeline has run" in nothing.err) == (2, True)
    assert datacraft("pipeline", "resume").code == 2
    command = ("pipeline", "run", "--questions", "shop.yaml", "--data", "sales.csv")
    first = datacraft(*command)
    shown = datacraft("pipeline", "status")
    assert [line.split("\t")[:2] for line in shown.out.splitlines()] == [
        [name, "done"]
        for name in ("data", "profile", "questions", "tune", "candidates", "evaluate", "bias", "select", "sensitivity", "holdout",
                     "responses", "publish")
    ]  # fmt: skip
    assert first.out.strip() in shown.err
    assert datacraft(*command).out == first.out, "nothing has changed: nothing new is published"
    assert datacraft("pipeline", "resume").out == first.out
    plan = datacraft(*command, "--dry-run")
    assert plan.err.count("as before") == 12
    assert "0 calls in all" in plan.err
    wrong = datacraft(*command, "--from", "winner")
    assert (wrong.code, "Steps are data, profile" in wrong.err) == (2, True)
    with (folder / "sales.csv").open("a") as sales:
        sales.write("9,2023-04-09,North,Lamp,1,20.0\n")
    changed = datacraft("pipeline", "resume")
    assert changed.code == 2
    assert "data has changed since this run began" in changed.err
    assert datacraft("pipeline", "status").out == shown.out, "a refused resume leaves the state as it was"


def test_a_run_at_work_is_seen_and_not_disturbed(datacraft: Command, folder: Path) -> None:
    from datacraft.pipeline.folder import RunFolder, read_state

    make_set(datacraft)
    command = ("pipeline", "run", "--questions", "shop.yaml", "--data", "sales.csv")
    assert datacraft(*command).code == 0
    place = folder / ".datacraft" / "pipeline"
    state = read_state(place)
    assert state is not None
    with RunFolder(place) as run:
        run.write(state.model_copy(update={"status": "running", "current": "bias"}))
        shown = datacraft("pipeline", "status")
        second = datacraft(*command)
    lines = [line.split("\t")[:2] for line in shown.out.splitlines()]
    assert [lines[5], lines[6], lines[7]] == [["evaluate", "done"], ["bias", "at work"], ["select", "to do"]]
    assert "running" in shown.err
    assert (second.code, "Another run is at work" in second.err) == (2, True)
    assert "stopped" in datacraft("pipeline", "status").err, "nobody is at work any more"


def test_releases_are_listed_shown_compared_and_verified(datacraft: Command, folder: Path) -> None:
    import datetime as dt

    from datacraft.registry import open_store, publish_release
    from datacraft.registry.documents import parse_release

    store = open_store((folder / ".datacraft" / "registry").as_uri())
    names = ("20250101T000000Z_aaaaaaa", "20250102T000000Z_bbbbbbb")
    for name, score in zip(names, (80.0, 85.5), strict=True):
        fields = {
            "release_id": name, "selected_model": "builtin", "provider": "builtin", "strategy": "semantic",
            "hyperparameters": {}, "composite_score": score, "performance_score": 70.0, "bias_score": 1.0,
            "success_rate": 90.0, "avg_response_time": 0.1, "deployment_ready": True,
            "selection_methodology": "m", "question_set": {"name": "q", "version": "1", "size": 3},
            "created_at": dt.datetime(2025, 1, 1, tzinfo=dt.UTC).isoformat(), "commit": name[-7:],
        }  # fmt: skip
        metadata = parse_release(json.dumps(fields).encode(), name)
        publish_release(store, metadata, {"validation_report.json": b"{}"})
    listed = datacraft("releases", "list").out.splitlines()
    assert [line.split("\t")[0] for line in listed] == [names[1], names[0]]
    assert json.loads(datacraft("releases", "show", names[0]).out)["composite_score"] == 80.0
    assert "composite_score: 80.0 -> 85.5" in datacraft("releases", "diff", *names).out.splitlines()
    assert datacraft("releases", "verify", names[0]).code == 0
    changed = folder / ".datacraft" / "registry" / "models" / names[0] / "validation_report.json"
    changed.write_text("{ }")
    verified = datacraft("releases", "verify", names[0])
    assert (verified.code, "not what was published" in verified.out) == (1, True)
    assert datacraft("releases", "show", "20240101T000000Z_ccccccc").code == 1
