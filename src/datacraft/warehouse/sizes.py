"""Sizes for people."""

from __future__ import annotations

_UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB")


def in_bytes(number: int) -> str:
    """Return a number of bytes for a person, in units of 1,000: 1,500,000 is "1.5 MB"."""
    value, rank = float(number), 0
    while value >= 1000 and rank < len(_UNITS) - 1:
        value, rank = value / 1000, rank + 1
    return f"{value:,.0f} {_UNITS[rank]}" if rank == 0 or value >= 100 else f"{value:,.1f} {_UNITS[rank]}"
