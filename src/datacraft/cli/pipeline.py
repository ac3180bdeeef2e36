"""`datacraft pipeline`: from data and candidates to a published release."""

from __future__ import annotations

from typing import Annotated

import typer

from datacraft.cli.options import CandidatesOption, DataOption
from datacraft.cli.start import settings_for

pipeline = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="From data and candidates to a published release.\n\n\b\nExample:\n  datacraft pipeline run",
)


@pipeline.command()
def run(
    context: typer.Context,
    questions: Annotated[
        str,
        typer.Option("--questions", metavar="SET", help="A .yaml or .jsonl file, or a set that comes along."),
    ] = "retail",
    data: DataOption = None,
    model: CandidatesOption = None,
    tune: Annotated[
        bool,
        typer.Option(
            "--tune/--no-tune",
            help="Search the first candidate's parts for a better config, and measure what moves the winner's score.",
        ),
    ] = True,
    repeats: Annotated[
        int, typer.Option(min=1, help="Asks of each case, for candidates that can answer differently.")
    ] = 1,
    variants: Annotated[
        int, typer.Option(min=0, help="Variants of the data on which right answers must be right too.")
    ] = 0,
    max_cost: Annotated[
        float | None, typer.Option(min=0, metavar="USD", help="Most that the calls of each step may cost.")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="STEP",
            help="Make this step and all after it again, even if nothing has changed. Calls are kept.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say which steps, calls and costs there would be; ask nothing.")
    ] = False,
) -> None:
    """Check the data and questions, evaluate the candidates, look for bias, select, save the answers, publish.

    The steps are data, profile, questions, tune, candidates, evaluate, bias, select, sensitivity, holdout, responses, publish. Run
    again, it makes only those that something has changed for. What serves today always takes part. The release's
    name goes to stdout; nothing is published where no candidate reaches the floors.

    \b
    Examples:
      datacraft pipeline run
      datacraft pipeline run --questions shop.yaml --data sales.csv --dry-run
      datacraft pipeline run --from select

    Exit codes: 0 published; 2 wrong usage or input; 14 no candidate reached the floors.
    """
    from datacraft.cli.publishing import PipelineRun, publish_winner

    chosen = PipelineRun(questions, tuple(model or ()), tune, repeats, variants, max_cost, start, dry_run)
    raise typer.Exit(publish_winner(settings_for(context, data), chosen))


@pipeline.command()
def resume(context: typer.Context) -> None:
    """Go on with the last run where it stopped, with its own options.

    Refused where the data or the questions are not what they were when it began: its parts would not fit together.

    \b
    Example:
      datacraft pipeline resume

    Exit codes: 0 published; 2 nothing to go on with, or data or questions changed; 14 no candidate reached the
    floors.
    """
    from datacraft.cli.publishing import go_on

    raise typer.Exit(go_on(settings_for(context), lambda data: settings_for(context, data)))


@pipeline.command()
def status(context: typer.Context) -> None:
    """Show how far the last run is, step by step: name, state, seconds, and what went wrong.

    \b
    Example:
      datacraft pipeline status

    Exit codes: 0 shown; 2 no pipeline has run here.
    """
    from datacraft.cli.publishing import show_status

    show_status(settings_for(context))
