"""A look at production as Markdown, for CI's summaries and tickets."""

from __future__ import annotations

from collections.abc import Sequence

from datacraft.contracts.metrics import WindowMetrics
from datacraft.contracts.monitoring import AccuracyCheck, ProductionReport
from datacraft.evaluation.reports.summary import plain
from datacraft.monitoring.drift_report import markdown
from datacraft.monitoring.metrics import window_name


def as_markdown(report: ProductionReport) -> str:
    """Return the status and its reasons first, then the figures of each window, then what drifted."""
    notes = [f"- Note: {plain(one.message)}" for one in report.alerts if one.severity == "note"]
    blocks = [
        f"# {report.channel}: {report.health.status}",
        f"{report.at:%Y-%m-%d %H:%M} UTC, {report.release_id or 'no release'}",
        "\n".join(f"- {plain(reason)}" for reason in report.health.reasons),
        "\n".join(_figures(report.health.windows)),
        "\n".join([*notes, *(f"- {plain(one)}" for one in report.skipped)]),
    ]
    if report.data is not None:
        blocks.append(markdown(report.data).strip())
    if report.traffic is not None:
        blocks.append(f"## Questions and answers: {report.traffic.verdict}\n\n{plain(report.traffic.words)}")
    if report.accuracy is not None:
        blocks.append(f"## Graded cases\n\n{plain(accuracy_words(report.accuracy))}")
    return "\n\n".join(block for block in blocks if block) + "\n"


def accuracy_words(accuracy: AccuracyCheck) -> str:
    """Say how right the graded cases are, and what confidence says of production's own answers."""
    said = (
        f"{accuracy.right} of {accuracy.cases} graded cases are right ({accuracy.at:%Y-%m-%d %H:%M} UTC); "
        f"{accuracy.expected} were when the release was chosen, {accuracy.lost} were lost and {accuracy.gained} gained."
    )
    estimate = accuracy.estimate
    if estimate is None:
        return said
    told = (
        f"By their confidence {estimate.value:.1%} of {estimate.answers:,} answers of the last 24 hours are right "
        f"({estimate.low:.1%} to {estimate.high:.1%})."
    )
    return f"{said} {told}" if estimate.disagrees is None else f"{said} {told} {estimate.disagrees}"


def _figures(windows: Sequence[WindowMetrics]) -> list[str]:
    rows = figure_rows(windows)
    header = ["", *(window_name(one.window_s) for one in windows)]
    return ["| " + " | ".join(cells) + " |" for cells in (header, ["---"] * len(header), *rows)]


def figure_rows(windows: Sequence[WindowMetrics]) -> list[list[str]]:
    """Return a row for each figure: its name, then a cell for each window."""
    rows = [
        ("questions", [f"{one.requests:,}" for one in windows]),
        ("answered", [_rate(one.answer_rate) for one in windows]),
        ("failed inside", [_rate(one.error_rate) for one in windows]),
        ("refused or asked back", [f"{one.refused + one.asked_back:,}" for one in windows]),
        ("other model answered", [f"{one.fallback:,}" for one in windows]),
        ("p50 / p95 / p99 ms", [_latency(one) for one in windows]),
        ("thumbs up / down", [f"{one.liked or 0:,} / {one.disliked or 0:,}" for one in windows]),
        ("doubted", [f"{one.doubted or 0:,}" for one in windows]),
        ("with a language model", [f"{one.model_questions or 0:,}" for one in windows]),
        ("tokens", [f"{one.input_tokens + one.output_tokens:,}" for one in windows]),
        ("cost", [f"${one.cost_usd:.4f}" for one in windows]),
    ]
    return [[name, *cells] for name, cells in rows]


def _rate(rate: float | None) -> str:
    return "–" if rate is None else f"{rate:.1%}"


def _latency(figures: WindowMetrics) -> str:
    found = figures.latency
    return f"{found.p50:,.0f} / {found.p95:,.0f} / {found.p99:,.0f}" if found else "–"
