"""How production is doing, from what it wrote about each question.

Lives here: reading a span of telemetry once (`traffic`), the figures of a window (`figures`), how fast the error
budget is burnt (`burning`), and what all of that comes to (`verdict`).
Doesn't live here: whether the data are what they were (`profiles.drift`), and what follows from a verdict.
"""

from __future__ import annotations

from datacraft.monitoring.health.traffic import Traffic, read_traffic
from datacraft.monitoring.health.verdict import health_of

__all__ = ["Traffic", "health_of", "read_traffic"]
