"""What `datacraft evaluate` does."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from datacraft.cli.edge import EXIT_ANSWERED, EXIT_PARTLY
from datacraft.cli.output.evaluation import candidates_table
from datacraft.cli.output.talk import say
from datacraft.cli.parts import require_evaluation_parts
from datacraft.contracts.errors import InputError
from datacraft.contracts.question_set import SPLITS, QuestionSet, Split

if TYPE_CHECKING:
    from datacraft.config import Settings
    from datacraft.contracts.evaluation import EvaluationReport
    from datacraft.evaluation.candidates import Candidate
    from datacraft.evaluation.data import LoadedData
    from datacraft.evaluation.evaluator import Progress


@dataclass(frozen=True, slots=True)
class EvaluateOptions:
    """The options of the command."""

    questions: str
    models: tuple[str, ...]
    part: str
    repeats: int
    variants: int
    concurrency: int | None
    max_cost: float | None
    max_calls: int | None
    only_failed: bool
    out: Path | None


def evaluate_candidates(settings: Settings, options: EvaluateOptions) -> int:
    """Evaluate, write the report and the figures; return the exit code."""
    require_evaluation_parts()
    from datacraft.evaluation.configured import candidates_named
    from datacraft.evaluation.data import DataLoader
    from datacraft.evaluation.questions import load_question_set

    question_set = load_question_set(options.questions)
    candidates = candidates_named(options.models, settings)
    loader = DataLoader(settings)
    with loader.load(question_set, beside=Path(options.questions).parent) as data:
        report, folder = _evaluated(settings, options, question_set, data, candidates)
    typer.echo(candidates_table(report))
    if report.stopped is not None:
        say(f"Stopped: {report.stopped}. {report.calls:,} of {report.planned_calls:,} calls are made.")
    say(
        f"The report is in {folder / 'report.html'}; evaluation.json, junit.xml and summary.md are beside it."
    )
    return EXIT_ANSWERED if report.complete else EXIT_PARTLY


def _evaluated(
    settings: Settings,
    options: EvaluateOptions,
    question_set: QuestionSet,
    data: LoadedData,
    candidates: Sequence[Candidate],
) -> tuple[EvaluationReport, Path]:
    from datacraft.evaluation.evaluator import ModelEvaluator, RunOptions
    from datacraft.evaluation.judging.variants import variants_of
    from datacraft.evaluation.provenance import code_digest, commit_of
    from datacraft.evaluation.reports import Gathered, gold_rows, report_files

    run = RunOptions(
        split=part_named(options.part),
        repeats=options.repeats,
        concurrency=options.concurrency,
        max_cost_usd=options.max_cost,
        max_calls=options.max_calls,
        only_failed=options.only_failed,
        weights=settings.evaluation.performance,
    )
    name = f"{question_set.digest()}-{data.content}-{options.variants}-{code_digest()}"
    folder = options.out or settings.state_dir / "evaluations" / name
    with ExitStack() as resources:
        variants = resources.enter_context(variants_of(data, options.variants)) if options.variants else []
        evaluator = ModelEvaluator(
            data,
            question_set,
            folder,
            variants=variants,
            commit=commit_of(Path.cwd(), settings),
            progress=resources.enter_context(calls_progress()),
        )
        try:
            report, records = evaluator.evaluate(candidates, run)
        except KeyboardInterrupt:
            say(f"Stopped. The finished calls are in {folder}; the same command goes on from there.")
            raise
    golds = gold_rows(question_set.cases, records, data.warehouse)
    gathered = Gathered(
        report,
        question_set,
        records,
        command_of(settings, options),
        dialect=data.warehouse.dialect,
        golds=golds,
    )
    _write(folder, {"evaluation.json": report.model_dump_json(indent=1).encode(), **report_files(gathered)})
    return report, folder


def command_of(settings: Settings, options: EvaluateOptions) -> str:
    """Return the command that makes the same evaluation again."""
    given = ["datacraft", "evaluate", "--questions", options.questions, "--part", options.part]
    for path in settings.asked_about:
        given += ["--data", str(path)]
    for model in options.models:
        given += ["--model", model]
    for name, value, usual in (("--repeats", options.repeats, 1), ("--variants", options.variants, 0)):
        if value != usual:
            given += [name, str(value)]
    return shlex.join(given)


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the reports, each whole or not at all.

    Raises:
        InputError: they can't be written.
    """
    for name, content in files.items():
        partial = folder / f"{name}.partial"
        try:
            partial.write_bytes(content)
            partial.replace(folder / name)
        except OSError as error:
            raise InputError(
                f"{folder / name} can't be written: {error.strerror}. The finished calls are kept.",
                hint="Make room, then run the same command again; it asks nothing twice.",
            ) from error


def part_named(name: str) -> Split | None:
    """Return the part of a set that an option names; None for `all`.

    Raises:
        InputError: there is no such part.
    """
    for split in SPLITS:
        if name == split:
            return split
    if name == "all":
        return None
    raise InputError(f"There is no part {name!r}.", hint=f"Parts are {', '.join(SPLITS)}, or all.")


@contextmanager
def calls_progress() -> Iterator[Callable[[Progress], None]]:
    """Show a bar with the time left and the cost on a terminal; elsewhere nothing."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Evaluating"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
               TextColumn("${task.fields[cost]:.4f}"))  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Evaluating", total=None, cost=0.0)
        yield lambda step: bar.update(task, total=step.planned, completed=step.done, cost=step.cost_usd)
