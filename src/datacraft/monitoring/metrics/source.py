"""`MetricSource`: where figures come from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from datacraft.contracts.metrics import MetricsReport

REPORT_WINDOWS_S = (3_600, 21_600, 86_400, 604_800)
"""1 h, 6 h, 24 h and 7 d: what reports show."""


class MetricSource(Protocol):
    """Tells what production did."""

    def read(
        self, now: dt.datetime, windows_s: Sequence[int], within_ms: Sequence[int] = (), days: int = 0
    ) -> MetricsReport:
        """Return what happened in windows that end now.

        Args:
            now: UTC.
            windows_s: their lengths in seconds.
            within_ms: latencies, of which is to be counted how many answers were within them.
            days: so many stretches of 24 hours, the last of which ends now, are to be counted one by one.

        Raises:
            DataCraftError: the source can't be reached. What is only damaged is a finding.
        """


def window_name(seconds: int) -> str:
    """Return a window's length for a person, such as `6 h`."""
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds % length == 0 and (unit != "d" or seconds > 86_400):
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
