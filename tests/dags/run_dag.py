"""Runs in Airflow's own environment: the DAG, as `dag.test()` runs it; prints what became of each task as JSON.

    python run_dag.py CONF [FAILING]

CONF is the run's parameters as JSON. The step FAILING fails the first time that it is made.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from datacraft.contracts.errors import RegistryError
from datacraft.pipeline import tasks

DAG_FILE = Path(__file__).parents[2] / "dags" / "model_pipeline_dag.py"


def break_once(failing: str) -> None:
    """Let a step fail the first time that it is made, as it does when a registry is away for a moment."""
    made = tasks.make_step
    marker = Path("failed_once")

    def make_step(request: Any, name: str, given: Sequence[Any], *, candidate: str | None = None) -> Any:
        if name == failing and not marker.exists():
            marker.touch()
            raise RegistryError("The registry is away.", hint="Wait for it.")
        return made(request, name, given, candidate=candidate)

    tasks.make_step = make_step


def main() -> None:
    conf = json.loads(sys.argv[1])
    if len(sys.argv) > 2:
        break_once(sys.argv[2])
    spec = importlib.util.spec_from_file_location("model_pipeline_dag", DAG_FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    dag = module.model_pipeline_dag()
    for task in dag.tasks:
        task.retry_delay = dt.timedelta(seconds=0)
        task.max_retry_delay = dt.timedelta(seconds=1)
    run = dag.test(run_conf=conf)
    states = [
        {"task": one.task_id, "map": one.map_index, "state": one.state, "tries": one.try_number}
        for one in run.get_task_instances()
    ]
    print("\n" + json.dumps({"state": run.state, "tasks": states}))


if __name__ == "__main__":
    main()
