"""Tables whose columns are parted by lines: frames of crossing rules, with columns and bands between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datacraft.warehouse.documents.model import Box, Rule

_NEAR = 3.0
_LONG = 0.4


@dataclass(frozen=True)
class Frame:
    """A frame of lines around a table.

    Attributes:
        xs: where columns begin and end, from left to right.
        ys: where bands begin and end, from top to bottom: lines that go across most of the frame.
        uprights: the vertical lines, merged.
        levels: the horizontal lines, merged.
    """

    box: Box
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    uprights: tuple[Rule, ...]
    levels: tuple[Rule, ...]

    def is_parted(self, x: float, y: float) -> bool:
        """Whether a vertical line stands at x beside y."""
        return any(abs(r.at - x) <= _NEAR and r.start - _NEAR <= y <= r.end + _NEAR for r in self.uprights)

    def is_closed(self, y: float, left: float, right: float) -> bool:
        """Whether a horizontal line stands at y over most of what lies between left and right."""
        wide = max(right - left, 1.0)
        covered = sum(
            max(0.0, min(r.end, right) - max(r.start, left)) for r in self.levels if abs(r.at - y) <= _NEAR
        )
        return covered >= 0.6 * wide


def merged_rules(rules: Sequence[Rule]) -> list[Rule]:
    """Return rules with those that lie on each other or go on where another ends made one."""
    found: list[Rule] = []
    for rule in sorted(rules, key=lambda r: (r.horizontal, r.at, r.start)):
        place = _continued(found, rule)
        if place is None:
            found.append(rule)
            continue
        other = found[place]
        found[place] = Rule(rule.horizontal, other.at, min(other.start, rule.start), max(other.end, rule.end))
    return found


def _continued(found: Sequence[Rule], rule: Rule) -> int | None:
    """Return the place of the rule that this one lies on or goes on from."""
    for place in range(len(found) - 1, -1, -1):
        other = found[place]
        if other.horizontal is not rule.horizontal or other.at < rule.at - 2 * _NEAR:
            return None
        if (
            abs(other.at - rule.at) <= _NEAR / 2
            and rule.start <= other.end + _NEAR
            and other.start <= rule.end + _NEAR
        ):
            return place
    return None


def frames_of(rules: Sequence[Rule]) -> list[Frame]:
    """Return the frames that have at least two columns."""
    merged = merged_rules(rules)
    frames = [_frame(group) for group in _connected(merged)]
    return sorted((f for f in frames if f is not None), key=lambda f: (f.box.top, f.box.left))


def _connected(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Return groups of rules that touch or cross each other."""
    parent = list(range(len(rules)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    levels = [i for i, rule in enumerate(rules) if rule.horizontal]
    uprights = [i for i, rule in enumerate(rules) if not rule.horizontal]
    for i in levels:
        for j in uprights:
            level, upright = rules[i], rules[j]
            if (
                level.start - _NEAR <= upright.at <= level.end + _NEAR
                and upright.start - _NEAR <= level.at <= upright.end + _NEAR
            ):
                parent[root(i)] = root(j)
    groups: dict[int, list[Rule]] = {}
    for i, rule in enumerate(rules):
        groups.setdefault(root(i), []).append(rule)
    return list(groups.values())


def _frame(group: Sequence[Rule]) -> Frame | None:
    uprights = [rule for rule in group if not rule.horizontal]
    levels = [rule for rule in group if rule.horizontal]
    if not uprights or not levels:
        return None
    box = Box(
        min([r.start for r in levels] + [r.at for r in uprights]),
        min([r.start for r in uprights] + [r.at for r in levels]),
        max([r.end for r in levels] + [r.at for r in uprights]),
        max([r.end for r in uprights] + [r.at for r in levels]),
    )
    xs = _places(uprights, box.left, box.right, _LONG * box.height)
    ys = _places(levels, box.top, box.bottom, 0.6 * (box.right - box.left))
    if len(xs) < 3 or len(ys) < 2:
        return None
    return Frame(box, tuple(xs), tuple(ys), tuple(uprights), tuple(levels))


def _places(rules: Sequence[Rule], first: float, last: float, length: float) -> list[float]:
    """Return where rules are that together are at least this long, with both ends of the frame."""
    lengths: dict[float, float] = {}
    for rule in sorted(rules, key=lambda r: r.at):
        near = next((at for at in lengths if abs(at - rule.at) <= _NEAR), None)
        key = rule.at if near is None else near
        lengths[key] = lengths.get(key, 0.0) + rule.end - rule.start
    places = [first, *(at for at, long in lengths.items() if long >= length), last]
    found: list[float] = []
    for at in sorted(places):
        if not found or at - found[-1] > _NEAR:
            found.append(at)
    return found
