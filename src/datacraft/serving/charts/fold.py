"""Many groups made few: the twelve that matter, and the rest as "Other" only where a sum means something."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from datacraft.serving.charts.shape import Shape

MAX_CATEGORIES = 12
OTHER = "Other"


KeyT = TypeVar("KeyT", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Folded(Generic[KeyT]):
    """Which groups are drawn.

    Attributes:
        kept: groups in the order to draw, without "Other".
        rest: groups that are not drawn by themselves.
        summed: whether the rest is drawn as "Other"; otherwise it is left out, and `note` says so.
    """

    kept: list[KeyT]
    rest: frozenset[KeyT]
    summed: bool

    @property
    def note(self) -> str:
        """What a person must know: "12 of 40", or nothing."""
        if not self.rest or self.summed:
            return ""
        return f"{len(self.kept)} of {len(self.kept) + len(self.rest)}"

    @property
    def has_other(self) -> bool:
        """Whether "Other" is drawn at the end."""
        return self.summed and bool(self.rest)


def fold(
    shape: Shape,
    groups: Sequence[KeyT],
    size: Callable[[KeyT], float],
    *,
    keep: int = MAX_CATEGORIES,
    natural: bool = False,
) -> Folded[KeyT]:
    """Choose the groups to draw.

    Args:
        shape: of the result; says what is additive, sorted or cut.
        groups: distinct, in the order of the rows.
        size: of each group: the main measure, summed where there are several rows.
        keep: groups that are drawn at most, "Other" not counted.
        natural: the groups have an order of their own (months), in which all of them are drawn.
    """
    if natural:
        return Folded(list(groups), frozenset(), summed=False)
    in_order = list(groups) if shape.outline.order else sorted(groups, key=lambda group: -size(group))
    complete = shape.outline.limit is None and not shape.truncated and not shape.ascending
    summed = complete and shape.facts[shape.main].additive
    if len(groups) <= keep + summed:  # an "Other" that stands for one group would hide its name for nothing
        return Folded(in_order, frozenset(), summed=False)
    if shape.ranked:
        kept = set(in_order[:keep])
    else:
        kept = set(sorted(groups, key=lambda group: -abs(size(group)))[:keep])
    return Folded([group for group in in_order if group in kept], frozenset(groups) - kept, summed=summed)
