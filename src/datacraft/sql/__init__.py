"""SQL: what may run (`guard`), whether two results are the same (`compare`), plans as SQL (`render`).

Nothing here runs SQL; that is `datacraft.warehouse`. Names are loaded when they are first used, so that
importing this package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datacraft.sql.compare import Difference, compare_results, same_result
    from datacraft.sql.guard import Guard, GuardedQuery, GuardLimits, guard
    from datacraft.sql.render import render

_HOMES = {
    "Difference": "compare",
    "Guard": "guard",
    "GuardLimits": "guard",
    "GuardedQuery": "guard",
    "compare_results": "compare",
    "guard": "guard",
    "render": "render",
    "same_result": "compare",
}

__all__ = [
    "Difference",
    "Guard",
    "GuardLimits",
    "GuardedQuery",
    "compare_results",
    "guard",
    "render",
    "same_result",
]


def __getattr__(name: str) -> object:
    """Load a public name from its module when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
