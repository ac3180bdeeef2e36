"""What the commands of `datacraft questions` do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from datacraft.cli.output.talk import say
from datacraft.contracts.errors import InputError
from datacraft.contracts.question_set import SPLITS, QuestionSet
from datacraft.evaluation.questions import load_question_set, write_question_set

if TYPE_CHECKING:
    from datacraft.config import Settings
    from datacraft.contracts.plan import QueryPlan
    from datacraft.evaluation.data import LoadedData


@contextmanager
def _data_of(settings: Settings, question_set: QuestionSet | None, source: str) -> Iterator[LoadedData]:
    from datacraft.evaluation.data import DataLoader

    with DataLoader(settings).load(question_set, beside=Path(source).parent) as data:
        yield data


def check_set(settings: Settings, source: str, *, deep: bool) -> int:
    """Write every finding to stdout; return the exit code."""
    from datacraft.evaluation.questions.check import check_question_set

    question_set = load_question_set(source)
    with _data_of(settings, question_set, source) as data:
        findings = list(check_question_set(question_set, data.warehouse, deep=deep))
    for finding in findings:
        typer.echo(finding)
    errors = sum(finding.is_error for finding in findings)
    say(
        f"{question_set.name} version {question_set.version} ({question_set.digest()}): "
        f"{len(question_set.cases)} cases, {errors} errors, {len(findings) - errors} warnings "
        f"on the data {data.content}."
    )
    return InputError.exit_code if errors else 0


def propose_set(settings: Settings, out: Path, *, count: int, seed: int) -> Path:
    """Write a set of proposed cases and return its path.

    Raises:
        InputError: the file is there already, or the data gives nothing to ask.
    """
    from datacraft.evaluation.questions.proposing import propose_cases
    from datacraft.serving.limits import Limits
    from datacraft.serving.runner import PlanRunner

    if out.exists():
        raise InputError(
            f"{out} is there already.", hint="Choose another name: reviewed cases are worth keeping."
        )
    with _data_of(settings, None, str(out)) as data:
        runner = PlanRunner(data.warehouse, data.model, Limits())

        def sql_of(plan: QueryPlan) -> str:
            return runner.render(plan).expression.sql(data.warehouse.dialect)

        cases = propose_cases(data.model, sql_of, count=count, seed=seed)
    if not cases:
        raise InputError(
            "The data gives nothing to ask about.", hint="Say in semantic.yaml what its measures are."
        )
    write_question_set(out, QuestionSet(name=out.stem, version=1, cases=tuple(cases)))
    say(f"{len(cases)} cases to review, each with its SQL: `datacraft questions check {out}` runs them.")
    return out


def add_disliked(settings: Settings, path: Path) -> None:
    """Append a draft for each disliked answer that the set does not ask yet."""
    from datacraft.evaluation.questions.from_log import disliked
    from datacraft.evaluation.questions.reading import append_cases
    from datacraft.serving import read_records

    question_set = load_question_set(path)
    drafts = list(disliked(read_records(settings.state_dir / "telemetry"), question_set.cases))
    if drafts:
        append_cases(path, drafts)
    for case in drafts:
        typer.echo(f"{case.id}\t{case.question}")
    said = "Write their gold SQL, and raise the version." if drafts else "Nothing new got a thumbs-down."
    say(f"{len(drafts)} drafts were added to {path}. {said}")


def show_split(source: str, part: str | None) -> None:
    """Write each case's id and part."""
    if part is not None and part not in SPLITS:
        raise InputError(f"There is no part {part!r}.", hint=f"Parts are {', '.join(SPLITS)}.")
    for case in load_question_set(source).cases:
        if part in (None, case.split):
            typer.echo(f"{case.id}\t{case.split}")


def show_stats(source: str) -> None:
    """Write the counts by slice as a table."""
    from datacraft.evaluation.questions.stats import slice_counts

    question_set = load_question_set(source)
    say(f"{question_set.name} version {question_set.version} ({question_set.digest()})")
    typer.echo(f"{'slice':<28} {'total':>6}" + "".join(f" {split:>8}" for split in SPLITS))
    for row in slice_counts(question_set):
        name = f"{row.dimension} {row.value}".strip()
        typer.echo(f"{name:<28} {row.total:>6}" + "".join(f" {row.counts[split]:>8}" for split in SPLITS))
