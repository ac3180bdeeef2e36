"""What `datacraft monitor run` and `watch` do."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from datacraft.cli.edge import EXIT_ANSWERED, EXIT_UNKNOWN, EXIT_WAITS
from datacraft.cli.judging import registry_of
from datacraft.cli.options import ListFormat
from datacraft.cli.output.health import health_table
from datacraft.cli.output.talk import say
from datacraft.cli.parts import require_monitoring_parts
from datacraft.contracts.errors import DataCraftError, InputError, RegistryError

if TYPE_CHECKING:
    from datacraft.config import Settings
    from datacraft.contracts.monitoring import MonitoringPolicy, ProductionReport
    from datacraft.monitoring.alarms import Outcome
    from datacraft.monitoring.metrics import MetricSource

How = Literal["here", "airflow", "github", "webhook"]
SourceName = Literal["telemetry", "cloud"]


@dataclass(frozen=True, slots=True)
class LookOptions:
    """The options of a look.

    Attributes:
        policy: file of thresholds and decisions.
        source: of the figures.
        data: compare data and traffic with what they were.
        act: keep alarms, tell people, and do what follows.
        how: in which way candidates are evaluated anew.
        questions: the set that they are evaluated by.
        workflow_run_url: where the log of this look is.
        config: the settings file that was named.
        grade: ask production the cases whose answers are known; None: where it is due and costs nothing.
    """

    policy: Path | None
    source: SourceName
    data: bool
    act: bool
    how: How
    questions: str
    workflow_run_url: str | None
    config: Path | None
    grade: bool | None = None


def run_monitor(
    settings: Settings, options: LookOptions, reports: tuple[Path, ...], shown: ListFormat
) -> int:
    """Look at production once, write what was asked for; return the exit code."""
    require_monitoring_parts()
    for path in reports:
        _check_kind(path)
    return _look(settings, options, reports, shown)


def watch_production(settings: Settings, options: LookOptions, every_s: float) -> int:
    """Look at production again and again until Ctrl-C; return the exit code."""
    require_monitoring_parts()
    while True:
        try:
            _look(settings, options, (), ListFormat.TABLE)
        except DataCraftError as error:  # the next look may find it healed
            say(f"This look failed: {error.message} {error.hint or ''}".rstrip())
        try:
            time.sleep(every_s)
        except KeyboardInterrupt:
            say("No longer watching; alarms are kept.")
            return EXIT_ANSWERED


def _look(settings: Settings, options: LookOptions, reports: tuple[Path, ...], shown: ListFormat) -> int:
    from datacraft.delivery.config import load_delivery_config
    from datacraft.monitoring import exit_code

    policy = load_delivery_config(options.policy).monitoring
    try:
        report = look(settings, options, policy)
    except DataCraftError as error:
        if isinstance(error, InputError):
            raise
        say(f"unknown: {error.message} {error.hint or ''}".rstrip())
        return EXIT_UNKNOWN
    for path in reports:
        write_report(path, report)
    _show(report, shown)
    if not options.act:
        return exit_code(report)
    return _follow(settings, options, policy, report)


def look(settings: Settings, options: LookOptions, policy: MonitoringPolicy) -> ProductionReport:
    """Return what one look sees.

    Raises:
        DataCraftError: the figures can't be read.
    """
    from datacraft.cli.grading import accuracy_look
    from datacraft.cli.looking import data_look
    from datacraft.monitoring import monitor_production
    from datacraft.monitoring.metrics.bringing import bring_records
    from datacraft.monitoring.traffic_drift import traffic_drift
    from datacraft.registry.channels import read_pointer

    release_id, problem = None, None
    try:
        release_id = read_pointer(registry_of(settings), settings.channel).release_id
    except RegistryError as error:
        problem = f"the registry can't be read: {error.message}".rstrip(".")
    data = "it was not asked for" if not options.data else problem or data_look(settings, release_id, policy)
    now = dt.datetime.now(dt.UTC)
    bring_records(settings, now)
    return monitor_production(
        settings, policy, now, source=_source(settings, options.source), release_id=release_id, data=data,
        traffic=partial(traffic_drift, settings, alpha=policy.level) if options.data else "it was not asked for",
        accuracy=problem or accuracy_look(settings, release_id, policy, now, wanted=options.grade, kept=options.act),
    )  # fmt: skip


def _source(settings: Settings, name: SourceName) -> MetricSource | None:
    if name == "telemetry":
        return None
    from datacraft.monitoring.metrics.cloud import CloudMetrics

    if settings.gcp.project_id is None:
        raise InputError("It is unknown whose metrics to read.", hint="Set gcp.project_id.")
    return CloudMetrics(
        settings.gcp.project_id, settings.deploy.cloudrun.service, settings.gcp.monitoring_endpoint
    )


def _follow(
    settings: Settings, options: LookOptions, policy: MonitoringPolicy, report: ProductionReport
) -> int:
    from datacraft.cli.acting import hands_of
    from datacraft.monitoring import exit_code
    from datacraft.monitoring.alarms import MonitoringPlace, act

    place = MonitoringPlace(registry_of(settings), settings.channel)
    outcome = act(place, report, policy.decisions, hands_of(settings, options))
    _tell(outcome)
    if outcome.act is not None and outcome.act.state == "waiting":
        return EXIT_WAITS
    return exit_code(report)


def _tell(outcome: Outcome) -> None:
    for event in outcome.events:
        say(f"{event.alarm.name}: {event.kind} ({event.alarm.severity}).")
    one, decision = outcome.act, outcome.decision
    if one is not None and one.state == "waiting":
        say(f"{one.id} waits for a person: datacraft monitor acts allow {one.id} --reason ...")
    elif one is not None:
        say(f"{one.id} is {one.state}. {one.outcome}".rstrip())
    elif decision.action is not None:
        say(f"To {decision.action.replace('_', ' ')} would follow, but {decision.held}")
    say(f"The report is in the registry: {outcome.report}")


def write_report(path: Path, report: ProductionReport) -> None:
    """Write a report as the file's ending says.

    Raises:
        InputError: it is no ending of a report, or the file can't be written.
    """
    _check_kind(path)
    from datacraft.monitoring.production_report import as_markdown, as_page

    kinds = {
        ".json": lambda one: one.model_dump_json(indent=1) + "\n",
        ".md": as_markdown,
        ".html": as_page,
    }
    try:
        path.write_text(kinds[path.suffix](report), encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"{path} can't be written: {error.strerror}.", hint="Choose another place."
        ) from error


def _check_kind(path: Path) -> None:
    if path.suffix not in (".json", ".md", ".html"):
        raise InputError(f"{path} is no kind of report.", hint="Name a .json, .md or .html file.")


def _show(report: ProductionReport, shown: ListFormat) -> None:
    from datacraft.monitoring.production_report import accuracy_words

    if shown is ListFormat.JSON:
        typer.echo(report.model_dump_json(indent=1))
    else:
        health_table(report.health.windows)
    say(f"{report.channel} is {report.status}.")
    for reason in report.health.reasons:
        say(reason)
    for drift in (report.data, report.traffic):
        if drift is not None:
            say(drift.words)
    if report.accuracy is not None:
        say(accuracy_words(report.accuracy))
    for alert in report.alerts:
        if alert.severity == "note":
            say(f"Note: {alert.message}")
    for skipped in report.skipped:
        say(skipped)
