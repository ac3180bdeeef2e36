"""`datacraft releases`: what was published."""

from __future__ import annotations

from typing import Annotated

import typer

from datacraft.cli.start import settings_for

releases = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Published releases.\n\n\b\nExample:\n  datacraft releases list",
)

NameArgument = Annotated[
    str, typer.Argument(metavar="RELEASE", help="A release's name, {timestamp}_{commit}.")
]


@releases.command("list")
def list_(context: typer.Context) -> None:
    """List the releases of the registry, the newest first.

    \b
    Example:
      datacraft releases list
    """
    from datacraft.cli.published import show_list

    show_list(settings_for(context))


@releases.command()
def show(context: typer.Context, release: NameArgument) -> None:
    """Show what a release says of itself, as JSON.

    \b
    Example:
      datacraft releases show 20260102T030405Z_abc1234
    """
    from datacraft.cli.published import show_release

    show_release(settings_for(context), release)


@releases.command()
def diff(context: typer.Context, first: NameArgument, second: NameArgument) -> None:
    """Show in what two releases differ: one line for each field.

    \b
    Example:
      datacraft releases diff 20260102T030405Z_abc1234 20260103T030405Z_def5678
    """
    from datacraft.cli.published import show_difference

    show_difference(settings_for(context), first, second)


@releases.command()
def verify(context: typer.Context, release: NameArgument) -> None:
    """Check that every file of a release is there and is what was published.

    \b
    Example:
      datacraft releases verify 20260102T030405Z_abc1234

    Exit codes: 0 all is as published; 1 a file is missing or was changed.
    """
    from datacraft.cli.published import verify_release

    raise typer.Exit(verify_release(settings_for(context), release))
