"""What candidates did, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datacraft.contracts.estimate import Estimate
    from datacraft.contracts.evaluation import CandidateResult, EvaluationReport

_UNKNOWN = "-"


def candidates_table(report: EvaluationReport) -> str:
    """Return one line per candidate: score and rates with their 95 % intervals, latency and cost."""
    header = (
        "candidate",
        "config",
        "performance",
        "accuracy",
        "wrong shown",
        "answered",
        "p95 ms",
        "USD",
        "calls",
    )
    rows = [header, *(_row(result) for result in report.candidates)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(header))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _row(result: CandidateResult) -> tuple[str, ...]:
    rates = result.rates
    return (
        result.name,
        result.config_id,
        _shown(result.performance),
        _shown(rates.get("accuracy"), 100),
        _shown(rates.get("wrong_shown"), 100),
        _shown(rates.get("answered"), 100),
        _UNKNOWN if result.latency_p95_ms is None else f"{result.latency_p95_ms.value:,.0f}",
        f"{result.cost_usd:.4f}",
        f"{result.calls:,}",
    )


def _shown(estimate: Estimate | None, factor: float = 1) -> str:
    if estimate is None:
        return _UNKNOWN
    return f"{estimate.value * factor:.1f} ({estimate.low * factor:.1f}-{estimate.high * factor:.1f})"
