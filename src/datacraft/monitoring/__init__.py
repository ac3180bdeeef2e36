"""Production is watched: what it measures, whether it is healthy, what drifted, and what is done about it."""

from __future__ import annotations

from datacraft.monitoring.production import exit_code, monitor_production

__all__ = ["exit_code", "monitor_production"]
