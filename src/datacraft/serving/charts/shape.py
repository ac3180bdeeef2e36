"""`Shape`: what there is to draw in a result: its groups, its measures, and the order the plan gave it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from datacraft.contracts.answer import Cell, ResultColumn
from datacraft.serving.english import listed
from datacraft.serving.outline import Outline
from datacraft.serving.outputs import OutputFacts, group_name

Row = Sequence[Cell]

_NAME_PARTS = 3
_MOST_TIMES = 25  # bars of a measure that is so many times smaller than another can't be seen


@dataclass(frozen=True)
class Shape:
    """A result to draw.

    Attributes:
        outline: of the query that gave it.
        facts: of each column.
        rows: of the result.
        truncated: the row limit cut the result.
        groups: places of the columns that are grouped by or that tell rows apart.
        measures: places of the columns of numbers.
        named_by: where one group alone tells all rows apart: the groups whose values make its name.
    """

    outline: Outline
    facts: Sequence[OutputFacts]
    rows: Sequence[Row]
    truncated: bool
    groups: tuple[int, ...]
    measures: tuple[int, ...]
    named_by: tuple[int, ...] = ()
    _columns: dict[int, list[float | None]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(
        cls,
        outline: Outline,
        facts: Sequence[OutputFacts],
        columns: Sequence[ResultColumn],
        rows: Sequence[Row],
        *,
        truncated: bool,
    ) -> Shape:
        """Read the shape of a result; a measure without a single number is none."""
        places = range(min(len(facts), len(columns)))
        measures = tuple(
            i
            for i in places
            if columns[i].role == "measure" and any(number(row[i]) is not None for row in rows)
        )
        groups = tuple(i for i in places if columns[i].role == "dimension" and not facts[i].position)
        single = _telling_apart(facts, rows, groups)
        if single is None:
            return cls(outline, facts, rows, truncated, groups, measures)
        named_by = tuple(i for i in groups if not facts[i].identifier)[:_NAME_PARTS] or (single,)
        return cls(outline, facts, rows, truncated, (single,), measures, named_by)

    @cached_property
    def main(self) -> int:
        """The place of the measure that the result is about; there must be one."""
        return self.outline.main_measure(self.measures)

    @cached_property
    def alike(self) -> tuple[int, ...]:
        """The measures that one axis can carry: in the main one's unit and of its size; it is among them."""
        if len(self.measures) == 1:
            return self.measures
        main, size = self.facts[self.main], self._size(self.main)
        return tuple(
            i
            for i in self.measures
            if self.facts[i].unit == main.unit
            and self.facts[i].share == main.share
            and size / _MOST_TIMES <= self._size(i) <= size * _MOST_TIMES
        )

    def _size(self, place: int) -> float:
        return max((abs(value) for value in self.numbers(place) if value is not None), default=0.0)

    def numbers(self, place: int) -> list[float | None]:
        """Return a column's cells as numbers; None where there is none that can be drawn."""
        if place not in self._columns:
            self._columns[place] = [number(row[place]) for row in self.rows]
        return self._columns[place]

    @cached_property
    def ascending(self) -> bool | None:
        """Whether the rows are sorted by the main measure, lowest first; None where not sorted by it."""
        descending = self.outline.descending(self.main)
        return None if descending is None else not descending

    @cached_property
    def ranked(self) -> bool:
        """Whether the rows are a ranking or a choice of groups, whose order is the message."""
        return self.outline.limit is not None or self.ascending is not None

    @cached_property
    def is_list(self) -> bool:
        """Whether the rows are things listed one by one, not groups."""
        return not self.outline.nested and not self.outline.grouped

    def axes(self) -> tuple[int, int | None]:
        """Return which group lies along the axis, and which one makes the colours where there are two.

        Time lies along the axis; of two times the finer one; otherwise the group with more values.
        """
        if len(self.groups) == 1:
            return self.groups[0], None

        def rank(place: int) -> tuple[bool, bool, int]:
            fact = self.facts[place]
            return fact.moment, fact.ordered, len({row[place] for row in self.rows})

        split, axis = sorted(self.groups[:2], key=rank)
        return axis, split

    def names(self, places: Sequence[int] | None = None) -> list[str]:
        """Return what rows are called where there is one group; no two of them are called the same.

        Args:
            places: of the rows; by default all of them.
        """
        rows = self.rows if places is None else [self.rows[place] for place in places]
        seen: Counter[str] = Counter()
        names: list[str] = []
        for row in rows:
            name = ", ".join(self.name(row, place) for place in self.named_by or self.groups)
            seen[name] += 1
            names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
        return names

    def name(self, row: Row, place: int) -> str:
        """Return a group's value as it is written on an axis."""
        return group_name(row[place], self.facts[place])

    def title(self, measures: Sequence[int]) -> str:
        """Return "total sales by region" with a capital."""
        groups = listed([self.facts[i].label for i in self.named_by or self.groups])
        said = listed([self.facts[i].label for i in measures])
        if not said:
            said = groups
        elif groups and len(self.rows) > 1:
            said += f" by {groups}"
        return said[:1].upper() + said[1:]


def _telling_apart(facts: Sequence[OutputFacts], rows: Sequence[Row], groups: tuple[int, ...]) -> int | None:
    """Return the place of a group that alone tells all rows apart, where there are others beside it."""
    if len(groups) < 2 or len(rows) < 2:
        return None
    unique = [i for i in groups if len({row[i] for row in rows}) == len(rows)]
    return min(unique, key=lambda i: facts[i].identifier, default=None)


def number(value: Cell) -> float | None:
    """Return a cell as a number that can be drawn; None for booleans, infinities and whatever is none."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None
