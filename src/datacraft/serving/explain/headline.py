"""The headline of a result: its one number, its highest and lowest group, or the way from first to last.

Every number that is stated is a value of the rows, rounded only for reading; the one thing computed here is
by how much a series changed from its first to its last value.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from datacraft.contracts.answer import Cell
from datacraft.contracts.plan import QueryPlan, TimeUnit
from datacraft.serving.english import counted, listed
from datacraft.serving.formats import format_cell, format_number
from datacraft.serving.outputs import OutputFacts, main_measure, sorts_by

Rows = Sequence[Sequence[Cell]]
_SPANS = frozenset({TimeUnit.WEEK, TimeUnit.MONTH, TimeUnit.QUARTER, TimeUnit.YEAR})
_NAMED_VALUES = 5  # a list that is no longer than this is told in full


@dataclass(frozen=True, slots=True)
class _Result:
    """Rows with the facts of their columns, and which of them the headline is about."""

    plan: QueryPlan
    facts: Sequence[OutputFacts]
    rows: Rows
    truncated: bool

    def places(self, *, measure: bool) -> list[int]:
        return [i for i, fact in enumerate(self.facts) if fact.measure == measure and not fact.position]

    def cell(self, row: Sequence[Cell], place: int) -> str:
        fact = self.facts[place]
        value = row[place]
        if fact.part is not None and isinstance(value, int):
            return str(value)  # a year has no thousands separator
        return format_cell(value, unit=fact.unit, grain=fact.grain)

    def moment(self, row: Sequence[Cell], place: int) -> str:
        link = "in" if self.facts[place].grain in _SPANS else "on"
        return f"{link} {self.cell(row, place)}"


def headline(plan: QueryPlan, facts: Sequence[OutputFacts], rows: Rows, *, truncated: bool) -> str:
    """Return what stands out, in lower case and without a full stop; rows must not be empty.

    Args:
        plan: that was run.
        facts: of the columns of `rows`.
        rows: of the result.
        truncated: the row limit cut the result.
    """
    result = _Result(plan, facts, rows, truncated)
    measures = [i for i in result.places(measure=True) if any(_is_number(row[i]) for row in rows)]
    groups = result.places(measure=False)
    if len(rows) == 1:
        return _one_row(result, measures, groups)
    if not measures or not groups:
        return _list(result)
    measure = main_measure(plan, measures)
    if len(groups) == 1 and facts[groups[0]].moment and not truncated and plan.limit is None:
        return _series(result, groups[0], measure)
    return _ranking(result, groups, measure)


def _one_row(result: _Result, measures: list[int], groups: list[int]) -> str:
    row = result.rows[0]
    if len(result.facts) == 1:
        return result.cell(row, 0)
    values = [f"{result.facts[i].label} {result.cell(row, i)}" for i in measures]
    names = [result.cell(row, i) for i in groups]
    if not names:
        return listed(values) if values else "no value"
    return f"{', '.join(names)} with {listed(values)}" if values else ", ".join(names)


def _list(result: _Result) -> str:
    if len(result.facts) == 1 and len(result.rows) <= _NAMED_VALUES:
        return listed([result.cell(row, 0) for row in result.rows])
    if result.truncated:
        return f"more than {len(result.rows):,} rows, of which the first {len(result.rows):,} are shown"
    return counted(len(result.rows), "row")


def _series(result: _Result, moment: int, measure: int) -> str:
    rows = sorted((row for row in result.rows if row[moment] is not None), key=lambda row: str(row[moment]))
    known = [row for row in rows if _is_number(row[measure])]
    if len(known) < 2:
        return _ranking(result, [moment], measure)
    first, last = known[0], known[-1]
    grain = result.facts[moment].grain
    said = counted(len(rows), grain.value if grain else "row")
    said += f"; from {result.cell(first, measure)} {result.moment(first, moment)}"
    said += f" to {result.cell(last, measure)} {result.moment(last, moment)}"
    said += _change(_number(first[measure]), _number(last[measure]))
    top = max(known, key=lambda row: _number(row[measure]))
    return said + f"; the highest is {result.cell(top, measure)} {result.moment(top, moment)}"


def _change(first: float, last: float) -> str:
    if first <= 0 or last < 0:  # growth from nothing or from a loss has no percentage
        return ""
    change = last / first - 1
    if abs(change) < 0.0005:
        return " (no change)"
    return f" ({'up' if change > 0 else 'down'} {format_number(abs(change), '%')})"


def _ranking(result: _Result, groups: list[int], measure: int) -> str:
    known = [row for row in result.rows if _is_number(row[measure])]
    high = max(known, key=lambda row: _number(row[measure]))
    low = min(known, key=lambda row: _number(row[measure]))
    if result.truncated:
        return f"{_list(result)}; the first is {_named(result, known[0], groups, measure)}"
    said = _count_of_groups(result, groups)
    if _number(high[measure]) == _number(low[measure]):
        return f"{said}, all with {result.cell(high, measure)}"
    ascending = _sorted_by(result, measure) is False
    ends = [f"the highest is {_tied(result, known, high, groups, measure)}"]
    low_end = f"the lowest is {_tied(result, known, low, groups, measure)}"
    if result.plan.limit is None:
        ends.append(low_end)
    elif ascending:
        ends = [low_end]
    return f"{said}; {' and '.join(ends)}"


def _count_of_groups(result: _Result, groups: list[int]) -> str:
    count = len(result.rows)
    if len(groups) == 1:
        return counted(count, result.facts[groups[0]].label)
    return f"{counted(count, 'combination')} of {listed([result.facts[i].label for i in groups])}"


def _sorted_by(result: _Result, measure: int) -> bool | None:
    """Return whether the rows come highest first; None where they are not sorted by the measure."""
    output = result.plan.outputs[measure] if measure < len(result.plan.outputs) else None
    if not result.plan.order or output is None:
        return None
    key = result.plan.order[0]
    return key.descending if sorts_by(key, output) else None


def _tied(
    result: _Result, known: list[Sequence[Cell]], end: Sequence[Cell], groups: list[int], measure: int
) -> str:
    ties = sum(_number(row[measure]) == _number(end[measure]) for row in known) - 1
    shared = f" (and {counted(ties, 'other')} with as much)" if ties else ""
    return _named(result, end, groups, measure) + shared


def _named(result: _Result, row: Sequence[Cell], groups: list[int], measure: int) -> str:
    return f"{', '.join(result.cell(row, i) for i in groups)} with {result.cell(row, measure)}"


def _is_number(value: Cell) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _number(value: Cell) -> float:
    """Return a cell that is known to be a number."""
    assert isinstance(value, int | float)  # `_is_number` was asked before
    return value
