"""`datacraft pipeline`: from candidates to a published release."""

from __future__ import annotations

from typing import Annotated

import typer

from datacraft.cli.options import CandidatesOption, DataOption
from datacraft.cli.start import settings_for

pipeline = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="From candidates to a published release.\n\n\b\nExample:\n  datacraft pipeline run",
)


@pipeline.callback()
def _group() -> None:
    """Keep `run` a command of its own, so that others can join it."""


@pipeline.command()
def run(
    context: typer.Context,
    questions: Annotated[
        str,
        typer.Option("--questions", metavar="SET", help="A .yaml or .jsonl file, or a set that comes along."),
    ] = "retail",
    data: DataOption = None,
    model: CandidatesOption = None,
    repeats: Annotated[
        int, typer.Option(min=1, help="Asks of each case, for candidates that can answer differently.")
    ] = 1,
    variants: Annotated[
        int, typer.Option(min=0, help="Variants of the data on which right answers must be right too.")
    ] = 0,
    max_cost: Annotated[
        float | None, typer.Option(min=0, metavar="USD", help="Most that the calls of each step may cost.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be asked of whom, and ask nothing.")
    ] = False,
) -> None:
    """Check the questions, evaluate the candidates, look for bias, select, save the answers and publish.

    A pipeline that was stopped goes on where it was. What serves today always takes part. The release's name
    goes to stdout; nothing is published where no candidate reaches the floors.

    \b
    Examples:
      datacraft pipeline run
      datacraft pipeline run --questions shop.yaml --data sales.csv --dry-run

    Exit codes: 0 published; 2 wrong usage or input; 14 no candidate reached the floors.
    """
    from datacraft.cli.publishing import PipelineRun, publish_winner

    chosen = PipelineRun(questions, tuple(model or ()), repeats, variants, max_cost, dry_run)
    raise typer.Exit(publish_winner(settings_for(context, data), chosen))
