"""Text as every database takes it."""

from __future__ import annotations


def storable(text: str) -> str:
    """Return text without what PostgreSQL does not store (NUL) and UTF-8 does not write (half a surrogate pair)."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return whole.replace("\x00", "\ufffd")
