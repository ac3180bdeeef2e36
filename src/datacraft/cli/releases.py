"""`datacraft releases`: what was published, whether it may serve, and which channel names it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from datacraft.cli.options import DataOption, ListFormat, ListFormatOption
from datacraft.cli.start import settings_for

releases = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Published releases, their gates, and the channels that name them.\n\n\b\nExample:\n  datacraft releases list",
)

NameArgument = Annotated[
    str, typer.Argument(metavar="RELEASE", help="A release's name, {timestamp}_{commit}.")
]
ByOption = Annotated[
    str | None,
    typer.Option("--by", metavar="NAME", help="Who does it.", show_default="the user of this machine"),
]
ChannelOption = Annotated[str, typer.Option(metavar="NAME", help="The channel.")]
ReasonOption = Annotated[str, typer.Option(metavar="TEXT", help="Why; it stays in the channel's history.")]
YesOption = Annotated[
    bool, typer.Option("--yes", "-y", help="Don't ask on a terminal whether it shall be done.")
]
PolicyOption = Annotated[
    Path | None,
    typer.Option(
        "--policy",
        metavar="FILE",
        help="Where gates, margins and channels are declared.",
        show_default="ci-cd/config/ci_cd_config.yaml, where there is one",
    ),
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
    """Check that every file of a release is there and is what was published, and that one of the signers signed it.

    Signatures are checked where the setting registry.signers names keys.

    \b
    Example:
      datacraft releases verify 20260102T030405Z_abc1234

    Exit codes: 0 all is as published; 1 a file is missing or was changed, or nobody who counts signed it.
    """
    from datacraft.cli.published import verify_release

    raise typer.Exit(verify_release(settings_for(context), release))


@releases.command()
def sign(context: typer.Context, release: NameArgument, by: ByOption = None) -> None:
    """Sign a release that is whole, as minisign does, with the key of DATACRAFT_SIGNING_KEY or ..._FILE.

    The signature is of the manifest, and so of every byte; it lies beside the release.

    \b
    Example:
      DATACRAFT_SIGNING_KEY_FILE=release.key datacraft releases sign 20260102T030405Z_abc1234

    Exit codes: 0 signed; 1 the release is not whole; 2 there is no key, or it can't be used.
    """
    from datacraft.cli.moving import person
    from datacraft.cli.published import sign as sign_release

    sign_release(settings_for(context), release, person(by))


@releases.command()
def gates(
    context: typer.Context,
    release: NameArgument,
    override: Annotated[
        list[str] | None,
        typer.Option(
            metavar="GATE=REASON",
            help="Take a rejection upon you, with its reason; may be given several times.",
        ),
    ] = None,
    by: ByOption = None,
    policy: PolicyOption = None,
    list_format: ListFormatOption = ListFormat.TABLE,
) -> None:
    """Let every gate judge a release, and write the verdict beside it.

    What is missing, no number, stale or out of range does not pass; of few cases, the bad end of the interval is
    judged. A rejection that somebody takes upon them stays in the verdict and in the channel's history.

    \b
    Examples:
      datacraft releases gates 20260102T030405Z_abc1234
      datacraft releases gates 20260102T030405Z_abc1234 --override latency_p95="a batch service" --by ada

    Exit codes: 0 accepted; 2 wrong usage or input; 10 rejected.
    """
    from datacraft.cli.judging import judge
    from datacraft.cli.moving import person

    raise typer.Exit(judge(settings_for(context), release, override or [], person(by), policy, list_format))


@releases.command()
def compare(
    context: typer.Context,
    release: NameArgument,
    channel: ChannelOption = "production",
    questions: Annotated[
        str | None,
        typer.Option(
            metavar="SET",
            help="Ask both again on this set where they were not evaluated on the same cases and data.",
        ),
    ] = None,
    data: DataOption = None,
    override: Annotated[
        str | None, typer.Option(metavar="REASON", help="Take the rejection upon you, with its reason.")
    ] = None,
    by: ByOption = None,
    policy: PolicyOption = None,
    list_format: ListFormatOption = ListFormat.TABLE,
) -> None:
    """Compare a release with what a channel names, on the same cases and data, and write the verdict beside it.

    It must not be worse by more than the margin, nor surely worse on any slice, nor more biased, slower or dearer than
    is allowed. Where nothing serves, the gates alone decide.

    \b
    Examples:
      datacraft releases compare 20260102T030405Z_abc1234
      datacraft releases compare 20260102T030405Z_abc1234 --questions shop.yaml --data sales.csv

    Exit codes: 0 not worse; 2 wrong usage or input; 11 worse, or it can't be told.
    """
    from datacraft.cli.judging import CompareOptions
    from datacraft.cli.judging import compare as compare_release
    from datacraft.cli.moving import person

    options = CompareOptions(channel, questions, override, person(by), policy, list_format)
    raise typer.Exit(compare_release(settings_for(context, data), release, options))


@releases.command()
def prune(
    context: typer.Context,
    history: Annotated[
        int, typer.Option(min=1, metavar="N", help="Keep what the last N changes of each channel name.")
    ] = 10,
    days: Annotated[float, typer.Option(min=0, metavar="DAYS", help="Keep what is younger.")] = 30,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go; delete nothing.")] = False,
    yes: YesOption = False,
    list_format: ListFormatOption = ListFormat.TABLE,
) -> None:
    """Delete old releases, and never one that a channel names or may go back to.

    \b
    Example:
      datacraft releases prune --days 90 --dry-run

    Exit codes: 0 done; 1 stopped; 2 there is no channel, so that it is unknown what is needed.
    """
    from datacraft.cli.moving import prune as prune_releases

    raise typer.Exit(
        prune_releases(
            settings_for(context), history=history, days=days, dry_run=dry_run, yes=yes, shown=list_format
        )
    )
