"""The edge: whatever happens inside, a person gets a sentence, and never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import Command

from datacraft.cli.edge import exit_code_of
from datacraft.contracts.errors import ErrorInfo


def test_an_unforeseen_error_is_a_sentence_and_a_log(
    datacraft: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a detail for the log")

    monkeypatch.setattr("datacraft.cli.asking.open_handler", explode)
    run = datacraft("ask", "a private question", "--data", "sales.csv")
    assert run.code == 1
    assert "Traceback" not in run.err
    assert str(folder / ".datacraft" / "errors.log") in run.err
    log = (folder / ".datacraft" / "errors.log").read_text()
    assert "a detail for the log" in log
    assert "a private question" not in log


@pytest.mark.parametrize(
    ("code", "expected"),
    [("ambiguous", 3), ("refused", 3), ("not_understood", 3), ("bad_input", 2), ("bad_data", 2),
     ("unsafe_sql", 1), ("query_failed", 1), ("limit_exceeded", 1), ("internal", 1)],
)  # fmt: skip
def test_every_error_code_has_its_exit_code(code: str, expected: int) -> None:
    assert exit_code_of(ErrorInfo(code=code, message="")) == expected


def test_a_reader_that_has_enough_is_no_failure(folder: Path) -> None:
    rows = "".join(f"{number},name {number}\n" for number in range(9_000))
    (folder / "many.csv").write_text("number,name\n" + rows)
    command = f"{sys.executable} -m datacraft.cli ask 'list all names' -d many.csv -f csv | head -1"
    run = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, cwd=folder
    )
    assert "Traceback" not in run.stderr
    assert "Exception ignored" not in run.stderr


def test_characters_that_the_terminal_lacks_are_no_failure(folder: Path) -> None:
    (folder / "places.csv").write_text("city,people\nZürich,4\nKøbenhavn,6\n東京,9\n")
    run = subprocess.run(
        [sys.executable, "-m", "datacraft.cli", "ask", "people by city", "-d", "places.csv"],
        capture_output=True, text=True, cwd=folder, env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "\\u6771" in run.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_completion_for_each_shell(folder: Path, shell: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "datacraft.cli"], capture_output=True, text=True, cwd=folder,
        env=os.environ | {"_DATACRAFT_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_ARGS": "datacraft pro",
                          "_TYPER_COMPLETE_FISH_ACTION": "get-args", "COMP_WORDS": "datacraft pro", "COMP_CWORD": "1"},
    )  # fmt: skip
    assert "profile" in run.stdout, run.stderr
    assert "sample" not in run.stdout


def test_version_and_bare_command_say_what_this_is(datacraft: Command) -> None:
    assert datacraft("--version").out.startswith("datacraft 0.")
    assert "Usage:" in datacraft().out + datacraft().err
