"""Telemetry: one JSON line per question and per thumb, appended so that a crash loses at most the last ones."""

from __future__ import annotations

from datacraft.serving.telemetry.policy import TelemetryPolicy
from datacraft.serving.telemetry.reader import RecordTail, read_records
from datacraft.serving.telemetry.writer import TelemetryWriter

__all__ = ["RecordTail", "TelemetryPolicy", "TelemetryWriter", "read_records"]
