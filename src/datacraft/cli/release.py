"""`datacraft release`: a release's way to people, in nine steps."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from datacraft.cli.image import BuilderOption
from datacraft.cli.options import CandidatesOption, DataOption, ListFormatOption
from datacraft.cli.releases import ByOption, PolicyOption, YesOption
from datacraft.cli.start import settings_for
from datacraft.contracts.delivery_run import StepName

release = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="A release's way to people: evaluated, judged, deployed, announced.\n\n\b\nExample:\n"
    "  datacraft release run --data sales.csv",
)

StepOption = Annotated[StepName | None, typer.Option(metavar="STEP")]
IdArgument = Annotated[
    str | None, typer.Argument(metavar="DELIVERY", help="Its name.", show_default="the latest one")
]


@release.command()
def run(
    context: typer.Context,
    release_id: Annotated[
        str | None,
        typer.Option(
            "--release",
            metavar="RELEASE",
            help="A release that is there already.",
            show_default="candidates are evaluated, and the winner is published",
        ),
    ] = None,
    strategy: Annotated[
        Literal["direct", "canary", "shadow"],
        typer.Option(
            help="direct: all are served at once; canary: a few first, who judge it; shadow: it answers copies "
            "first, which a person reviews."
        ),
    ] = "direct",
    questions: Annotated[
        str,
        typer.Option("--questions", metavar="SET", help="A .yaml or .jsonl file, or a set that comes along."),
    ] = "retail",
    data: DataOption = None,
    model: CandidatesOption = None,
    tune: Annotated[
        bool, typer.Option("--tune/--no-tune", help="Search the first candidate's parts for a better config.")
    ] = True,
    trigger: Annotated[
        Literal["here", "airflow"],
        typer.Option(help="Where candidates are evaluated: in this process, or by the DAG at airflow.url."),
    ] = "here",
    image: Annotated[
        Literal["auto", "always", "never"],
        typer.Option(help="Build and push the image; auto: where the target runs images."),
    ] = "auto",
    base: Annotated[
        str | None,
        typer.Option(
            metavar="NAME@DIGEST", help="The image to build on.", show_default="as frontend/Dockerfile says"
        ),
    ] = None,
    wheels: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Packages of the lock, for an image built without network."),
    ] = None,
    builder: BuilderOption = None,
    registry: Annotated[
        str | None,
        typer.Option(
            metavar="HOST[/PATH]",
            help="Where the image goes.",
            show_default="Artifact Registry's mlops-models",
        ),
    ] = None,
    plain_http: Annotated[bool, typer.Option("--plain-http", help="That registry has no TLS.")] = False,
    target: Annotated[
        str | None,
        typer.Option(help="local, cloudrun or vertex.", show_default="deploy.target of the settings"),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65_535, help="Of this machine, for people.", show_default="PORT, else 8501"),
    ] = None,
    policy: PolicyOption = None,
    again: Annotated[
        bool, typer.Option("--again", help="Also a release that the channel was rolled back from.")
    ] = False,
    start: Annotated[
        StepName | None,
        typer.Option("--from", metavar="STEP", help="Make this step and all after it again."),
    ] = None,
    until: Annotated[
        StepName | None,
        typer.Option(metavar="STEP", help="The last step; the next run goes on after it."),
    ] = None,
    new: Annotated[
        bool, typer.Option("--new", help="Begin another delivery, even if the last one has no end.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what each step would do; change nothing.")
    ] = False,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why; it stays in the channel's history.")
    ] = "a delivery",
    by: ByOption = None,
    workflow_run_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Of the workflow's run, for the notice.")
    ] = None,
    yes: YesOption = False,
    list_format: Annotated[
        Literal["text", "json"], typer.Option("--format", help="json: a line for each record, to stdout.")
    ] = "text",
) -> None:
    """Take a release to people: trigger, wait, download, validate, compare, image, push, deploy, notify.

    Each step is written into the registry before anything follows from it. Stopped anywhere, the next run goes on;
    one delivery at a time. Where a step fails, users keep what they had, and everybody is told why. The address
    goes to stdout.

    \b
    Examples:
      datacraft release run --data sales.csv
      datacraft release run --release 20260301T120000Z_1a2b3c4 --strategy canary --data sales.csv
      datacraft release run --until compare --format json

    Exit codes: 0 deployed, or the last step of --until is done; 1 failed inside, run it again; 2 wrong usage or
    input; 10 rejected by gates; 11 worse than production; 12 canary rolled back; 13 waits for a person; 14 no
    candidate reached the floors.
    """
    from datacraft.cli.delivering import DeliveryOptions, deliver

    settings = settings_for(context, data, deploy__target=target, serve__port=port)
    raise typer.Exit(
        deliver(
            settings,
            DeliveryOptions(
                release_id=release_id,
                strategy=strategy,
                questions=questions,
                models=tuple(model or ()),
                tune=tune,
                trigger=trigger,
                image=image,
                base=base,
                wheels=wheels,
                builder=builder,
                registry=registry,
                plain_http=plain_http,
                policy=policy,
                again=again,
                start=start,
                until=until,
                new=new,
                dry_run=dry_run,
                reason=reason,
                by=by,
                workflow_run_url=workflow_run_url,
                yes=yes,
                as_json=list_format == "json",
                config=context.obj,
            ),
        )
    )


@release.command()
def status(context: typer.Context, delivery: IdArgument = None) -> None:
    """Show a delivery: each step with its state, seconds and what it came to.

    \b
    Example:
      datacraft release status

    Exit codes: that with which the delivery ended; 3 while it has no end.
    """
    from datacraft.cli.delivered import show_delivery

    raise typer.Exit(show_delivery(settings_for(context), delivery))


@release.command("list")
def list_(context: typer.Context, list_format: ListFormatOption = None) -> None:  # type: ignore[assignment]
    """List the deliveries, the latest first: name, how it ended, release, who, why.

    \b
    Example:
      datacraft release list
    """
    from datacraft.cli.delivered import list_deliveries
    from datacraft.cli.options import ListFormat

    list_deliveries(settings_for(context), list_format or ListFormat.TABLE)


@release.command()
def shadow(
    context: typer.Context,
    delivery: IdArgument = None,
    all_: Annotated[bool, typer.Option("--all", help="Also where both answers show the same.")] = False,
    list_format: ListFormatOption = None,  # type: ignore[assignment]
) -> None:
    """Show a shadow: how often the candidate agreed with production, and each difference with both SQLs and rows.

    \b
    Examples:
      datacraft release shadow
      datacraft release shadow --all --format json

    Exit codes: 0 shown; 2 the delivery has no shadow here.
    """
    from datacraft.cli.options import ListFormat
    from datacraft.cli.shadowing import show_shadow

    show_shadow(settings_for(context), delivery, list_format or ListFormat.TABLE, everything=all_)


@release.command()
def decide(
    context: typer.Context,
    decision: Annotated[
        Literal["promote", "roll_back"],
        typer.Argument(help="roll_back at any time; promote what waits for a person, or a shadow."),
    ],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it stays in the channel's history.")],
    by: ByOption = None,
) -> None:
    """Say what shall become of the latest delivery's canary or shadow; whoever drives it hears it at its next look.

    \b
    Example:
      datacraft release decide roll_back --reason "support sees odd answers"

    Exit codes: 0 said; 2 there is none, it has its end, or the canary is still being judged.
    """
    from datacraft.cli.delivered import decide as decide_now

    decide_now(settings_for(context), decision, reason, by)
