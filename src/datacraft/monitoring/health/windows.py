"""`Windows`: the figures of one channel, window by window."""

from __future__ import annotations

from dataclasses import dataclass

from datacraft.contracts.metrics import MetricsReport, WindowMetrics
from datacraft.contracts.monitoring import MonitoringPolicy

REPORT_H = (1.0, 6.0, 24.0, 168.0)
"""What reports show."""


@dataclass(frozen=True, slots=True)
class Windows:
    """What a source measured of a channel; of a source that knows no channels, of all."""

    metrics: MetricsReport
    channel: str

    def of(self, hours: float) -> WindowMetrics:
        """Return one window; where nothing was measured, one of nothing."""
        knows_channels = any(one.scope == "channel" for one in self.metrics.windows)
        length = seconds(hours)
        found = self.metrics.of(length, self.channel if knows_channels else None)
        if found is not None:
            return found
        return WindowMetrics(
            scope="channel", channel=self.channel, window_s=length, requests=0, answered=0, failed=0
        )

    def by_release(self, hours: float) -> tuple[WindowMetrics, ...]:
        """Return a window of each release of the channel, that with most requests first."""
        found = [
            one
            for one in self.metrics.windows
            if one.scope == "release"
            and one.window_s == seconds(hours)
            and one.channel in (None, self.channel)
        ]
        return tuple(sorted(found, key=lambda one: (-one.requests, one.release_id or "")))


def needed_s(policy: MonitoringPolicy) -> tuple[int, ...]:
    """Return the lengths, in seconds, of all windows that a verdict looks at."""
    tiers = policy.service_level.tiers
    hours = {*REPORT_H, policy.window_h, *(one.long_h for one in tiers), *(one.short_h for one in tiers)}
    return tuple(sorted(seconds(one) for one in hours))


def seconds(hours: float) -> int:
    """Return a length in whole seconds, as sources measure it."""
    return max(1, round(hours * 3_600))
