"""`datacraft deploy`: what serves people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from datacraft.cli.options import DataOption
from datacraft.cli.start import settings_for

deploy = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="What serves people, on this machine, Google Cloud Run or Vertex AI (deploy.target).\n\n\b\nExample:\n"
    "  datacraft deploy apply --data sales.csv",
)

TargetOption = Annotated[
    str | None,
    typer.Option("--target", help="local, cloudrun or vertex.", show_default="deploy.target of the settings"),
]
ChannelOption = Annotated[
    str | None,
    typer.Option(
        "--channel", help="Whose releases the revision serves.", show_default="channel of the settings"
    ),
]
PortOption = Annotated[
    int | None,
    typer.Option(
        "--port", min=1, max=65_535, help="Of this machine, for people.", show_default="PORT, else 8501"
    ),
]
ImageOption = Annotated[
    str | None,
    typer.Option(
        "--image", help="What runs on Google's targets.", show_default="image of the target's settings"
    ),
]
ProgramOption = Annotated[
    Path | None,
    typer.Option(
        "--program",
        metavar="PATH",
        help="The datacraft command of another installation, to run that version on this machine.",
        show_default="this one",
    ),
]
PercentOption = Annotated[
    int | None,
    typer.Option(
        "--percent",
        min=1,
        max=100,
        help="Of new sessions that it gets; the others stay with what serves most.",
        show_default="all, if it is new",
    ),
]
AgainOption = Annotated[
    bool, typer.Option("--again", help="Make a new revision even if nothing has changed.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Write one JSON object.")]


@deploy.command()
def plan(
    context: typer.Context,
    data: DataOption = None,
    target: TargetOption = None,
    channel: ChannelOption = None,
    port: PortOption = None,
    image: ImageOption = None,
    program: ProgramOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what `apply` would change, compared with what serves: one line for each difference. Changes nothing.

    \b
    Example:
      datacraft deploy plan --data sales.csv
    """
    from datacraft.cli.deploying import Wish, show_plan

    settings = settings_for(context, data, deploy__target=target, channel=channel, serve__port=port)
    show_plan(settings, Wish(context.obj, program, image), as_json=as_json)


@deploy.command()
def apply(
    context: typer.Context,
    data: DataOption = None,
    target: TargetOption = None,
    channel: ChannelOption = None,
    port: PortOption = None,
    image: ImageOption = None,
    program: ProgramOption = None,
    again: AgainOption = False,
    percent: PercentOption = None,
) -> None:
    """Start a new revision, wait until it is ready, and give it traffic. The address goes to stdout.

    No request is lost: those that are open are answered by the old revision, which ends when nobody uses it any more.
    A revision that does not become ready is taken away, and what served before goes on. Where nothing has
    changed, what is down is started again.

    \b
    Examples:
      datacraft deploy apply --data sales.csv
      datacraft deploy apply --data sales.csv --channel canary --percent 5
      datacraft deploy apply --target cloudrun --image us-east1-docker.pkg.dev/shop/mlops-models/datacraft-app:1a2b3c4

    Exit codes: 0 deployed; 1 not ready, or the target fails; 2 wrong usage, or the port is taken.
    """
    from datacraft.cli.deploying import Wish, apply_plan

    settings = settings_for(context, data, deploy__target=target, channel=channel, serve__port=port)
    apply_plan(settings, Wish(context.obj, program, image, again), percent)


@deploy.command()
def status(context: typer.Context, target: TargetOption = None, as_json: JsonOption = False) -> None:
    """Show the revisions, the newest first: name, state, percent of traffic, channel, release, address.

    \b
    Example:
      datacraft deploy status

    Exit codes: 0 all is well; 1 something is not, and the message says what.
    """
    from datacraft.cli.deploying import show_status

    raise typer.Exit(show_status(settings_for(context, deploy__target=target), as_json=as_json))


@deploy.command()
def rollback(
    context: typer.Context,
    revision: Annotated[
        str | None,
        typer.Argument(
            metavar="REVISION", help="Its name or tag.", show_default="the one that served before this one"
        ),
    ] = None,
    target: TargetOption = None,
) -> None:
    """Give all traffic to a former revision again. The address goes to stdout.

    \b
    Examples:
      datacraft deploy rollback
      datacraft deploy rollback datacraft-00003

    Exit codes: 0 done; 1 it does not come up, and nothing has changed; 2 there is no such revision.
    """
    from datacraft.cli.deploying import roll_back

    roll_back(settings_for(context, deploy__target=target), revision)


@deploy.command()
def logs(
    context: typer.Context,
    revision: Annotated[
        str | None,
        typer.Argument(
            metavar="REVISION", help="Its name or tag.", show_default="the one with the most traffic"
        ),
    ] = None,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many, from the end.")] = 100,
    target: TargetOption = None,
) -> None:
    """Write the last lines that a revision has written.

    \b
    Example:
      datacraft deploy logs --lines 20
    """
    from datacraft.cli.deploying import show_logs

    show_logs(settings_for(context, deploy__target=target), revision, lines)


@deploy.command()
def stop(context: typer.Context, target: TargetOption = None) -> None:
    """Let what is being answered be answered, and end the service; `apply` starts it again.

    \b
    Example:
      datacraft deploy stop
    """
    from datacraft.cli.deploying import stop_service

    stop_service(settings_for(context, deploy__target=target))
