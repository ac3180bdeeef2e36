"""`datacraft audit`: who did what."""

from __future__ import annotations

from typing import Annotated

import typer

from datacraft.cli.options import ListFormat, ListFormatOption
from datacraft.cli.start import settings_for
from datacraft.contracts.access import AuditAction

audit = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The audit log: who did what, on what, when and from where.\n\n\b\nExample:\n  datacraft audit list",
)


@audit.command("list")
def list_(
    context: typer.Context,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many, from the end.")] = 50,
    who: Annotated[str | None, typer.Option(metavar="NAME", help="Only what this one did.")] = None,
    action: Annotated[AuditAction | None, typer.Option(help="Only this.")] = None,
    list_format: ListFormatOption = ListFormat.TABLE,
) -> None:
    """List the latest entries, the latest first.

    \b
    Example:
      datacraft audit list --action promote
    """
    from datacraft.cli.keeping import show_audit

    show_audit(settings_for(context), lines, who, action, list_format)


@audit.command()
def verify(
    context: typer.Context,
    known: Annotated[
        str | None,
        typer.Option(metavar="HASH", help="That an earlier `verify` wrote; its entry must still be there."),
    ] = None,
) -> None:
    """Check that no entry was changed, taken away, added or moved; name the first that is not as it was written.

    The hash of the last entry goes to stdout. Keep it elsewhere: with `--known` it also shows a log that somebody
    with all rights has written anew.

    \b
    Example:
      datacraft audit verify

    Exit codes: 0 every entry is as it was written; 1 one is not.
    """
    from datacraft.cli.keeping import verify_audit

    raise typer.Exit(verify_audit(settings_for(context), known))
