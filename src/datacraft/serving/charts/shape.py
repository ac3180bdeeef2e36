"""`Shape`: what there is to draw in a result: its groups, its measures, and the order the plan gave it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from datacraft.contracts.answer import Cell, ResultColumn
from datacraft.contracts.plan import Aggregate, DatePart, QueryPlan
from datacraft.serving.english import listed
from datacraft.serving.formats import format_cell
from datacraft.serving.outputs import OutputFacts, main_measure, sorts_by
from datacraft.sql.render.walk import holds

Row = Sequence[Cell]

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NAME_PARTS = 3
_NAMED_PARTS = {DatePart.MONTH: _MONTHS, DatePart.WEEKDAY: _WEEKDAYS}


@dataclass(frozen=True, slots=True)
class Shape:
    """A result to draw.

    Attributes:
        plan: that gave it.
        facts: of each column.
        rows: of the result.
        truncated: the row limit cut the result.
        groups: places of the columns that are grouped by or that tell rows apart.
        measures: places of the columns of numbers.
        named_by: where one group alone tells all rows apart: the groups whose values make its name.
    """

    plan: QueryPlan
    facts: Sequence[OutputFacts]
    rows: Sequence[Row]
    truncated: bool
    groups: tuple[int, ...]
    measures: tuple[int, ...]
    named_by: tuple[int, ...] = ()

    @classmethod
    def of(
        cls,
        plan: QueryPlan,
        facts: Sequence[OutputFacts],
        columns: Sequence[ResultColumn],
        rows: Sequence[Row],
        *,
        truncated: bool,
    ) -> Shape:
        """Read the shape of a result; a measure without a single number is none."""
        places = range(min(len(facts), len(columns)))
        measures = tuple(
            i for i in places if columns[i].role == "measure" and any(is_number(row[i]) for row in rows)
        )
        groups = tuple(i for i in places if columns[i].role == "dimension" and not facts[i].position)
        single = _telling_apart(facts, rows, groups)
        if single is None:
            return cls(plan, facts, rows, truncated, groups, measures)
        named_by = tuple(i for i in groups if not facts[i].identifier)[:_NAME_PARTS] or (single,)
        return cls(plan, facts, rows, truncated, (single,), measures, named_by)

    @property
    def main(self) -> int:
        """The place of the measure that the result is about; there must be one."""
        return main_measure(self.plan, self.measures)

    @property
    def alike(self) -> tuple[int, ...]:
        """The measures in the main one's unit, which one axis can carry; the main one is among them."""
        main = self.facts[self.main]
        return tuple(
            i for i in self.measures if self.facts[i].unit == main.unit and self.facts[i].share == main.share
        )

    @property
    def ascending(self) -> bool | None:
        """Whether the rows are sorted by the main measure, lowest first; None where not sorted by it."""
        if not self.plan.order or self.main >= len(self.plan.outputs):
            return None
        key = self.plan.order[0]
        return not key.descending if sorts_by(key, self.plan.outputs[self.main]) else None

    @property
    def ranked(self) -> bool:
        """Whether the rows are a ranking or a choice of groups, whose order is the message."""
        return self.plan.limit is not None or self.ascending is not None

    @property
    def is_list(self) -> bool:
        """Whether the rows are things listed one by one, not groups."""
        if self.plan.source is not None:
            return False
        return not any(holds(output.expression, Aggregate) for output in self.plan.outputs)

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

    def names(self) -> list[str]:
        """Return what each row is called where there is one group; no two rows are called the same."""
        seen: Counter[str] = Counter()
        names: list[str] = []
        for row in self.rows:
            name = ", ".join(self.name(row, place) for place in self.named_by or self.groups)
            seen[name] += 1
            names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
        return names

    def name(self, row: Row, place: int) -> str:
        """Return a group's value as it is written on an axis."""
        fact, value = self.facts[place], row[place]
        if isinstance(value, int) and not isinstance(value, bool):
            names = _NAMED_PARTS.get(fact.part) if fact.part else None
            return names[value - 1] if names and 1 <= value <= len(names) else str(value)
        return format_cell(value, unit=fact.unit, grain=fact.grain)

    def title(self, measures: Sequence[int]) -> str:
        """Return "total sales by region" with a capital."""
        said = listed([self.facts[i].label for i in measures])
        if self.groups and len(self.rows) > 1:
            said += f" by {listed([self.facts[i].label for i in self.named_by or self.groups])}"
        return said[:1].upper() + said[1:]


def _telling_apart(facts: Sequence[OutputFacts], rows: Sequence[Row], groups: tuple[int, ...]) -> int | None:
    """Return the place of a group that alone tells all rows apart, where there are others beside it."""
    if len(groups) < 2 or len(rows) < 2:
        return None
    unique = [i for i in groups if len({row[i] for row in rows}) == len(rows)]
    return min(unique, key=lambda i: facts[i].identifier, default=None)


def is_number(value: Cell) -> bool:
    """Whether a cell can be drawn: a finite number, and no boolean."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def number(value: Cell) -> float | None:
    """Return a cell as a number; None where it is none."""
    return value if isinstance(value, int | float) and is_number(value) else None
