"""The headline of a result: its one number, its highest and lowest group, or the way from first to last.

Every number that is stated is a value of the rows, rounded only for reading; the one thing computed here is
by how much a series changed from its first to its last value.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from datacraft.contracts.answer import Cell
from datacraft.contracts.plan import DatePart, TimeUnit
from datacraft.serving.english import counted, listed
from datacraft.serving.formats import format_cell, format_number
from datacraft.serving.outline import Outline
from datacraft.serving.outputs import OutputFacts, group_name

Rows = Sequence[Sequence[Cell]]
_SPANS = frozenset({TimeUnit.WEEK, TimeUnit.MONTH, TimeUnit.QUARTER, TimeUnit.YEAR})
_NAMED_VALUES = 5  # a list that is no longer than this is told in full


@dataclass(frozen=True, slots=True)
class _Result:
    """Rows with the facts of their columns, and which of them the headline is about."""

    outline: Outline
    facts: Sequence[OutputFacts]
    rows: Rows
    truncated: bool

    def places(self, *, measure: bool) -> list[int]:
        return [i for i, fact in enumerate(self.facts) if fact.measure == measure and not fact.position]

    def cell(self, row: Sequence[Cell], place: int) -> str:
        fact = self.facts[place]
        if not fact.measure:
            return group_name(row[place], fact)
        return format_cell(row[place], unit=fact.unit, grain=fact.grain)

    def moment(self, row: Sequence[Cell], place: int) -> str:
        fact = self.facts[place]
        link = "in" if fact.grain in _SPANS or fact.part is not None else "on"
        return f"{link} {self.cell(row, place)}"


def headline(outline: Outline, facts: Sequence[OutputFacts], rows: Rows, *, truncated: bool) -> str:
    """Return what stands out, in lower case and without a full stop; rows must not be empty.

    Args:
        outline: of the query that was run.
        facts: of the columns of `rows`.
        rows: of the result.
        truncated: the row limit cut the result.
    """
    result = _Result(outline, facts, rows, truncated)
    measures = [i for i in result.places(measure=True) if any(_is_number(row[i]) for row in rows)]
    groups = result.places(measure=False)
    if len(rows) == 1:
        return _one_row(result, measures, groups)
    if not measures or not groups:
        return _list(result)
    measure = outline.main_measure(measures)
    if len(groups) == 1 and _runs_on(facts[groups[0]]) and not truncated and outline.limit is None:
        return _series(result, groups[0], measure)
    return _ranking(result, groups, measure)


def _one_row(result: _Result, measures: list[int], groups: list[int]) -> str:
    row = result.rows[0]
    if len(result.facts) == 1:
        return result.cell(row, 0)
    values = [f"{result.facts[i].label} {result.cell(row, i)}" for i in measures]
    names = [result.cell(row, i) for i in _naming(result, groups)]
    if names and len(measures) == 1:
        return f"{', '.join(names)} with {result.cell(row, measures[0])}"
    if not names:
        return listed(values) if values else "no value"
    return f"{', '.join(names)} with {listed(values)}" if values else ", ".join(names)


def _list(result: _Result) -> str:
    if len(result.facts) == 1 and len(result.rows) <= _NAMED_VALUES:
        return listed([result.cell(row, 0) for row in result.rows])
    if result.truncated:
        return f"more than {len(result.rows):,} rows, of which the first {len(result.rows):,} are shown"
    single = len(result.facts) == 1 and result.outline.distinct
    return counted(len(result.rows), result.facts[0].label if single else "row")


def _series(result: _Result, moment: int, measure: int) -> str:
    rows = sorted(
        (row for row in result.rows if row[moment] is not None), key=lambda row: _in_time(row[moment])
    )
    known = [row for row in rows if _is_number(row[measure])]
    if len(known) < 2:
        return _ranking(result, [moment], measure)
    first, last = known[0], known[-1]
    fact = result.facts[moment]
    said = counted(len(rows), fact.grain or fact.part or "row")
    said += f"; from {result.cell(first, measure)} {result.moment(first, moment)}"
    said += f" to {result.cell(last, measure)} {result.moment(last, moment)}"
    if _is_amount(result, measure):
        said += _change(_number(first[measure]), _number(last[measure]))
    top = max(known, key=lambda row: _number(row[measure]))
    return said + f"; the highest is {result.cell(top, measure)} {result.moment(top, moment)}"


def _runs_on(fact: OutputFacts) -> bool:
    """Whether time runs on along the values, as it does along years but not along weekdays."""
    return fact.moment or fact.part is DatePart.YEAR


def _in_time(value: Cell) -> tuple[float, str]:
    """Return a key that sorts years and moments; ISO text sorts like the time it says."""
    return (value, "") if isinstance(value, int | float) else (0, str(value))


def _is_amount(result: _Result, measure: int) -> bool:
    """Whether growth in percent says something: not of a rate, nor of a window such as a running total."""
    return result.facts[measure].unit != "%" and measure not in result.outline.windows


def _change(first: float, last: float) -> str:
    if first <= 0 or last < 0:  # growth from nothing or from a loss has no percentage
        return ""
    change = last / first - 1
    if abs(change) < 0.0005:
        return " (no change)"
    return f" ({'up' if change > 0 else 'down'} {format_number(abs(change), '%')})"


def _ranking(result: _Result, groups: list[int], measure: int) -> str:
    known = [row for row in result.rows if _is_number(row[measure])]
    if result.truncated:
        return f"{_list(result)}; the first is {_named(result, known[0], groups, measure)}"
    values = [_number(row[measure]) for row in known]
    top, bottom = max(values), min(values)
    said = _count_of_groups(result, groups)
    if top == bottom:
        return f"{said}, all with {result.cell(known[0], measure)}"
    high = f"the highest is {_tied(result, known[values.index(top)], values.count(top), groups, measure)}"
    low = f"the lowest is {_tied(result, known[values.index(bottom)], values.count(bottom), groups, measure)}"
    if result.outline.limit is None:
        return f"{said}; {high} and {low}"
    return f"{said}; {low if result.outline.descending(measure) is False else high}"


def _count_of_groups(result: _Result, groups: list[int]) -> str:
    count = len(result.rows)
    named = _naming(result, groups)
    if not result.outline.grouped:
        return counted(count, "row")
    if len(named) == 1:
        return counted(count, result.facts[named[0]].label)
    return f"{counted(count, 'combination')} of {listed([result.facts[i].label for i in named])}"


def _tied(result: _Result, row: Sequence[Cell], count: int, groups: list[int], measure: int) -> str:
    """Name a row, and say how many others have the same value."""
    shared = f" (and {counted(count - 1, 'other')} with as much)" if count > 1 else ""
    return _named(result, row, groups, measure) + shared


def _named(result: _Result, row: Sequence[Cell], groups: list[int], measure: int) -> str:
    return (
        f"{', '.join(result.cell(row, i) for i in _naming(result, groups))} with {result.cell(row, measure)}"
    )


def _naming(result: _Result, groups: list[int]) -> list[int]:
    """Return the groups that name a row to a person: keys only where there is nothing else."""
    return [i for i in groups if not result.facts[i].identifier] or groups


def _is_number(value: Cell) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _number(value: Cell) -> float:
    """Return a cell that is known to be a number."""
    assert isinstance(value, int | float)  # `_is_number` was asked before
    return value
