"""Whether two results are the same: equal rows, whatever the columns' order and names.

Rows are compared as a multiset, or as a sequence where order was asked for. The expected columns may stand
at any place of the actual result, which may have a few more. Values are equal across the forms in which
warehouses return them: `Decimal`, integer and float; a date, a datetime at midnight and ISO text; a month as
text and its first day; a boolean and 0 or 1. Text is compared exactly.

How: columns that hold different multisets of values can't stand for each other. Among what remains an
assignment is searched, the column with the fewest candidates first; each step splits the rows of both sides
into groups that are equal so far and must be of equal size, so that a wrong choice shows at once.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

from datacraft.sql.values import canonical, close

_MAX_STEPS = 20_000  # of the search; only results made to defeat it need more than a few per column

_MAX_PAIRED = 300  # rows of one group of near numbers that are paired by search


class Table(NamedTuple):
    """A result: names of columns, and rows of as many values."""

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class ComparisonRules:
    """What counts as the same.

    Attributes:
        ordered: the sequence of the rows counts.
        extra_columns: how many more columns the actual result may have.
        relative_tolerance: numbers a and b are equal when |a - b| <= tolerance * max(|a|, |b|).
        fraction_equals_percent: a column of fractions equals the column of the same percentages.
    """

    ordered: bool = False
    extra_columns: int = 2
    relative_tolerance: float = 1e-6
    fraction_equals_percent: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """Why two results are not the same.

    Attributes:
        kind: `rows` or `columns`: their number; `values`: a column has no equal; `pairing`: every column
            has one, the rows don't; `order`: the right rows in a wrong order.
        message: the same in words.
    """

    kind: Literal["rows", "columns", "values", "pairing", "order"]
    message: str


def same_result(
    expected: Table,
    actual: Table,
    *,
    ordered: bool = False,
    extra_columns: int = 2,
    relative_tolerance: float = 1e-6,
    fraction_equals_percent: bool = False,
) -> bool:
    """Tell whether `actual` shows what `expected` does; the arguments are those of `ComparisonRules`."""
    rules = ComparisonRules(ordered, extra_columns, relative_tolerance, fraction_equals_percent)
    return difference(expected, actual, rules) is None


def difference(
    expected: Table, actual: Table, rules: ComparisonRules = ComparisonRules()
) -> Difference | None:
    """Return the first difference that is found, or None where the results are the same.

    Raises:
        ValueError: a row has more or fewer values than there are columns.
    """
    ours, theirs = _columns(expected), _columns(actual)
    if len(expected.rows) != len(actual.rows):
        return Difference("rows", f"{len(expected.rows)} rows are expected, not {len(actual.rows)}.")
    if not len(ours) <= len(theirs) <= len(ours) + rules.extra_columns:
        return Difference("columns", f"{len(ours)} columns are expected, not {len(theirs)}.")
    search = _Search(ours, theirs, rules)
    for index, candidates in enumerate(search.candidates):
        if not candidates:
            return _missing_column(expected, actual, index, rules)
    if search.succeeds():
        return None
    return Difference("pairing", "Every column has an equal, but the rows pair their values differently.")


def _missing_column(expected: Table, actual: Table, index: int, rules: ComparisonRules) -> Difference:
    if rules.ordered:
        unordered = ComparisonRules(
            False, rules.extra_columns, rules.relative_tolerance, rules.fraction_equals_percent
        )
        if difference(expected, actual, unordered) is None:
            return Difference("order", "The rows are right; their order is not.")
    shown = ", ".join(repr(row[index]) for row in expected.rows[:3])
    return Difference("values", f"No column equals {expected.columns[index]!r} ({shown}, ...).")


def _columns(table: Table) -> list[list[Hashable]]:
    """Return the columns in canonical form: numbers as floats, everything else as (kind, value)."""
    columns: list[list[Hashable]] = [[] for _ in table.columns]
    for row in table.rows:
        for column, value in zip(columns, row, strict=True):
            column.append(canonical(value))
    return columns


# Columns


def _scaled(column: Sequence[Hashable], factor: float) -> list[Hashable]:
    return [value * factor if isinstance(value, float) else value for value in column]


def _fits(ours: Sequence[Hashable], theirs: Sequence[Hashable], rules: ComparisonRules) -> bool:
    """Tell whether two columns hold the same values, in the same order where that counts."""
    if rules.ordered:
        return all(close(a, b, rules.relative_tolerance) for a, b in zip(ours, theirs, strict=True))
    if Counter(v for v in ours if not isinstance(v, float)) != Counter(
        v for v in theirs if not isinstance(v, float)
    ):
        return False
    left = sorted(value for value in ours if isinstance(value, float))
    right = sorted(value for value in theirs if isinstance(value, float))
    # In one dimension sorted neighbours match if anything does.
    return all(close(a, b, rules.relative_tolerance) for a, b in zip(left, right, strict=True))


class _Search:
    """The search for an assignment of expected columns to actual ones."""

    def __init__(
        self, ours: list[list[Hashable]], theirs: list[list[Hashable]], rules: ComparisonRules
    ) -> None:
        self._ours = ours
        self._rules = rules
        factors = (1.0, 100.0, 0.01) if rules.fraction_equals_percent else (1.0,)
        self._theirs: dict[tuple[int, float], list[Hashable]] = {
            (index, factor): column if factor == 1.0 else _scaled(column, factor)
            for index, column in enumerate(theirs)
            for factor in factors
        }
        self.candidates = [
            [key for key, column in self._theirs.items() if _fits(mine, column, rules)] for mine in ours
        ]
        self._order = sorted(range(len(ours)), key=lambda index: len(self.candidates[index]))
        self._steps = 0

    def succeeds(self) -> bool:
        """Tell whether an assignment exists under which the rows are equal."""
        rows = len(self._ours[0]) if self._ours else 0
        return self._place(0, {}, [0] * rows, [0] * rows)

    def _place(
        self, depth: int, taken: dict[int, tuple[int, float]], left: list[int], right: list[int]
    ) -> bool:
        """Assign the columns from `depth` on; `left` and `right` are the rows' groups so far."""
        if depth == len(self._order):
            return self._rows_match(taken, left, right)
        mine = self._order[depth]
        failed: list[list[Hashable]] = []
        for key in self.candidates[mine]:
            column = self._theirs[key]
            self._steps += 1
            used = any(other[0] == key[0] for other in taken.values())
            if used or self._steps > _MAX_STEPS or column in failed:  # an equal column would fail alike
                continue
            if self._rules.ordered:  # then a column that fits, fits in every row
                if self._place(depth + 1, {**taken, mine: key}, left, right):
                    return True
            else:
                groups = self._split(self._ours[mine], column, left, right)
                if groups and self._place(depth + 1, {**taken, mine: key}, *groups):
                    return True
            failed.append(column)
        return False

    def _split(
        self, ours: Sequence[Hashable], theirs: Sequence[Hashable], left: list[int], right: list[int]
    ) -> tuple[list[int], list[int]] | None:
        """Split the groups by one more column; None where their sizes differ."""
        cluster = _clusters(ours, theirs, self._rules.relative_tolerance)
        numbers: dict[tuple[int, Hashable], int] = {}

        def groups(old: list[int], column: Sequence[Hashable]) -> list[int]:
            pairs = ((group, cluster(value)) for group, value in zip(old, column, strict=True))
            return [numbers.setdefault(pair, len(numbers)) for pair in pairs]

        new_left, new_right = groups(left, ours), groups(right, theirs)
        return (new_left, new_right) if Counter(new_left) == Counter(new_right) else None

    def _rows_match(self, taken: dict[int, tuple[int, float]], left: list[int], right: list[int]) -> bool:
        """Match the rows within each group one to one.

        A group of numbers that lie close together may hold rows that differ: 1, 1 + t, 1 + 2t are
        neighbours, but their ends are not equal.
        """
        if self._rules.ordered:
            return True
        numeric = [i for i in taken if any(isinstance(value, float) for value in self._ours[i])]
        ours, theirs = defaultdict(list), defaultdict(list)
        for row, group in enumerate(left):
            ours[group].append(tuple(self._ours[i][row] for i in numeric))
        for row, group in enumerate(right):
            theirs[group].append(tuple(self._theirs[taken[i]][row] for i in numeric))
        return all(_match(ours[group], theirs[group], self._rules.relative_tolerance) for group in ours)


def _clusters(
    ours: Sequence[Hashable], theirs: Sequence[Hashable], tolerance: float
) -> Callable[[Hashable], Hashable]:
    """Return a function that gives equal numbers one name; other values are their own."""
    values = sorted({value for column in (ours, theirs) for value in column if isinstance(value, float)})
    names = dict.fromkeys(values[:1], 0)
    for number, (low, high) in enumerate(pairwise(values), start=1):
        names[high] = names[low] if close(low, high, tolerance) else number
    return lambda value: names[value] if isinstance(value, float) else value


def _match(
    ours: Sequence[tuple[Hashable, ...]], theirs: Sequence[tuple[Hashable, ...]], tolerance: float
) -> bool:
    """Tell whether rows can be paired so that each pair is close."""

    def near(a: tuple[Hashable, ...], b: tuple[Hashable, ...]) -> bool:
        return all(close(x, y, tolerance) for x, y in zip(a, b, strict=True))

    if all(near(a, b) for a, b in zip(_sorted(ours), _sorted(theirs), strict=True)):
        return True
    rest = list((Counter(ours) - Counter(theirs)).elements())
    others = list((Counter(theirs) - Counter(ours)).elements())
    partner: dict[int, int] = {}  # of `others` -> `rest`; augmenting paths (Kuhn 1955)

    def place(row: int, seen: set[int]) -> bool:
        for column, other in enumerate(others):
            if column not in seen and near(rest[row], other):
                seen.add(column)
                if column not in partner or place(partner[column], seen):
                    partner[column] = row
                    return True
        return False

    return len(rest) <= _MAX_PAIRED and all(place(row, set()) for row in range(len(rest)))


def _sorted(rows: Sequence[tuple[Hashable, ...]]) -> list[tuple[Hashable, ...]]:
    return sorted(rows, key=lambda row: [v if isinstance(v, float) else -math.inf for v in row])
