from __future__ import annotations

import os
from pathlib import Path

import pytest
from command_line import Command, Run

from datacraft.cli import main

SALES = """order_id,order_date,region,product,quantity,sales
1,2023-01-05,North,Lamp,2,40.0
2,2023-01-20,South,Desk,1,150.0
3,2023-02-03,North,Desk,2,300.0
4,2023-02-11,East,Lamp,5,100.0
5,2023-03-02,South,Chair,4,240.0
6,2023-03-15,North,Chair,1,60.0
7,2023-03-30,East,Desk,3,450.0
8,2023-04-08,South,Lamp,1,20.0
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with `sales.csv`, and an environment without settings."""
    for name in os.environ:
        if name.startswith("DATACRAFT_") or name in {"PORT", "BEST_MODEL_NAME", "GCS_BUCKET_NAME"}:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sales.csv").write_text(SALES)
    return tmp_path


@pytest.fixture
def datacraft(folder: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command in the folder, in this process."""

    def run(*arguments: object) -> Run:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        written = capsys.readouterr()
        return Run(code, written.out, written.err)

    return run
