"""The guard: lets exactly one read-only SELECT over known tables through, and says why not otherwise.

Lives here: what a statement may consist of, which functions it may call, which names it may read, how big
it may be. Doesn't live here: running it; the warehouse's own locks hold without the guard, and the guard
without them.

How it holds: everything is an allow-list. The text is parsed, every part of the tree is checked, and what
runs is written anew from the checked tree, so that the guard and the warehouse can't read one text in two
ways. The new text's calls are compared with the list of allowed functions once more.
"""

from __future__ import annotations

from datacraft.sql.guard.guard import Guard, GuardedQuery, guard
from datacraft.sql.guard.limits import GuardLimits

__all__ = ["Guard", "GuardLimits", "GuardedQuery", "guard"]
