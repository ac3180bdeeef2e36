"""`datacraft models`: the model configs that can answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from datacraft.cli.start import settings_for

models = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Model configs: who answers, with which prompt, strategy and limits.\n\n\b\nExample:\n  datacraft models list",
)

NameArgument = Annotated[str, typer.Argument(metavar="CONFIG", help="A config's name, or its file.")]


@models.command("list")
def list_(context: typer.Context) -> None:
    """List the configs that come along and those in the folder `llm.configs`, and say which one answers.

    \b
    Example:
      datacraft models list
    """
    from datacraft.cli.modelling import show_list

    show_list(settings_for(context))


@models.command()
def show(
    context: typer.Context,
    config: NameArgument,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it to a .yaml or .json file instead.")
    ] = None,
) -> None:
    """Show a config whole: with the prompt's text, the defaults and its id.

    \b
    Examples:
      datacraft models show gemini-flash
      datacraft models show gemini-flash --out models/mine.yaml
    """
    from datacraft.cli.modelling import show_config

    show_config(settings_for(context), config, out)


@models.command()
def diff(context: typer.Context, first: NameArgument, second: NameArgument) -> None:
    """Show in what two configs differ: one line for each field.

    \b
    Example:
      datacraft models diff gemini-flash gemini-pro
    """
    from datacraft.cli.modelling import show_difference

    show_difference(settings_for(context), first, second)


@models.command()
def check(context: typer.Context, config: NameArgument) -> None:
    """Make one real call, and say what works: structured output, seed, token counts, latency and cost.

    \b
    Example:
      datacraft models check gemini-flash

    Exit codes: 0 it can answer; 1 it can't be used; 2 the config or a setting is wrong; 4 it works in part.
    """
    from datacraft.cli.modelling import check_config

    raise typer.Exit(check_config(settings_for(context), config))
