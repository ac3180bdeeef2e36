"""The commands of `datacraft releases` that look at channels and move them."""

from __future__ import annotations

from typing import Annotated

import typer

from datacraft.cli.options import ListFormat, ListFormatOption
from datacraft.cli.releases import (
    ByOption,
    ChannelOption,
    NameArgument,
    PolicyOption,
    ReasonOption,
    YesOption,
    releases,
)
from datacraft.cli.start import settings_for

__all__ = ["releases"]


@releases.command()
def promote(
    context: typer.Context,
    release: NameArgument,
    reason: ReasonOption,
    channel: ChannelOption = "production",
    by: ByOption = None,
    again: Annotated[
        bool,
        typer.Option(
            "--again", help="Also go to a release that is not newer than what was rolled back last."
        ),
    ] = False,
    yes: YesOption = False,
    policy: PolicyOption = None,
    list_format: ListFormatOption = ListFormat.TABLE,
) -> None:
    """Let a channel name a release that its gates, and the comparison with what serves, have accepted.

    Which verdicts a channel takes, and who may move it, is declared; it binds people, API keys and CI alike. What
    serves takes the new release within a minute.

    \b
    Example:
      datacraft releases promote 20260102T030405Z_abc1234 --reason "better on joins"

    Exit codes: 0 promoted; 1 failed, or stopped; 2 wrong usage or input; 10 the gates have not accepted it; 11 the
    comparison has not; 13 it waits for a person: the channel is pinned, was rolled back, or is for others to move.
    """
    from datacraft.cli.moving import Move
    from datacraft.cli.moving import promote as promote_release

    move = Move(channel, reason, by, yes, list_format)
    raise typer.Exit(promote_release(settings_for(context), release, move, policy, again=again))


@releases.command()
def rollback(
    context: typer.Context,
    reason: ReasonOption,
    to: Annotated[
        str | None,
        typer.Option(
            metavar="RELEASE", help="What it named before.", show_default="what it named before what it names"
        ),
    ] = None,
    channel: ChannelOption = "production",
    by: ByOption = None,
    yes: YesOption = False,
    list_format: ListFormatOption = ListFormat.TABLE,
) -> None:
    """Let a channel name again what it named before. That takes no evidence, and holds until a newer release.

    \b
    Example:
      datacraft releases rollback --reason "wrong totals since noon"

    Exit codes: 0 rolled back; 1 failed, or stopped: there is nothing to go back to, or it is no longer whole.
    """
    from datacraft.cli.moving import Move, roll_back

    move = Move(channel, reason, by, yes, list_format)
    raise typer.Exit(roll_back(settings_for(context), to, move))


@releases.command()
def pin(
    context: typer.Context,
    reason: ReasonOption,
    channel: ChannelOption = "production",
    by: ByOption = None,
    yes: YesOption = False,
    list_format: ListFormatOption = ListFormat.TABLE,
) -> None:
    """Keep a channel where it is, whatever is promoted; a rollback still moves it.

    \b
    Example:
      datacraft releases pin --reason "no change before the sale"
    """
    from datacraft.cli.moving import Move
    from datacraft.cli.moving import pin as pin_channel

    raise typer.Exit(pin_channel(settings_for(context), Move(channel, reason, by, yes, list_format)))


@releases.command()
def unpin(
    context: typer.Context,
    reason: ReasonOption,
    channel: ChannelOption = "production",
    by: ByOption = None,
    yes: YesOption = False,
    list_format: ListFormatOption = ListFormat.TABLE,
) -> None:
    """Let a pinned channel move again.

    \b
    Example:
      datacraft releases unpin --reason "the sale is over"
    """
    from datacraft.cli.moving import Move
    from datacraft.cli.moving import unpin as unpin_channel

    raise typer.Exit(unpin_channel(settings_for(context), Move(channel, reason, by, yes, list_format)))


@releases.command()
def history(
    context: typer.Context,
    channel: ChannelOption = "production",
    list_format: ListFormatOption = ListFormat.TABLE,
) -> None:
    """Show every change of a channel, the latest first: who, when, from, to, why, and what was overridden.

    \b
    Example:
      datacraft releases history
    """
    from datacraft.cli.moving import show_history

    show_history(settings_for(context), channel, list_format)


@releases.command()
def channels(context: typer.Context, list_format: ListFormatOption = ListFormat.TABLE) -> None:
    """Show which channels there are, what they name, and their last change.

    \b
    Example:
      datacraft releases channels
    """
    from datacraft.cli.moving import show_channels

    show_channels(settings_for(context), list_format)
