"""`datacraft monitor`: how production is doing, and what follows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from datacraft.cli.monitoring import How, LookOptions, SourceName
from datacraft.cli.options import DataOption, ListFormat, ListFormatOption
from datacraft.cli.releases import ByOption, PolicyOption
from datacraft.cli.start import settings_for

monitor = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="How production is doing, and what follows.\n\n\b\nExample:\n  datacraft monitor run",
)


def _group(text: str, example: str) -> typer.Typer:
    return typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help=f"{text}\n\n\b\nExample:\n  datacraft monitor {example}",
    )


alerts = _group("Alarms: see, look after, mute.", "alerts list")
acts = _group("What monitoring did, or waits to be allowed to do.", "acts list")
baseline = _group("What the data are compared with.", "baseline show")
for name, group in (("alerts", alerts), ("acts", acts), ("baseline", baseline)):
    monitor.add_typer(group, name=name)

ChannelOption = Annotated[
    str | None, typer.Option(help="Whose questions are looked at.", show_default="channel of the settings")
]
SourceOption = Annotated[
    SourceName,
    typer.Option(
        help="Of the figures: the telemetry of this state folder, or Cloud Monitoring's of the service."
    ),
]
CompareOption = Annotated[
    bool,
    typer.Option("--compare/--no-compare", help="Compare data and questions with what they were."),
]
HowOption = Annotated[
    How,
    typer.Option(
        help="Where candidates are evaluated anew: in this process, by the DAG at airflow.url, by the workflow of "
        "monitoring.github_repository, or by whoever monitoring.webhook_url calls."
    ),
]
GradeOption = Annotated[
    bool | None,
    typer.Option(
        "--grade/--no-grade",
        help="Ask production the questions that its release was chosen by, and judge the answers. It is kept.",
        show_default="with --act, once a day, where answers cost nothing",
    ),
]
QuestionsOption = Annotated[
    str, typer.Option("--questions", metavar="SET", help="That candidates are evaluated by.")
]
RunUrlOption = Annotated[
    str | None, typer.Option(metavar="URL", help="Of the workflow's run, for the notice.")
]
ReasonOption = Annotated[str, typer.Option(metavar="TEXT", help="Why; it is kept.")]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Of the alarm, as `alerts list` shows it.")]
ActArgument = Annotated[str, typer.Argument(metavar="ACT", help="Its id, as `acts list` shows it.")]


@monitor.command()
def run(
    context: typer.Context,
    data: DataOption = None,
    channel: ChannelOption = None,
    source: SourceOption = "telemetry",
    compare: CompareOption = True,
    grade: GradeOption = None,
    act: Annotated[
        bool, typer.Option("--act/--no-act", help="Keep alarms, tell people, and do what follows from them.")
    ] = False,
    how: HowOption = "here",
    questions: QuestionsOption = "retail",
    report: Annotated[
        list[Path] | None,
        typer.Option(
            "--report",
            "-r",
            metavar="FILE",
            help="Write the report: .html, .json or .md; may be given several times.",
        ),
    ] = None,
    workflow_run_url: RunUrlOption = None,
    policy: PolicyOption = None,
    list_format: ListFormatOption = ListFormat.TABLE,
) -> None:
    """Look at production: figures of 1, 6, 24 and 168 hours, data against the release's, and a verdict.

    Thresholds, the service level and what follows stand under `monitoring` in ci-cd/config/ci_cd_config.yaml. Without
    --act nothing is kept and nothing done. The figures go to stdout, the verdict to stderr.

    \b
    Examples:
      datacraft monitor run
      datacraft monitor run --data sales.csv --report health.html
      datacraft monitor run --data sales.csv --act

    Exit codes: 0 healthy; 2 wrong usage or input; 3 unknown: nobody has asked, too few have, or it can't be read;
    10 degraded; 11 drift; 12 degraded and drift, or down; 13 an act waits for a person.
    """
    from datacraft.cli.monitoring import run_monitor

    settings = settings_for(context, data, channel=channel)
    options = LookOptions(policy, source, compare, act, how, questions, workflow_run_url, context.obj, grade)
    raise typer.Exit(run_monitor(settings, options, tuple(report or ()), list_format))


@monitor.command()
def watch(
    context: typer.Context,
    data: DataOption = None,
    channel: ChannelOption = None,
    source: SourceOption = "telemetry",
    compare: CompareOption = True,
    grade: GradeOption = None,
    act: Annotated[bool, typer.Option("--act/--no-act", help="As with `monitor run`.")] = True,
    how: HowOption = "here",
    questions: QuestionsOption = "retail",
    every: Annotated[float, typer.Option(min=1, metavar="MINUTES", help="Between two looks.")] = 360,
    policy: PolicyOption = None,
) -> None:
    """Look at production again and again, until Ctrl-C; alarms are kept, so that the next watch goes on.

    \b
    Example:
      datacraft monitor watch --data sales.csv --every 60
    """
    from datacraft.cli.monitoring import watch_production

    settings = settings_for(context, data, channel=channel)
    options = LookOptions(policy, source, compare, act, how, questions, None, context.obj, grade)
    raise typer.Exit(watch_production(settings, options, every * 60))


@monitor.command()
def report(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(metavar="FILE", help="An .html, .json or .md file.")],
    name: Annotated[
        str | None, typer.Option("--of", metavar="REPORT", help="Its name.", show_default="the latest one")
    ] = None,
    channel: ChannelOption = None,
) -> None:
    """Write a report that a look with --act has kept.

    \b
    Example:
      datacraft monitor report health.html
    """
    from datacraft.cli.kept_monitoring import write_kept_report

    write_kept_report(settings_for(context, channel=channel), out, name)


@monitor.command()
def cases(
    context: typer.Context,
    out: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A .yaml file for the drafts, beside the registry.")
    ] = None,
    hours: Annotated[float, typer.Option(min=1, help="So far back production is looked at.")] = 168,
    most: Annotated[int, typer.Option(min=1, help="Drafts.")] = 50,
    channel: ChannelOption = None,
) -> None:
    """Propose what production fails at as new cases: how it went badly and the question, the worst slice first.

    Failed inside, refused, asked back, disliked, or asked again at once; each question once, none that the release was
    chosen by. The drafts have no gold SQL yet.

    \b
    Example:
      datacraft monitor cases failing.yaml
    """
    from datacraft.cli.kept_monitoring import propose_failing

    propose_failing(settings_for(context, channel=channel), out, hours, most)


@alerts.command("list")
def list_alerts(
    context: typer.Context, channel: ChannelOption = None, list_format: ListFormatOption = ListFormat.TABLE
) -> None:
    """List the alarms: those that last first, then those that are over.

    \b
    Example:
      datacraft monitor alerts list
    """
    from datacraft.cli.kept_monitoring import list_alarms

    list_alarms(settings_for(context, channel=channel), list_format)


@alerts.command()
def ack(
    context: typer.Context,
    name: NameArgument,
    reason: ReasonOption,
    by: ByOption = None,
    channel: ChannelOption = None,
) -> None:
    """Say that you look after an alarm: it is not told again while it lasts.

    \b
    Example:
      datacraft monitor alerts ack latency --reason "the warehouse is being moved"
    """
    from datacraft.cli.kept_monitoring import acknowledge

    acknowledge(settings_for(context, channel=channel), name, reason, by)


@alerts.command()
def mute(
    context: typer.Context,
    name: NameArgument,
    reason: ReasonOption,
    hours: Annotated[float, typer.Option(min=0, help="For so long; 0: no longer.")] = 24,
    by: ByOption = None,
    channel: ChannelOption = None,
) -> None:
    """Let an alarm neither be told nor lead to anything for a while.

    \b
    Example:
      datacraft monitor alerts mute "data drift" --hours 72 --reason "the sale ends on Sunday"
    """
    from datacraft.cli.kept_monitoring import mute_alarm

    mute_alarm(settings_for(context, channel=channel), name, reason, by, hours)


@acts.command("list")
def list_acts(
    context: typer.Context, channel: ChannelOption = None, list_format: ListFormatOption = ListFormat.TABLE
) -> None:
    """List what monitoring did, the latest first: id, state, causes, how it ended.

    \b
    Example:
      datacraft monitor acts list
    """
    from datacraft.cli.kept_monitoring import list_kept_acts

    list_kept_acts(settings_for(context, channel=channel), list_format)


@acts.command()
def allow(
    context: typer.Context,
    act: ActArgument,
    reason: ReasonOption,
    data: DataOption = None,
    how: HowOption = "here",
    questions: QuestionsOption = "retail",
    by: ByOption = None,
    channel: ChannelOption = None,
) -> None:
    """Allow an act that waits for a person; it is done at once.

    \b
    Example:
      datacraft monitor acts allow 20260301T120000Z_re_evaluate --reason "the new products are here to stay"
    """
    from datacraft.cli.kept_monitoring import answer

    settings = settings_for(context, data, channel=channel)
    options = LookOptions(None, "telemetry", False, True, how, questions, None, context.obj)
    raise typer.Exit(answer(settings, options, act, reason, by, word="allow"))


@acts.command()
def decline(
    context: typer.Context,
    act: ActArgument,
    reason: ReasonOption,
    by: ByOption = None,
    channel: ChannelOption = None,
) -> None:
    """Decline an act that waits for a person.

    \b
    Example:
      datacraft monitor acts decline 20260301T120000Z_re_evaluate --reason "a test load, gone tomorrow"
    """
    from datacraft.cli.kept_monitoring import answer

    settings = settings_for(context, channel=channel)
    options = LookOptions(None, "telemetry", False, True, "here", "retail", None, context.obj)
    raise typer.Exit(answer(settings, options, act, reason, by, word="decline"))


@baseline.command()
def show(context: typer.Context, channel: ChannelOption = None) -> None:
    """Show what the data are compared with while the present release serves.

    \b
    Example:
      datacraft monitor baseline show
    """
    from datacraft.cli.kept_monitoring import show_baseline

    show_baseline(settings_for(context, channel=channel))


@baseline.command("set")
def set_(
    context: typer.Context,
    reason: ReasonOption,
    data: DataOption = None,
    by: ByOption = None,
    channel: ChannelOption = None,
) -> None:
    """Let the data as they are now be what they are compared with, while the present release serves.

    \b
    Example:
      datacraft monitor baseline set --data sales.csv --reason "evaluated anew: the release stays"
    """
    from datacraft.cli.kept_monitoring import set_new_baseline

    set_new_baseline(settings_for(context, data, channel=channel), reason, by)
