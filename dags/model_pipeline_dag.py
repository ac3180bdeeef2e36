"""`model_pipeline_dag`: the steps of `datacraft pipeline run`, scheduled by Airflow 3.

Every task calls one function of `datacraft.pipeline.tasks` and hands on a reference of a few bytes; what steps give
goes through the registry's object store. Candidates are evaluated, and probed for bias, in one mapped task each.

Tasks that ask models take a slot of the pool `model_calls`, whose size is how many may ask at the same time:

    airflow pools set model_calls 4 "Tasks that ask models"
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from airflow.exceptions import AirflowException
from airflow.sdk import Param, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

if TYPE_CHECKING:
    from datacraft.pipeline.tasks import TaskRequest

POOL = "model_calls"
Ref = dict[str, str]
"""Reference to a step's output: its step and the digest of its content."""

_log = logging.getLogger(__name__)

PARAMS = {
    "config": Param(None, type=["null", "string"], description="Path of datacraft.yaml on the workers."),
    "commit": Param(
        "", type="string", description="Of the code or configuration; empty: found on the worker."
    ),
    "reason": Param("", type="string", description="Why the pipeline runs; for whoever reads its log."),
    "questions": Param(
        "retail", type="string", description="A .yaml or .jsonl file, or a set that comes along."
    ),
    "models": Param(
        [],
        type="array",
        items={"type": "string"},
        description="Model configs to evaluate; none: built-in variants.",
    ),
    "tune": Param(
        True, type="boolean", description="Search the first candidate's parts for a better config."
    ),
    "repeats": Param(
        1, type="integer", minimum=1, description="Asks of each case, where answers can differ."
    ),
    "variants": Param(
        0, type="integer", minimum=0, description="Altered copies of the data to judge on too."
    ),
    "max_cost_usd": Param(None, type=["null", "number"], minimum=0, description="Of the calls of each step."),
}


def report_failure(context: Mapping[str, Any]) -> None:
    """Say in one line of the log what failed, in which run, and why that ran."""
    failed, params = context["ti"], context["params"]
    _log.error(
        "The model pipeline failed in %s (run %s, try %s; reason of the run: %s): %s",
        failed.task_id,
        failed.run_id,
        failed.try_number,
        params.get("reason") or "none given",
        context.get("exception"),
    )


DEFAULTS = {
    "retries": 2,
    "retry_delay": dt.timedelta(seconds=30),
    "retry_exponential_backoff": True,
    "max_retry_delay": dt.timedelta(minutes=10),
    "execution_timeout": dt.timedelta(minutes=30),
    "on_failure_callback": report_failure,
}
ASKING = {"pool": POOL, "execution_timeout": dt.timedelta(hours=4)}


@contextmanager
def _step() -> Iterator[TaskRequest]:
    """Give the request of the run; end the task for good where trying again can't help."""
    from datacraft.contracts.errors import DataCraftError, InputError
    from datacraft.evaluation.running.checkpoint import RunInUse
    from datacraft.pipeline.tasks import TaskRequest

    params = get_current_context()["params"]
    asked = {name: params[name] for name in TaskRequest.model_fields}
    try:
        yield TaskRequest.model_validate(asked)
    except DataCraftError as error:
        told = " ".join(filter(None, (error.message, error.hint)))
        lasting = isinstance(error, InputError) and not isinstance(error, RunInUse)
        raise (AirflowFailException if lasting else AirflowException)(told) from error


@task
def make(step: str, given: Sequence[Ref], candidate: str | None = None) -> Ref:
    """Make a step, of one candidate or of all; return a reference to what it gives."""
    from datacraft.pipeline import tasks
    from datacraft.pipeline.stored import OutputRef

    with _step() as request:
        refs = [OutputRef.model_validate(one) for one in given]
        ref = tasks.make_step(request, step, refs, candidate=candidate)
        for sentence in tasks.sentences_of(request, ref):
            _log.info("%s", sentence)
    return ref.model_dump()


@task
def join(parts: Sequence[Ref]) -> Ref:
    """Put together what a step gave for single candidates."""
    from datacraft.pipeline import tasks
    from datacraft.pipeline.stored import OutputRef

    with _step() as request:
        return tasks.join_parts(request, [OutputRef.model_validate(one) for one in parts]).model_dump()


@task
def contenders(roster: Ref) -> list[str]:
    """Return the config ids of those who take part."""
    from datacraft.pipeline import tasks
    from datacraft.pipeline.stored import OutputRef

    with _step() as request:
        return tasks.contenders_of(request, OutputRef.model_validate(roster))


@task
def require_winner(choice: Ref) -> str:
    """Return the winner's config id; where nobody reached the floors the run fails, and nothing is published."""
    from datacraft.pipeline import tasks
    from datacraft.pipeline.stored import OutputRef

    with _step() as request:
        return tasks.require_winner(request, OutputRef.model_validate(choice))


def _made(name: str, given: Sequence[Any], **options: Any) -> Any:
    return make.override(task_id=name, **options)(step=name, given=list(given))


def _made_by_candidate(name: str, given: Sequence[Any], ids: Any) -> Any:
    one = make.override(task_id=name, **ASKING).partial(step=name, given=list(given))
    return join.override(task_id=f"join_{name}")(parts=one.expand(candidate=ids))


@dag(
    dag_id="model_pipeline_dag",
    schedule=None,
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=dt.timedelta(hours=12),
    params=PARAMS,
    default_args=DEFAULTS,
    tags=["datacraft"],
    doc_md=__doc__,
)
def model_pipeline_dag() -> None:
    """From data and candidates to a published release."""
    data = _made("data", [])
    profile = _made("profile", [data])
    questions = _made("questions", [data])
    tune = _made("tune", [data, questions], **ASKING)
    candidates = _made("candidates", [tune])
    ids = contenders(candidates)
    evaluate = _made_by_candidate("evaluate", [data, questions, candidates], ids)
    bias = _made_by_candidate("bias", [data, candidates], ids)
    select = _made("select", [candidates, evaluate, bias])
    winner = require_winner(select)
    sensitivity = _made("sensitivity", [data, questions, candidates, select], **ASKING)
    holdout = _made("holdout", [data, questions, candidates, select], **ASKING)
    responses = _made("responses", [profile, candidates, evaluate, select, holdout])
    publish = _made("publish", [profile, tune, candidates, evaluate, bias, select, sensitivity, holdout])
    winner >> [sensitivity, holdout]
    responses >> publish


model_pipeline_dag()
