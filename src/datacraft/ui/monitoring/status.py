"""The status at a glance: one word, why, and the figures of the windows."""

from __future__ import annotations

import streamlit as st

from datacraft.contracts.monitoring import ProductionReport
from datacraft.monitoring.health.windows import seconds
from datacraft.monitoring.metrics import window_name
from datacraft.monitoring.production_report.summary import figure_rows
from datacraft.ui.words import html

_SIGN = {"healthy": "✓", "degraded": "!", "down": "✕", "unknown": "?"}


def show_status(report: ProductionReport) -> None:
    """Draw the status of a look."""
    health = report.health
    judged = next(one for one in health.windows if one.window_s == seconds(health.policy.window_h))
    reasons = "".join(f"<p>{html(one)}</p>" for one in health.reasons)
    st.html(
        f'<div class="dc-health dc-{report.status}" role="status"><span class="dc-sign" aria-hidden="true">'
        f"{_SIGN[report.status]}</span><div><h2>{html(report.channel)} is {report.status}</h2>{reasons}"
        f'<p class="dc-meta">{html(report.release_id or "no release")} · {report.at:%Y-%m-%d %H:%M} UTC, looked at '
        "anew every 30 s</p></div></div>"
    )
    tiles = [
        ("questions", f"{judged.requests:,}", window_name(judged.window_s)),
        ("answered", _rate(judged.answer_rate), f"at least {health.policy.min_success_rate:.0%}"),
        ("failed inside", _rate(judged.error_rate), f"at most {health.policy.max_error_rate:.1%}"),
        (
            "p95",
            f"{judged.latency.p95:,.0f} ms" if judged.latency else "–",
            f"at most {health.policy.max_latency_p95_ms:,.0f} ms",
        ),
    ]
    st.html(
        '<div class="dc-tiles">'
        + "".join(
            f'<div class="dc-tile"><span>{name}</span><b>{value}</b><small>{note}</small></div>'
            for name, value, note in tiles
        )
        + "</div>"
    )
    with st.expander("All figures"):
        st.html(_figures(report))


def _figures(report: ProductionReport) -> str:
    windows = report.health.windows
    header = "<th></th>" + "".join(f"<th>{window_name(one.window_s)}</th>" for one in windows)
    rows = "".join(
        f"<tr><th scope=row>{html(name)}</th>" + "".join(f"<td>{html(cell)}</td>" for cell in cells) + "</tr>"
        for name, *cells in figure_rows(windows)
    )
    return f'<div class="dc-scroll"><table class="dc-table"><tr>{header}</tr>{rows}</table></div>'


def _rate(rate: float | None) -> str:
    return "–" if rate is None else f"{rate:.1%}"
