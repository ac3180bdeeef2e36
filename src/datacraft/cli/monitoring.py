"""What `datacraft monitor` does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from datacraft.cli.edge import EXIT_UNKNOWN
from datacraft.cli.options import ListFormat
from datacraft.cli.output.tables import write_table
from datacraft.cli.output.talk import say
from datacraft.cli.parts import require_monitoring_parts
from datacraft.contracts.errors import InputError

if TYPE_CHECKING:
    from datacraft.config import Settings
    from datacraft.contracts.monitoring import HealthReport, WindowFigures


def run_monitor(settings: Settings, policy: Path | None, reports: tuple[Path, ...], shown: ListFormat) -> int:
    """Look at production once, write what was asked for; return the exit code."""
    require_monitoring_parts()
    from datacraft.delivery.config import load_delivery_config
    from datacraft.monitoring import EXIT_CODES, monitor_production
    from datacraft.monitoring.health.traffic import TelemetryUnreadable

    _check_names(reports)
    try:
        report = monitor_production(settings, load_delivery_config(policy).monitoring)
    except TelemetryUnreadable as error:
        say(f"unknown: {error.message} {error.hint}")
        return EXIT_UNKNOWN
    for path in reports:
        _write(path, report)
    if shown is ListFormat.JSON:
        typer.echo(report.model_dump_json(indent=1))
    else:
        write_table(("", *(f"{one.hours:g} h" for one in report.windows)), _rows(report.windows))
    say(f"{report.channel} is {report.status}.")
    for reason in report.reasons:
        say(reason)
    for alert in report.alerts:
        if alert.severity == "note":
            say(f"Note: {alert.message}")
    return EXIT_CODES[report.status]


def _check_names(reports: tuple[Path, ...]) -> None:
    for path in reports:
        if path.suffix not in (".json", ".md"):
            raise InputError(f"{path} is no kind of report.", hint="Name a .json or .md file.")


def _write(path: Path, report: HealthReport) -> None:
    from datacraft.monitoring.health.markdown import as_markdown

    text = report.model_dump_json(indent=1) if path.suffix == ".json" else as_markdown(report)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"{path} can't be written: {error.strerror}.", hint="Choose another place."
        ) from error


def _rows(windows: tuple[WindowFigures, ...]) -> list[tuple[str, ...]]:
    def row(name: str, *values: str) -> tuple[str, ...]:
        return (name, *values)

    def rate(value: float | None) -> str:
        return "-" if value is None else f"{value:.1%}"

    return [
        row("questions", *(f"{one.requests:,}" for one in windows)),
        row("answered", *(rate(one.success_rate) for one in windows)),
        row("failed inside", *(rate(one.error_rate) for one in windows)),
        row("asked back", *(f"{one.asked_back:,}" for one in windows)),
        row("other model answered", *(f"{one.fallbacks:,}" for one in windows)),
        row("p95 ms", *(f"{one.latency_ms['p95']:,.0f}" if one.latency_ms else "-" for one in windows)),
        row("thumbs up", *(f"{one.thumbs_up:,}" for one in windows)),
        row("thumbs down", *(f"{one.thumbs_down:,}" for one in windows)),
        row("tokens", *(f"{one.tokens:,}" for one in windows)),
        row("cost", *(f"${one.cost_usd:.4f}" for one in windows)),
    ]
