"""`datacraft monitor`: how production is doing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from datacraft.cli.options import ListFormat, ListFormatOption
from datacraft.cli.releases import PolicyOption
from datacraft.cli.start import settings_for

monitor = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="How production is doing.\n\n\b\nExample:\n  datacraft monitor run",
)


@monitor.command()
def run(
    context: typer.Context,
    channel: Annotated[
        str | None,
        typer.Option(help="Whose questions are looked at.", show_default="channel of the settings"),
    ] = None,
    report: Annotated[
        list[Path] | None,
        typer.Option(
            "--report",
            "-r",
            metavar="FILE",
            help="Write the report: .json or .md; may be given several times.",
        ),
    ] = None,
    policy: PolicyOption = None,
    list_format: ListFormatOption = ListFormat.TABLE,
) -> None:
    """Look at what production wrote about each question: figures of 1, 6, 24 and 168 hours, and a verdict.

    Thresholds and the service level stand under `monitoring` in ci-cd/config/ci_cd_config.yaml. The figures go to
    stdout, the verdict to stderr.

    \b
    Examples:
      datacraft monitor run
      datacraft monitor run --report health.json --report health.md

    Exit codes: 0 healthy; 2 wrong usage or input; 3 unknown: nobody has asked, too few have, or it can't be read;
    10 degraded; 12 down.
    """
    from datacraft.cli.monitoring import run_monitor

    settings = settings_for(context, channel=channel)
    raise typer.Exit(run_monitor(settings, policy, tuple(report or ()), list_format))
