"""A health report as Markdown, for CI's summaries and tickets."""

from __future__ import annotations

from datacraft.contracts.monitoring import HealthReport, WindowFigures


def as_markdown(report: HealthReport) -> str:
    """Return the report: the status and its reasons first, then the figures of each window."""
    rows = [
        ("questions", [f"{one.requests:,}" for one in report.windows]),
        ("answered", [_rate(one.success_rate) for one in report.windows]),
        ("failed inside", [_rate(one.error_rate) for one in report.windows]),
        ("asked back", [f"{one.asked_back:,}" for one in report.windows]),
        ("p50 / p95 / p99 ms", [_latency(one) for one in report.windows]),
        ("thumbs up / down", [f"{one.thumbs_up} / {one.thumbs_down}" for one in report.windows]),
        ("with a language model", [f"{one.with_model:,}" for one in report.windows]),
        ("tokens", [f"{one.tokens:,}" for one in report.windows]),
        ("cost", [f"${one.cost_usd:.4f}" for one in report.windows]),
    ]
    header = ["", *(_hours(one.hours) for one in report.windows)]
    table = [header, ["---"] * len(header), *([name, *cells] for name, cells in rows)]
    notes = [alert.message for alert in report.alerts if alert.severity == "note"]
    return "\n".join(
        [
            f"# {report.channel}: {report.status}",
            "",
            f"{report.at:%Y-%m-%d %H:%M} UTC",
            "",
            *(f"- {reason}" for reason in report.reasons),
            "",
            *("| " + " | ".join(cells) + " |" for cells in table),
            *(["", *(f"- Note: {note}" for note in notes)] if notes else []),
            "",
        ]
    )


def _rate(rate: float | None) -> str:
    return "–" if rate is None else f"{rate:.1%}"


def _latency(figures: WindowFigures) -> str:
    return " / ".join(f"{value:,.0f}" for value in figures.latency_ms.values()) or "–"


def _hours(hours: float) -> str:
    return f"{hours / 24:g} d" if hours >= 48 else f"{hours:g} h"
