"""Figures over time, with what was promoted and rolled back marked, down to the questions behind a point."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import streamlit as st

from datacraft.contracts.release import ChannelChange
from datacraft.http.service import Service
from datacraft.monitoring.metrics.series import Behind, Stretch, behind, series
from datacraft.registry import ObjectStore
from datacraft.registry.channels import read_pointer
from datacraft.ui.words import counted, html

SPANS = {
    "24 hours": (dt.timedelta(hours=24), dt.timedelta(hours=1)),
    "7 days": (dt.timedelta(days=7), dt.timedelta(hours=6)),
    "30 days": (dt.timedelta(days=30), dt.timedelta(days=1)),
}
_COLOURS = ("#0b6b5d", "#b3541e", "#4a5fa8", "#8a6d00", "#7a3b69")


def show_time(service: Service, store: ObjectStore, channel: str, *, may_see_questions: bool) -> None:
    """Draw the charts, and the questions of a point that is chosen."""
    st.html('<p class="dc-heading">Over time</p>')
    chosen = st.segmented_control("Span", list(SPANS), default="24 hours", key="monitoring_span")
    span, step = SPANS[chosen or "24 hours"]
    now = dt.datetime.now(dt.UTC)
    folders = [service.settings.state_dir / "telemetry"]
    found = series(folders, channel, now, span, step)
    if not found:
        st.html('<p class="dc-meta">Nobody has asked anything in that time.</p>')
        return
    changes = [one for one in read_pointer(store, channel).channel.history if one.at >= now - span]
    picked = st.plotly_chart(
        _chart(found, changes, now - span, step), width="stretch", key="monitoring_time", on_select="rerun",
        selection_mode="points", config={"displaylogo": False},
    )  # fmt: skip
    if not may_see_questions:
        return
    points = picked.selection.points if picked else []
    starts = sorted({one.start for one in found}, reverse=True)
    at = next((one for one in starts for point in points if _is_at(one, point, step)), None)
    place = starts.index(at) if at is not None else 0
    start = st.selectbox(
        "Questions of", starts, index=place, format_func=lambda one: f"{one:%Y-%m-%d %H:%M} UTC, {_length(step)}",
        key=f"monitoring_start_{place}",
    )  # fmt: skip
    if start is None:
        return
    asked = behind(folders, channel, start, step)
    with st.expander(f"{counted(len(asked), 'question')}, what went wrong first", expanded=bool(points)):
        st.html(_questions(asked))


def _is_at(start: dt.datetime, point: object, step: dt.timedelta) -> bool:
    try:
        x = dt.datetime.fromisoformat(str(point["x"])).replace(tzinfo=dt.UTC)  # type: ignore[index]
    except (ValueError, KeyError, TypeError):
        return False
    return abs(start + step / 2 - x) < dt.timedelta(seconds=1)


def _chart(
    found: Sequence[Stretch], changes: Sequence[ChannelChange], start: dt.datetime, step: dt.timedelta
) -> dict[str, object]:
    """Return three charts above one axis of time, a colour for each release, as Plotly takes it."""
    releases = sorted({one.release_id or "no release" for one in found})
    data: list[dict[str, object]] = []
    for place, release in enumerate(releases):
        mine = [one for one in found if (one.release_id or "no release") == release]
        middle = [(one.start + step / 2).isoformat() for one in mine]
        colour = _COLOURS[place % len(_COLOURS)]
        common = {"x": middle, "name": release, "legendgroup": release}
        data += [
            {**common, "y": [one.requests for one in mine], "type": "bar", "marker": {"color": colour}, "yaxis": "y3"},
            {
                **common, "y": [100 * one.answered / one.requests for one in mine], "mode": "lines+markers",
                "line": {"color": colour}, "showlegend": False, "yaxis": "y2",
            },
            {
                **common, "y": [one.p95_ms for one in mine], "mode": "lines+markers", "line": {"color": colour},
                "showlegend": False, "yaxis": "y",
            },
        ]  # fmt: skip
    marks = [
        {
            "type": "line", "x0": one.at.isoformat(), "x1": one.at.isoformat(), "yref": "paper", "y0": 0, "y1": 1,
            "line": {"width": 1.5, "dash": "dot", "color": "#b3261e" if one.action == "rollback" else "#888888"},
        }
        for one in changes
    ]  # fmt: skip
    notes = [
        {
            "x": one.at.isoformat(), "y": 1, "yref": "paper", "text": one.action, "showarrow": False, "yanchor": "bottom",
            "font": {"size": 10},
        }
        for one in changes
    ]  # fmt: skip
    layout = {
        "height": 460, "margin": {"l": 10, "r": 10, "t": 30, "b": 10}, "barmode": "stack", "shapes": marks,
        "annotations": notes, "legend": {"orientation": "h", "y": -0.12},
        "xaxis": {"range": [start.isoformat(), dt.datetime.now(dt.UTC).isoformat()], "anchor": "y"},
        "yaxis": {"domain": [0, 0.28], "title": {"text": "p95 ms"}, "rangemode": "tozero"},
        "yaxis2": {"domain": [0.36, 0.64], "title": {"text": "answered %"}, "range": [0, 104]},
        "yaxis3": {"domain": [0.72, 1], "title": {"text": "questions"}, "rangemode": "tozero"},
    }  # fmt: skip
    return {"data": data, "layout": layout}


def _length(step: dt.timedelta) -> str:
    hours = step / dt.timedelta(hours=1)
    return f"{hours:g} h" if hours < 24 else f"{hours / 24:g} d"


def _questions(found: Sequence[Behind]) -> str:
    rows = "".join(
        f"<tr><td>{one.at:%H:%M:%S}</td><td>{html(one.question or 'not kept')}</td>"
        f"<td>{html(one.error or 'answered')}{' 👎' if one.thumb == 'down' else ''}"
        f"{' (asked again at once)' if one.rephrased else ''}</td>"
        f"<td>{'–' if one.total_ms is None else f'{one.total_ms:,.0f}'}</td><td>{html(one.release_id or '–')}</td></tr>"
        for one in found
    )
    header = "<tr><th>UTC</th><th>question</th><th>how it ended</th><th>ms</th><th>release</th></tr>"
    return f'<div class="dc-scroll"><table class="dc-table">{header}{rows}</table></div>'
