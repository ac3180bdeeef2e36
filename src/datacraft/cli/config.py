"""`datacraft config`: which settings hold, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from datacraft.cli.start import settings_for

config = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The settings.\n\n\b\nExample:\n  datacraft config show",
)


@config.callback()
def _group() -> None:
    """Keep `show` a command of its own, so that others can join it."""


@config.command()
def show(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON instead of a table.")] = False,
) -> None:
    """Show every setting with the value that holds and where it comes from; secrets are masked.

    \b
    Examples:
      datacraft config show
      datacraft config show --json
    """
    from datacraft.cli.output.settings import settings_as_json, settings_as_text
    from datacraft.config import effective_settings

    rows = effective_settings(settings_for(context))
    typer.echo(settings_as_json(rows) if as_json else settings_as_text(rows))
