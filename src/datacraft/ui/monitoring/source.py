"""Figures for a page that looks every half minute: what needs a month of telemetry is read less often."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from datacraft.contracts.metrics import DayCounts, MetricsReport
from datacraft.monitoring.metrics import TelemetryMetrics

_DAYS_S = 600


class LiveMetrics:
    """The figures of a telemetry folder; its days are up to ten minutes old. See `MetricSource`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(
        self, now: dt.datetime, windows_s: Sequence[int], within_ms: Sequence[int] = (), days: int = 0
    ) -> MetricsReport:
        """Return what happened in windows that end now; see `MetricSource`."""
        found = TelemetryMetrics([self._folder]).read(now, windows_s, within_ms)
        return found.model_copy(update={"days": _days(self._folder, days)})


@st.cache_data(ttl=_DAYS_S, show_spinner=False)
def _days(folder: Path, days: int) -> tuple[DayCounts, ...]:
    return TelemetryMetrics([folder]).read(dt.datetime.now(dt.UTC), (1,), days=days).days
