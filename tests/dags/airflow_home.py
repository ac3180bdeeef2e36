"""Airflow in its own environment, with a home and a database of its own.

`.ci/run` makes the environment, `.venv-airflow`, from requirements/airflow.txt; the package is not installed there,
but found by PYTHONPATH.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from dataclasses import dataclass
from pathlib import Path

from real_parts import missing_part

ROOT = Path(__file__).parents[2]
ENVIRONMENT = Path(os.environ.get("AIRFLOW_VENV", ROOT / ".venv-airflow"))


@dataclass(frozen=True)
class DagRun:
    """What became of a run: its state, each task's states and tries by map index, and all that was logged."""

    state: str
    states: dict[str, list[str]]
    tries: dict[str, list[int]]
    log: str


class AirflowHome:
    """A folder with Airflow's database in it."""

    def __init__(self, folder: Path) -> None:
        if not (ENVIRONMENT / "bin" / "airflow").exists():
            missing_part(f"Airflow is not in {ENVIRONMENT.name} (see .ci/run)")
        self.folder = folder
        self._airflow("db", "migrate")
        self._airflow("pools", "set", "model_calls", "2", "Tasks that ask models")

    def run(self, place: Path, conf: dict[str, object], *, failing: str = "") -> DagRun:
        """Run the DAG in a working folder; the step `failing` fails the first time that it is made."""
        arguments = [json.dumps(conf), *([failing] if failing else [])]
        command = [ENVIRONMENT / "bin" / "python", Path(__file__).with_name("run_dag.py"), *arguments]
        log = self._finished(command, place)
        found = json.loads(log.strip().splitlines()[-1])
        states: dict[str, list[str]] = {}
        tries: dict[str, list[int]] = {}
        for one in sorted(found["tasks"], key=lambda one: (one["task"], one["map"])):
            states.setdefault(one["task"], []).append(one["state"])
            tries.setdefault(one["task"], []).append(one["tries"])
        return DagRun(found["state"], states, tries, log)

    def handed_on(self) -> list[str]:
        """Return all values that tasks have handed to others, as JSON."""
        with sqlite3.connect(self.folder / "airflow.db") as database:
            return [str(value) for (value,) in database.execute("SELECT value FROM xcom")]

    def _airflow(self, *arguments: str) -> None:
        self._finished([ENVIRONMENT / "bin" / "airflow", *arguments], self.folder)

    def _finished(self, command: list[str | Path], place: Path) -> str:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DATACRAFT_", "AIRFLOW_")) and name != "GCS_BUCKET_NAME"
        }
        own = {
            "AIRFLOW_HOME": str(self.folder),
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "PYTHONPATH": str(ROOT / "src"),
        }
        run = subprocess.run(
            command,
            cwd=place,
            env=kept | own,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
        )
        assert run.returncode == 0, run.stdout
        return run.stdout
