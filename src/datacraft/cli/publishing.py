"""What `datacraft pipeline` does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from datacraft.cli.edge import EXIT_ANSWERED, EXIT_NO_CANDIDATE
from datacraft.cli.evaluating import calls_progress
from datacraft.cli.output.evaluation import ranking_table
from datacraft.cli.output.talk import say
from datacraft.cli.parts import require_evaluation_parts
from datacraft.contracts.errors import InputError

if TYPE_CHECKING:
    from datacraft.config import Settings
    from datacraft.pipeline import PipelineOutcome
    from datacraft.pipeline.folder import RunState
    from datacraft.pipeline.place import Place
    from datacraft.pipeline.planning import PlannedStep


@dataclass(frozen=True, slots=True)
class PipelineRun:
    """The options of the command."""

    questions: str
    models: tuple[str, ...] = ()
    tune: bool = True
    repeats: int = 1
    variants: int = 0
    max_cost: float | None = None
    start: str | None = None
    dry_run: bool = False
    resume: bool = False


def publish_winner(settings: Settings, chosen: PipelineRun) -> int:
    """Run the pipeline, or say what it would do; write the release's name; return the exit code."""
    with pipeline_place(settings, chosen) as place:
        if chosen.dry_run:
            say_plan(place, chosen.start)
            return EXIT_ANSWERED
        outcome = run_in(place, chosen)
    if outcome.release_id is None:
        say("No candidate reached the floors; nothing was published.")
        return EXIT_NO_CANDIDATE
    typer.echo(outcome.release_id)
    return EXIT_ANSWERED


@contextmanager
def pipeline_place(settings: Settings, chosen: PipelineRun) -> Iterator[Place]:
    """Give all that a pipeline works on and with."""
    require_evaluation_parts()
    from datacraft.evaluation.configured import candidates_named
    from datacraft.evaluation.data import DataLoader
    from datacraft.evaluation.provenance import commit_of
    from datacraft.evaluation.questions import load_question_set
    from datacraft.pipeline import PipelineOptions
    from datacraft.pipeline.folder import run_folder
    from datacraft.pipeline.place import Place
    from datacraft.pipeline.steps import step_named
    from datacraft.registry import open_store

    if chosen.start is not None:
        step_named(chosen.start)
    question_set = load_question_set(chosen.questions)
    candidates = candidates_named(chosen.models, settings)
    store = open_store(settings.registry_url, settings.gcp.project_id, endpoint=settings.registry.endpoint)
    commit = commit_of(Path.cwd(), settings)
    options = PipelineOptions(chosen.repeats, chosen.variants, chosen.max_cost, commit, chosen.tune)
    with DataLoader(settings).load(question_set, beside=Path(chosen.questions).parent) as data:
        yield Place(settings, data, question_set, candidates, store, options, run_folder(settings))


def run_in(place: Place, chosen: PipelineRun) -> PipelineOutcome:
    """Run the pipeline, and say what each step came to and how the candidates rank."""
    from datacraft.pipeline import Request, run_pipeline

    settings = place.settings
    request = Request(
        questions=chosen.questions,
        data=[str(path) for path in settings.data.paths],
        models=list(chosen.models),
        tune=chosen.tune,
        repeats=chosen.repeats,
        variants=chosen.variants,
        max_cost_usd=chosen.max_cost,
    )
    with calls_progress() as progress:
        outcome = run_pipeline(
            settings, place.data, place.question_set, place.candidates, place.store, place.options,
            start=chosen.start, resume=chosen.resume, request=request, say=say, progress=progress,
        )  # fmt: skip
    say(ranking_table(outcome.selection))
    return outcome


def go_on(settings: Settings, with_data: Callable[[Sequence[Path]], Settings]) -> int:
    """Go on with the last run; return the exit code.

    Args:
        settings: that hold, but for the data of the run.
        with_data: returns the settings with the data of the run.
    """
    state = _state(settings)
    asked = state.request
    chosen = PipelineRun(
        asked.questions,
        tuple(asked.models),
        asked.tune,
        asked.repeats,
        asked.variants,
        asked.max_cost_usd,
        resume=True,
    )
    return publish_winner(with_data([Path(path) for path in asked.data]), chosen)


def show_status(settings: Settings) -> None:
    """Write how far the last run is."""
    from datacraft.pipeline.folder import is_at_work, run_folder
    from datacraft.pipeline.steps import STEPS

    state = _state(settings)
    at_work = is_at_work(run_folder(settings))
    status = "stopped" if state.status == "running" and not at_work else state.status
    say(f"The run of {state.started_at:%Y-%m-%d %H:%M:%S} UTC on {state.request.questions}: {status}.")
    names = [step.name for step in STEPS]
    reached = len(names) if state.current is None else names.index(state.current)
    for position, name in enumerate(names):
        record = state.steps.get(name)
        if at_work and position == reached:
            typer.echo(f"{name}\tat work")
        elif record is None or position > reached or (record.digest is None and record.error is None):
            typer.echo(f"{name}\tto do")
        elif record.error is not None:
            typer.echo(f"{name}\tfailed\t{record.seconds:.1f}\t{record.error}")
        else:
            typer.echo(f"{name}\tdone\t{record.seconds:.1f}")
    if state.release_id is not None:
        say(f"It published {state.release_id}.")


def _state(settings: Settings) -> RunState:
    from datacraft.pipeline.folder import read_state, run_folder

    folder = run_folder(settings)
    state = read_state(folder)
    if state is None:
        raise InputError(f"No pipeline has run in {folder}.", hint="Start one with `datacraft pipeline run`.")
    return state


def say_plan(place: Place, start: str | None) -> None:
    """Say what a run would do."""
    from datacraft.pipeline.folder import read_state
    from datacraft.pipeline.planning import plan_of

    planned = plan_of(place, read_state(place.folder), start)
    for step in planned:
        say(f"{step.name}: {_told(step)}")
    costs = [step.cost_usd for step in planned]
    known = [cost for cost in costs if cost is not None]
    more = " and what can't be known before the first call" if len(known) < len(costs) else ""
    say(f"{sum(step.calls for step in planned):,} calls in all, for about ${sum(known):.4f}{more}.")
    say(f"The release goes to {place.store.url}.")


def _told(step: PlannedStep) -> str:
    if step.stands:
        return "as before"
    kept = f", {step.made:,} are kept" if step.made else ""
    return f"{step.calls:,} calls{kept}" if step.calls or step.made else "to do"
