"""What is wanted, changed: pure functions from one wish to the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from datacraft.delivery.targets.errors import NoSuchRevision
from datacraft.delivery.targets.former import former_after
from datacraft.delivery.targets.local.state import Desired, Observed, Wanted

_KEPT = 10
"""So many revisions that have ended stay to be gone back to."""


def with_goal(desired: Desired, name: str, goal: Literal["run", "drain", "stop"]) -> Desired:
    """Return the wish with another goal for one revision."""
    return _replaced(desired, {name: {"goal": goal}})


def split_as(desired: Desired, shares: Mapping[str, int]) -> Desired:
    """Return the wish with traffic split so: who gets some runs, who gets none any more is drained."""
    updates: dict[str, dict[str, object]] = {name: {"goal": "run", "served": True} for name in shares}
    updates |= {name: {"goal": "drain"} for name in desired.traffic if name not in shares}
    changed = _replaced(desired, updates)
    former = former_after(desired.former, desired.traffic, shares)
    return changed.model_copy(update={"traffic": dict(shares), "former": former})


def going_back_to(desired: Desired, named: str | None) -> Wanted:
    """Return the revision that a rollback leads to.

    Raises:
        NoSuchRevision: there is none, it never served, or it serves.
    """
    hint = "`datacraft deploy status` lists the revisions that there are."
    if named is None:
        found = next((one for name in reversed(desired.former) if (one := desired.find(name))), None)
        if found is None:
            raise NoSuchRevision("There is no former revision to go back to.", hint=hint)
        return found
    found = desired.find(named)
    if found is None:
        raise NoSuchRevision(f"There is no revision {named!r}.", hint=hint)
    if not found.served:
        raise NoSuchRevision(
            f"Revision {found.name} never had traffic: that would be no rollback.", hint=hint
        )
    return found


def forget_oldest(desired: Desired, observed: Observed) -> tuple[Wanted, ...]:
    """Return the revisions without the oldest of those that have ended."""
    running = {name for name, record in observed.revisions.items() if record.process is not None}
    ended = [one.name for one in desired.revisions if one.goal != "run" and one.name not in running]
    gone = set(ended[:-_KEPT])
    return tuple(one for one in desired.revisions if one.name not in gone)


def _replaced(desired: Desired, updates: Mapping[str, Mapping[str, object]]) -> Desired:
    revisions = tuple(
        one.model_copy(update=updates[one.name]) if one.name in updates else one for one in desired.revisions
    )
    return desired.model_copy(update={"revisions": revisions})
