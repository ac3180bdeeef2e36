"""The DAG, run by Airflow: it publishes what the run in one process publishes, and fails closed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from airflow_home import AirflowHome, DagRun
from stall import question_set, write_sales

pytestmark = pytest.mark.e2e

STRICT = "evaluation:\n  selection:\n    floors:\n      min_performance: 100\n"


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> AirflowHome:
    return AirflowHome(tmp_path_factory.mktemp("airflow"))


def prepared(folder: Path, settings: str = "", change: str = "") -> dict[str, object]:
    """Write data, questions and settings into a folder; return the parameters of a run on them."""
    write_sales(folder)
    questions = question_set().model_dump_json(exclude_defaults=True)
    (folder / "stall.yaml").write_text(questions.replace("sum(amount)", change) if change else questions)
    (folder / "datacraft.yaml").write_text(f"state_dir: {folder / 'state'}\n{settings}")
    return {
        "config": str(folder / "datacraft.yaml"),
        "questions": str(folder / "stall.yaml"),
        "reason": "drift of last week",
    }


def releases(folder: Path) -> list[Path]:
    return sorted((folder / "state" / "registry" / "models").glob("*"))


def judged(folder: Path) -> dict[str, object]:
    """Return all that a release says, but for times: configs, verdicts, accuracy, bias, floors."""
    (release,) = releases(folder)
    selection = json.loads((release / "model_selection_report.json").read_text())
    metadata = json.loads((release / "best_model_metadata.json").read_text())
    found: dict[str, object] = {
        "selected": selection["selected"],
        "metadata": {
            name: metadata[name]
            for name in ("selected_model", "bias_score", "success_rate", "deployment_ready", "config_id",
                         "question_set", "data_profile")
        },
        "ranking": {
            one["config_id"]: [one["accuracy"], one["performance"], one["bias"], one["eligible"]]
            for one in selection["ranking"]
        },
        "bias": {
            path.name: {name: value for name, value in json.loads(path.read_text()).items() if name != "rates"}
            for path in sorted((release / "bias").iterdir())
        },
    }  # fmt: skip
    for name in ("calls", "holdout_calls"):
        calls = [json.loads(line) for line in (release / "evaluation" / f"{name}.jsonl").open()]
        found[name] = {
            call["case"]: [call.get("sql"), call.get("result"), call["judgement"]] for call in calls
        }
    return found


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("by-airflow")


@pytest.fixture(scope="module")
def published(airflow: AirflowHome, place: Path) -> DagRun:
    """A run whose look for bias fails once."""
    return airflow.run(place, prepared(place) | {"commit": "abc1234"}, failing="bias")


def test_the_dag_publishes_what_the_run_in_one_process_publishes(
    published: DagRun, place: Path, tmp_path: Path
) -> None:
    assert published.state == "success", published.log
    conf = prepared(tmp_path)
    command = [sys.executable, "-m", "datacraft.cli", "--config", str(conf["config"]), "pipeline", "run"]
    subprocess.run([*command, "--questions", str(conf["questions"])], cwd=tmp_path, check=True)
    assert judged(place) == judged(tmp_path)
    assert releases(place)[0].name.endswith("_abc1234")


def test_each_candidate_has_a_task_of_its_own(published: DagRun, place: Path) -> None:
    (release,) = releases(place)
    ranking = json.loads((release / "model_selection_report.json").read_text())["ranking"]
    assert len(ranking) > 1
    assert len(published.states["evaluate"]) == len(published.states["bias"]) == len(ranking)


def test_a_step_that_fails_once_is_tried_again_and_passes(published: DagRun) -> None:
    assert sorted(published.tries["bias"])[-2:] == [1, 2]
    others = {name: tries for name, tries in published.tries.items() if name != "bias"}
    assert {number for tries in others.values() for number in tries} == {1}
    assert {state for states in published.states.values() for state in states} == {"success"}


def test_only_references_pass_between_tasks(published: DagRun, airflow: AirflowHome) -> None:
    values = airflow.handed_on()
    assert len(values) > 10
    assert max(map(len, values)) < 200


def test_where_nobody_reaches_the_floors_the_run_fails_and_nothing_is_published(
    airflow: AirflowHome, tmp_path: Path
) -> None:
    run = airflow.run(tmp_path, prepared(tmp_path, STRICT, "max(amount)"))
    assert run.state == "failed"
    assert (run.states["require_winner"], run.tries["require_winner"]) == (["failed"], [1])
    assert run.states["publish"] == ["upstream_failed"]
    assert "misses the floor of performance" in run.log
    assert releases(tmp_path) == []


def test_a_mistake_in_the_input_is_not_tried_again_and_is_reported_with_the_reason_of_the_run(
    airflow: AirflowHome, tmp_path: Path
) -> None:
    run = airflow.run(tmp_path, prepared(tmp_path, change="sum(nothing)"))
    assert run.state == "failed"
    assert (run.states["questions"], run.tries["questions"]) == (["failed"], [1])
    assert run.states["evaluate"] == ["upstream_failed"]
    assert "The model pipeline failed in questions" in run.log
    assert "reason of the run: drift of last week" in run.log
    assert releases(tmp_path) == []
