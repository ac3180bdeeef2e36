"""What candidates did, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datacraft.contracts.estimate import Estimate
    from datacraft.contracts.evaluation import CandidateResult, EvaluationReport
    from datacraft.contracts.selection import SelectionReport

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
    return _aligned([header, *(_row(result) for result in report.candidates)])


def ranking_table(report: SelectionReport) -> str:
    """Return one line per candidate in the order of the composite score, with its parts."""
    header = ("candidate", "composite", "performance", "bias", "speed", "reliability", "best?", "floors")
    rows = [
        (
            one.name + (" (serves)" if one.incumbent else ""),
            _shown(one.composite),
            _shown(one.performance),
            _shown(one.bias),
            f"{one.speed.value:.1f}",
            f"{one.reliability.value:.1f}",
            f"{one.probability_of_being_best:.0%}",
            "reached" if one.eligible else "missed",
        )
        for one in report.ranking
    ]
    return _aligned([header, *rows])


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
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
