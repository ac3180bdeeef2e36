"""What `datacraft pipeline run` does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from datacraft.cli.edge import EXIT_ANSWERED, EXIT_NO_CANDIDATE
from datacraft.cli.evaluating import calls_progress
from datacraft.cli.output.evaluation import ranking_table
from datacraft.cli.output.talk import say
from datacraft.cli.parts import require_evaluation_parts
from datacraft.contracts.question_set import QuestionSet

if TYPE_CHECKING:
    from datacraft.config import Settings
    from datacraft.evaluation.candidates import Candidate


@dataclass(frozen=True, slots=True)
class PipelineRun:
    """The options of the command."""

    questions: str
    models: tuple[str, ...]
    repeats: int
    variants: int
    max_cost: float | None
    dry_run: bool


def publish_winner(settings: Settings, chosen: PipelineRun) -> int:
    """Run the pipeline, write the release's name; return the exit code."""
    require_evaluation_parts()
    from datacraft.evaluation.configured import candidates_named
    from datacraft.evaluation.data import DataLoader
    from datacraft.evaluation.provenance import commit_of
    from datacraft.evaluation.questions import load_question_set
    from datacraft.pipeline import PipelineOptions, run_pipeline
    from datacraft.registry import open_store

    question_set = load_question_set(chosen.questions)
    candidates = candidates_named(chosen.models, settings)
    if chosen.dry_run:
        _say_plan(question_set, candidates, settings.registry_url)
        return EXIT_ANSWERED
    store = open_store(settings.registry_url, settings.gcp.project_id, endpoint=settings.registry.endpoint)
    commit = commit_of(Path.cwd(), settings)
    options = PipelineOptions(chosen.repeats, chosen.variants, chosen.max_cost, commit)
    loader = DataLoader(settings)
    with (
        loader.load(question_set, beside=Path(chosen.questions).parent) as data,
        calls_progress() as progress,
    ):
        outcome = run_pipeline(
            settings, data, question_set, candidates, store, options, say=say, progress=progress
        )
    say(ranking_table(outcome.selection))
    if outcome.release_id is None:
        say("No candidate reached the floors; nothing was published.")
        return EXIT_NO_CANDIDATE
    typer.echo(outcome.release_id)
    return EXIT_ANSWERED


def _say_plan(question_set: QuestionSet, candidates: Sequence[Candidate], registry: str) -> None:
    asked = len(question_set.of("select"))
    say(f"Candidates: {', '.join(one.name for one in candidates)}; what serves joins them.")
    say(f"Evaluate: {asked} cases of {question_set.name}, {asked * len(candidates):,} calls.")
    say("Look for bias: a few hundred probes of each candidate, as many as the data has groups.")
    say(f"Report: the winner on {len(question_set.of('holdout'))} cases that nobody chose by.")
    say(f"Publish to {registry}.")
    if all(one.local for one in candidates):
        say("Every candidate works on this machine: the calls cost nothing.")
