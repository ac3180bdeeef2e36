"""`datacraft keys`: keys for programs, and for people who sign in with one."""

from __future__ import annotations

from typing import Annotated

import typer

from datacraft.cli.options import ListFormat, ListFormatOption
from datacraft.cli.releases import ByOption
from datacraft.cli.start import settings_for
from datacraft.contracts.access import Role

keys = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="API keys: who may ask by a program, or sign in with a key.\n\n\b\nExample:\n"
    "  datacraft keys new nightly-report --role analyst",
)


@keys.command()
def new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who or what uses it.")],
    role: Annotated[Role, typer.Option(help="What it may do.")] = "viewer",
    days: Annotated[float, typer.Option(min=0.01, metavar="DAYS", help="How long it is valid.")] = 90,
    by: ByOption = None,
) -> None:
    """Make a key, and write it to stdout: it is shown this once, and kept nowhere.

    \b
    Example:
      datacraft keys new nightly-report --role analyst --days 30
    """
    from datacraft.cli.keeping import create
    from datacraft.cli.moving import person

    create(settings_for(context), name, role, days, person(by))


@keys.command("list")
def list_(context: typer.Context, list_format: ListFormatOption = ListFormat.TABLE) -> None:
    """List the keys, the latest first, with when each was last used. Their secrets can't be shown.

    \b
    Example:
      datacraft keys list
    """
    from datacraft.cli.keeping import show_keys

    show_keys(settings_for(context), list_format)


@keys.command()
def revoke(
    context: typer.Context,
    key_id: Annotated[str, typer.Argument(metavar="ID", help="Of the key, as `keys list` shows it.")],
    by: ByOption = None,
) -> None:
    """Let a key open nothing from now on; whoever signed in with it is signed out.

    \b
    Example:
      datacraft keys revoke 1a2b3c4d5e6f
    """
    from datacraft.cli.keeping import revoke as revoke_key
    from datacraft.cli.moving import person

    revoke_key(settings_for(context), key_id, person(by))
