"""SQL: what may run (`guard`), whether two results are the same (`compare`), plans as SQL (`render`).

Nothing here runs SQL; that is `datacraft.warehouse`. Names are loaded when they are first used, so that
importing this package costs nothing. The functions `guard` and `render` are taken from their own packages
(`from datacraft.sql.guard import guard`), whose names they share.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datacraft.sql.compare import ComparisonRules, Difference, Table, difference, same_result
    from datacraft.sql.guard import Guard, GuardedQuery, GuardLimits

__all__ = [
    "ComparisonRules",
    "Difference",
    "Guard",
    "GuardLimits",
    "GuardedQuery",
    "Table",
    "difference",
    "same_result",
]


def __getattr__(name: str) -> object:
    """Load a public name from its module when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "guard" if name.startswith("Guard") else "compare"
    return getattr(import_module(f"{__name__}.{home}"), name)
