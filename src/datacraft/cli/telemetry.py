"""`datacraft telemetry`: what was written down about questions: made small, and forgotten."""

from __future__ import annotations

from typing import Annotated

import typer

from datacraft.cli.releases import ByOption
from datacraft.cli.start import settings_for

telemetry = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="What was written down about questions.\n\n\b\nExample:\n  datacraft telemetry compact",
)


@telemetry.command()
def compact(context: typer.Context) -> None:
    """Make Parquet of the days that are over, and remove those that are older than telemetry.keep_days.

    Processes may go on writing meanwhile. Meant for a schedule: once a day, an hour after midnight UTC or later.

    \b
    Example:
      datacraft telemetry compact

    Exit codes: 0 done, or there was nothing to do; 1 a file can't be read or written, or another process is at it.
    """
    from datacraft.cli.telemetry_keeping import compact_days

    compact_days(settings_for(context))


@telemetry.command()
def forget(
    context: typer.Context,
    session: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Of a conversation; may be given several times.", show_default=False),
    ] = None,
    user: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Whoever signed in under it: all conversations that the history has of this person.",
            show_default=False,
        ),
    ] = None,
    by: ByOption = None,
) -> None:
    """Remove every question of a conversation or a person, and the thumbs on them, from all days.

    The audit log keeps that it was done, not what was removed. The history of conversations is not touched.

    \b
    Examples:
      datacraft telemetry forget --session 4f1c2a
      datacraft telemetry forget --user ann@example.com

    Exit codes: 0 done; 1 another process is at it; 2 wrong usage; 3 the history has no conversation of this person;
    4 a file can't be read or written, so that something may be left in it.
    """
    from datacraft.cli.moving import person
    from datacraft.cli.telemetry_keeping import forget_sessions

    raise typer.Exit(forget_sessions(settings_for(context), tuple(session or ()), user, person(by)))
