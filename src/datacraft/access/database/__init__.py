"""The state database: `tables` is its schema, `engine` opens it."""

from __future__ import annotations

from datacraft.access.database.engine import open_engine
from datacraft.access.database.failures import StateUnavailable, told_failures

__all__ = ["StateUnavailable", "open_engine", "told_failures"]
