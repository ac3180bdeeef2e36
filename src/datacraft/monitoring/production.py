"""`monitor_production`: one look at production, from its telemetry."""

from __future__ import annotations

import datetime as dt

from datacraft.config import Settings
from datacraft.contracts.monitoring import HealthReport, MonitoringPolicy
from datacraft.monitoring.health import health_of, read_traffic
from datacraft.monitoring.health.verdict import span_of

EXIT_CODES = {"healthy": 0, "unknown": 3, "degraded": 10, "down": 12}
"""What a command ends with, by the status; docs/exit-codes.md."""


def monitor_production(
    settings: Settings, policy: MonitoringPolicy | None = None, now: dt.datetime | None = None
) -> HealthReport:
    """Say how the channel of the settings is doing.

    Args:
        settings: `state_dir` holds the telemetry of all processes, `channel` says whose questions are meant.
        policy: thresholds and service level; by default their defaults.
        now: UTC; by default the present.

    Raises:
        TelemetryUnreadable: the telemetry can't be read, so that nothing is known.
    """
    policy, now = policy or MonitoringPolicy(), now or dt.datetime.now(dt.UTC)
    traffic = read_traffic(settings.state_dir / "telemetry", settings.channel, now - span_of(policy), now)
    return health_of(traffic, settings.channel, policy, now)
