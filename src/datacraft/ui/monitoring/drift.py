"""What drifted at the last look that was kept: columns by how far they moved, and in words."""

from __future__ import annotations

import streamlit as st

from datacraft.contracts.drift import LINE, Band, DriftReport
from datacraft.contracts.monitoring import ProductionReport
from datacraft.monitoring.production_report import accuracy_words, as_page
from datacraft.ui.words import html

_MOST = 12
_CLASS = {Band.DRIFTED: "dc-bad", Band.POSSIBLE: "dc-watch"}


def show_drift(report: ProductionReport | None) -> None:
    """Draw what a look says of answers, data and questions."""
    st.html('<p class="dc-heading">Answers, data and questions</p>')
    if report is None:
        st.html(
            '<p class="dc-meta">No look was kept yet: <code>datacraft monitor run --data sales.csv --act</code> '
            "compares the data with those of the release.</p>"
        )
        return
    st.html(f'<p class="dc-meta">As looked at {report.at:%Y-%m-%d %H:%M} UTC.</p>')
    for skipped in report.skipped:
        st.html(f'<p class="dc-meta">{html(skipped)}</p>')
    if report.accuracy is not None:
        st.html(f'<p class="dc-sentence">{html(accuracy_words(report.accuracy))}</p>')
    if report.traffic is not None:
        st.html(f'<p class="dc-sentence">{html(report.traffic.words)}</p>')
    if report.data is not None:
        st.html(f'<p class="dc-sentence">{html(report.data.words)}</p>{_columns(report.data)}')
    st.download_button(
        "The whole report", as_page(report), file_name=f"production_{report.at:%Y%m%dT%H%M%S}.html", mime="text/html",
        icon=":material/download:", key="monitoring_report",
    )  # fmt: skip


def _columns(drift: DriftReport) -> str:
    moved = [one for one in drift.columns if not one.expected][:_MOST]
    rows = "".join(
        f'<tr class="{_CLASS.get(one.band, "")}"><th scope=row>{html(f"{one.table}.{one.column}")}</th>'
        f'<td><div class="dc-meter" role="img" aria-label="score {one.score:.2f}, drift from {LINE:g} on">'
        f'<span style="width:{100 * one.score:.0f}%"></span></div></td><td>{one.score:.2f}</td>'
        f"<td>{html(one.words)}</td></tr>"
        for one in moved
    )
    findings = "".join(
        f"<tr><th scope=row>{html(one.severity.value)}</th><td></td><td></td><td>{html(one.words)}</td></tr>"
        for one in drift.findings
    )
    header = f"<tr><th>column</th><th>drift from {LINE:g} on</th><th></th><th>what changed</th></tr>"
    return f'<div class="dc-scroll"><table class="dc-table dc-drift">{header}{findings}{rows}</table></div>'
