"""Drift: what is different between two profiles, and whether it could be chance.

`compare_profiles` is the way in. The method, with its sources, is docs/explanation/drift.md. Profiles are made in
`measuring`; when a difference is worth an alarm or a new evaluation is decided in the monitoring layer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datacraft.profiles.drift.compare import compare_profiles

__all__ = ["compare_profiles"]


def __getattr__(name: str) -> object:
    if name == "compare_profiles":
        from datacraft.profiles.drift.compare import compare_profiles

        return compare_profiles
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
