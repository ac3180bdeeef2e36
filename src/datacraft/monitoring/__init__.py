"""Production is watched: what it measures, whether it is healthy, what drifted, and what is done about it."""

from __future__ import annotations

from datacraft.monitoring.production import EXIT_CODES, monitor_production

__all__ = ["EXIT_CODES", "monitor_production"]
