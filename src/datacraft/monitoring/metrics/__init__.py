"""Figures of production by window of time: requests, failures, latency, doubt, cost.

Two sources have one face, `MetricSource`: the telemetry files (`telemetry`), and Cloud Monitoring (`cloud`), which
knows requests and latencies alone. What is wrong with measurements is a finding, never a crash. What figures mean
for production is decided in `health`.
"""

from __future__ import annotations

from datacraft.monitoring.metrics.source import REPORT_WINDOWS_S, MetricSource, window_name
from datacraft.monitoring.metrics.telemetry import TelemetryMetrics

__all__ = ["REPORT_WINDOWS_S", "MetricSource", "TelemetryMetrics", "window_name"]
