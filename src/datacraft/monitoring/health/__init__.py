"""How production is doing, from its figures.

Lives here: the figures of one channel (`windows`), thresholds on them (`thresholds`), how fast the error budget is
burnt (`burning`), the last day against those before it (`usual`), and what all of that comes to (`verdict`).
Doesn't live here: where figures come from (`monitoring.metrics`), whether the data are what they were
(`profiles.drift`), and what follows from a verdict (`monitoring.alarms`).
"""

from __future__ import annotations

from datacraft.monitoring.health.verdict import health_of
from datacraft.monitoring.health.windows import needed_s

__all__ = ["health_of", "needed_s"]
