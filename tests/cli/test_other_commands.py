"""`sample`, `config show`, `doctor`, `serve` and `demo`."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import Command

from datacraft.cli import parts
from datacraft.warehouse.documents.extras import has_tesseract


def test_sample_writes_as_many_rows_as_asked_for_and_the_same_again(datacraft: Command, folder: Path) -> None:
    assert datacraft("sample", "--rows", 500, "--seed", 7, "--out", "a.csv").out.strip() == "a.csv"
    datacraft("sample", "--rows", 500, "--seed", 7, "--out", "b.csv")
    datacraft("sample", "--rows", 500, "--seed", 7, "--drifted", "--out", "c.csv")
    texts = [(folder / name).read_text() for name in ("a.csv", "b.csv", "c.csv")]
    assert len(texts[0].splitlines()) == 501
    assert texts[0] == texts[1] != texts[2]


def test_sample_has_the_defaults_of_the_layer_below(datacraft: Command) -> None:
    from datacraft.warehouse.sample import DEFAULT_ROWS, DEFAULT_SEED

    said = datacraft("sample", "--help").out
    assert f"default: {DEFAULT_ROWS}" in said
    assert f"default: {DEFAULT_SEED}" in said


@pytest.mark.parametrize("arguments", [("--rows", "0"), ("--out", "sample.txt"), ("--rows", "many")])
def test_sample_says_what_is_wrong(datacraft: Command, arguments: tuple[str, ...]) -> None:
    assert datacraft("sample", *arguments).code == 2


def test_config_show_tells_each_value_with_its_origin(
    datacraft: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "datacraft.yaml").write_text("channel: canary\n")
    monkeypatch.setenv("PORT", "9000")
    monkeypatch.setenv("DATACRAFT_DATABASE_URL", "postgresql://me:hunter2@db/state")
    text = datacraft("config", "show").out
    assert "datacraft.yaml:1" in text
    assert "environment PORT" in text
    assert "hunter2" not in text
    shown = json.loads(datacraft("config", "show", "--json").out)
    assert shown["channel"] == {"value": "canary", "origin": "datacraft.yaml:1"}
    assert shown["serve.port"]["value"] == "9000"


def test_a_named_settings_file_is_used(datacraft: Command, folder: Path) -> None:
    (folder / "other.yaml").write_text("channel: canary\n")
    assert "canary" in datacraft("--config", "other.yaml", "config", "show").out


def test_doctor_finds_everything_that_is_needed(datacraft: Command) -> None:
    run = datacraft("doctor", "--data", "sales.csv")
    assert run.code == 0
    for name in (
        "state folder",
        "extra ui",
        "extra gcp",
        "browser",
        "port",
        "registry",
        "semantic file",
        "data",
    ):
        assert name in run.out
    assert "1 table with 8 rows" in run.out


def test_doctor_says_which_part_is_missing(datacraft: Command, folder: Path) -> None:
    (folder / "semantic.yaml").write_text("tables: 5\n")
    run = datacraft("doctor", "--data", "missing.csv")
    assert run.code == 4
    missing = [line for line in run.out.splitlines() if line.startswith("missing")]
    assert [line.split("  ")[1].strip() for line in missing] == ["semantic file", "data"]


def test_doctor_finds_a_taken_port(datacraft: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("PORT", str(taken.getsockname()[1]))
        assert "listens on" in datacraft("doctor").out
        run = datacraft("serve", "--data", "sales.csv")
    assert run.code == 2
    assert "already" in run.err


def test_serve_says_how_to_install_what_it_lacks(datacraft: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PAGE_MODULES", ("no_such_module",))
    run = datacraft("serve", "--data", "sales.csv")
    assert run.code == 2
    assert ".[ui]" in run.err


@pytest.mark.e2e
def test_the_demonstration_chooses_a_model_answers_every_question_and_writes_a_gallery(folder: Path) -> None:
    command = [sys.executable, "-m", "datacraft.cli", "demo", "--out", "shown"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[-1] == "shown/index.html"
    assert "leaked" not in run.stderr, "native libraries have nothing to complain of when it ends"
    page = (folder / "shown" / "index.html").read_text()
    assert page.count("<article") == 11
    scanned = has_tesseract()
    assert ("total rent by region" if scanned else "total rent by country") in page
    assert ("The scan is left out" in run.stderr) is not scanned
    for file in ("stores.xlsx", "rents.pdf", *(["managers.png"] if scanned else [])):
        assert f"Read shown/documents/{file}" in run.stderr
    (release,) = (folder / "shown" / "state" / "registry" / "models").iterdir()
    assert f"What answered is {release.name}." in run.stderr
    assert str(release / "report.html") in run.stderr
    assert json.loads((release / "best_model_metadata.json").read_text())["deployment_ready"]
    assert page.count("data-chart=") >= 6
