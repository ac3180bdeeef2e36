"""What had the traffic before: which revision a rollback leads to."""

from __future__ import annotations

from collections.abc import Mapping


def main_of(shares: Mapping[str, int]) -> str | None:
    """Return the revision with the largest share; of equals, the older one."""
    return max(sorted(shares), key=lambda name: shares[name], default=None)


def former_after(
    former: tuple[str, ...], before: Mapping[str, int], after: Mapping[str, int]
) -> tuple[str, ...]:
    """Return the former main revisions, the latest last, once traffic is split anew.

    What is gone back from is no place to go back to: a second rollback leads further back, not forth again.
    """
    was, is_now = main_of(before), main_of(after)
    if was is None or was == is_now or is_now is None:
        return former
    if is_now in former:
        return former[: former.index(is_now)]
    return (*former, was)
