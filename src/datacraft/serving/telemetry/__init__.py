"""Telemetry: one record per question and per thumb, appended as JSON lines so that a crash loses the last second at most.

`writer` appends, `policy` decides what may be kept, `tally` counts what was lost; `reader` reads back. Of days that
are over `archive` makes Parquet; `retention` and `forgetting` remove: by age, and what is of one person. What the
figures mean is said in the monitoring layer.
"""

from __future__ import annotations

from datacraft.serving.telemetry.policy import TelemetryPolicy
from datacraft.serving.telemetry.reader import RecordTail, read_records, read_writers
from datacraft.serving.telemetry.writer import TelemetryWriter, WriterFigures

__all__ = [
    "RecordTail",
    "TelemetryPolicy",
    "TelemetryWriter",
    "WriterFigures",
    "read_records",
    "read_writers",
]
