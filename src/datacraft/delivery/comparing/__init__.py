"""Comparison of a release with what serves, on the same cases and data, case by case.

Lives here: what the model of each did, and on what (`sides`), asking anew where that is not known (`asking`), in what
the two are compared (`checks`, `slices`), and the verdict (`compare`).
Doesn't live here: the statistics (`evaluation`), gates, and who may promote.
"""

from __future__ import annotations

from datacraft.delivery.comparing.compare import compare_releases, override_comparison
from datacraft.delivery.comparing.sides import AskAgain, NotComparable, Side

__all__ = ["AskAgain", "NotComparable", "Side", "compare_releases", "override_comparison"]
