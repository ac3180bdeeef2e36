"""API keys: `secret` makes and reads them, `store` keeps what is needed to know one again."""

from __future__ import annotations

from datacraft.access.keys.store import ApiKeys

__all__ = ["ApiKeys"]
