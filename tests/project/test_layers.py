"""What may import what, and what importing costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {"pandas", "streamlit", "plotly", "google", "airflow", "pyarrow", "openpyxl"}


def modules_after(code: str) -> set[str]:
    """Return the top-level modules that a new process has imported after running `code`."""
    shown = f"{code}\nimport sys\nsys.stderr.write(' '.join(sys.modules))"
    run = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, check=True, cwd=ROOT)
    return {name.split(".")[0] for name in run.stderr.splitlines()[-1].split()}


def test_imports_point_downwards_only() -> None:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stdout


def test_importing_datacraft_imports_nothing_else() -> None:
    loaded = modules_after("import datacraft")
    assert not loaded & (HEAVY | {"duckdb", "pydantic", "sqlglot", "rich", "typer"})


@pytest.mark.parametrize(
    "module", ["cli.app", "serving.assembly", "http", "registry", "profiles", "evaluation"]
)
def test_no_layer_imports_heavy_parts_before_it_needs_them(module: str) -> None:
    assert not modules_after(f"import datacraft.{module}") & HEAVY


def test_asking_imports_no_heavy_part(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("region,sales\nNorth,1\nSouth,2\n")
    ask = ["ask", "sales by region", "--data", str(tmp_path / "sales.csv")]
    code = f"import os; os.chdir({str(tmp_path)!r})\nfrom datacraft.cli import main\n"
    assert not modules_after(f"{code}main({ask!r})\nmain({ask!r})") & HEAVY
