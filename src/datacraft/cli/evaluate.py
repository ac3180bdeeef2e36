"""`datacraft evaluate`: candidates on a question set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from datacraft.cli.options import CandidatesOption, DataOption
from datacraft.cli.start import settings_for


def evaluate(
    context: typer.Context,
    questions: Annotated[
        str,
        typer.Option("--questions", metavar="SET", help="A .yaml or .jsonl file, or a set that comes along."),
    ] = "retail",
    data: DataOption = None,
    model: CandidatesOption = None,
    part: Annotated[
        str, typer.Option("--part", metavar="PART", help="tune, select, holdout, or all of the set.")
    ] = "select",
    repeats: Annotated[
        int, typer.Option(min=1, help="Asks of each case, for candidates that can answer differently.")
    ] = 1,
    variants: Annotated[
        int, typer.Option(min=0, help="Variants of the data on which right answers must be right too.")
    ] = 0,
    concurrency: Annotated[
        int | None,
        typer.Option(min=1, help="Most calls at the same time.", show_default="as the models allow"),
    ] = None,
    max_cost: Annotated[
        float | None,
        typer.Option(min=0, metavar="USD", help="No call starts that may cost more than this in all."),
    ] = None,
    max_calls: Annotated[int | None, typer.Option(min=1, help="Calls of this start.")] = None,
    only_failed: Annotated[
        bool, typer.Option("--only-failed", help="Make those calls again that failed inside, and no others.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Of the run.", show_default="in the state folder, by content"),
    ] = None,
) -> None:
    """Ask every candidate the cases of a question set and judge the answers by their rows.

    A stopped run goes on where it was: finished calls are never made again. The figures go to stdout; into
    the run's folder go report.html for people, junit.xml and summary.md for CI, and evaluation.json.

    \b
    Examples:
      datacraft evaluate
      datacraft evaluate --model builtin --model gemini-flash --max-cost 2
      datacraft evaluate --questions shop.yaml --data sales.csv --part all --variants 3

    Exit codes: 0 all calls were made; 2 wrong usage or input; 4 the budget ended before.
    """
    from datacraft.cli.evaluating import EvaluateOptions, evaluate_candidates

    options = EvaluateOptions(
        questions,
        tuple(model or ()),
        part,
        repeats,
        variants,
        concurrency,
        max_cost,
        max_calls,
        only_failed,
        out,
    )
    raise typer.Exit(evaluate_candidates(settings_for(context, data), options))
