"""Many groups made few: the twelve that matter, and the rest as "Other" only where a sum means something."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from datacraft.serving.charts.shape import Shape

MAX_CATEGORIES = 12
OTHER = "Other"


@dataclass(frozen=True, slots=True)
class Folded:
    """Which names are drawn.

    Attributes:
        names: in the order to draw, without "Other".
        rest: names that are not drawn by themselves.
        summed: whether the rest is drawn as "Other"; otherwise it is left out, and `note` says so.
    """

    names: list[str]
    rest: frozenset[str]
    summed: bool

    @property
    def note(self) -> str:
        """What a person must know: "12 of 40", or nothing."""
        if not self.rest or self.summed:
            return ""
        return f"{len(self.names)} of {len(self.names) + len(self.rest)}"

    @property
    def shown(self) -> list[str]:
        """The names to draw, "Other" at the end where there is one."""
        return [*self.names, OTHER] if self.summed and self.rest else self.names


def fold(
    shape: Shape,
    names: Sequence[str],
    size: Callable[[str], float],
    *,
    keep: int = MAX_CATEGORIES,
    natural: bool = False,
) -> Folded:
    """Choose the names to draw.

    Args:
        shape: of the result; says what is additive, sorted or cut.
        names: distinct, in the order of the rows.
        size: of each name: the main measure, summed where there are several rows.
        keep: names that are drawn at most, "Other" not counted.
        natural: the names have an order of their own (months), in which all of them are drawn.
    """
    if natural:
        return Folded(list(names), frozenset(), summed=False)
    in_order = list(names) if shape.plan.order else sorted(names, key=lambda name: -size(name))
    if len(names) <= keep:
        return Folded(in_order, frozenset(), summed=False)
    if shape.ranked:
        kept = set(in_order[:keep])
    else:
        kept = set(sorted(names, key=lambda name: -abs(size(name)))[:keep])
    complete = shape.plan.limit is None and not shape.truncated and not shape.ascending
    return Folded(
        [name for name in in_order if name in kept],
        frozenset(names) - kept,
        summed=complete and shape.facts[shape.main].additive,
    )
