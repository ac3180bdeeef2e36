"""The figures of production as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from datacraft.cli.output.tables import write_table

if TYPE_CHECKING:
    from datacraft.contracts.metrics import WindowMetrics


def health_table(windows: Sequence[WindowMetrics]) -> None:
    """Write a column for each window."""
    from datacraft.monitoring.metrics import window_name

    def rate(value: float | None) -> str:
        return "-" if value is None else f"{value:.1%}"

    rows = [
        ("questions", *(f"{one.requests:,}" for one in windows)),
        ("answered", *(rate(one.answer_rate) for one in windows)),
        ("failed inside", *(rate(one.error_rate) for one in windows)),
        ("refused or asked back", *(f"{one.refused + one.asked_back:,}" for one in windows)),
        ("other model answered", *(f"{one.fallback:,}" for one in windows)),
        ("p95 ms", *(f"{one.latency.p95:,.0f}" if one.latency else "-" for one in windows)),
        ("thumbs up", *(f"{one.liked or 0:,}" for one in windows)),
        ("thumbs down", *(f"{one.disliked or 0:,}" for one in windows)),
        ("doubted", *(f"{one.doubted or 0:,}" for one in windows)),
        ("tokens", *(f"{one.input_tokens + one.output_tokens:,}" for one in windows)),
        ("cost", *(f"${one.cost_usd:.4f}" for one in windows)),
    ]
    write_table(("", *(window_name(one.window_s) for one in windows)), rows)
