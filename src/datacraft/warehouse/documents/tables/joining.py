"""Tables that go on over pages: the grid at the top of a page continues the one at the bottom of the page before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from datacraft.warehouse.documents.model import EMPTY, Cell, Grid
from datacraft.warehouse.documents.tables.heads import head_count, headers_of, typed_columns

_SHIFT = 8.0
_CONTINUED = re.compile(r"\b(continued|cont'?d|fortsetzung|suite|carried|brought)\b", re.IGNORECASE)


@dataclass
class LongTable:
    """A table, perhaps from several pages.

    Attributes:
        headers: empty texts where nothing heads it.
        pages: on which it stands.
        repeated: how often its header came again.
    """

    headers: list[str]
    has_head: bool
    rows: list[list[Cell]]
    title: str
    pages: list[int]
    repeated: int = 0
    columns: list[tuple[float, float]] = field(default_factory=list)


def long_tables(grids: Sequence[Grid]) -> list[LongTable]:
    """Return grids as tables, in their order; those that go on over pages as one."""
    tables: list[LongTable] = []
    for grid in grids:
        count = head_count(grid)
        last = tables[-1] if tables else None
        if (
            last is not None
            and grid.page is not None
            and _is_first(grid, grids)
            and _goes_on(last, grid, count)
        ):
            _append(last, grid, count)
            continue
        if grid.weak:
            continue
        tables.append(
            LongTable(
                headers_of(grid, count) if count else [""] * grid.width,
                count > 0,
                [_padded(row, grid.width) for row in grid.rows[count:]],
                grid.title,
                [] if grid.page is None else [grid.page],
                columns=list(grid.columns),
            )
        )
    return tables


def _is_first(grid: Grid, grids: Sequence[Grid]) -> bool:
    return not any(other.page == grid.page and other.top < grid.top for other in grids if other is not grid)


def _goes_on(table: LongTable, grid: Grid, count: int) -> bool:
    """Whether a grid continues a table: on the next page, with the same columns, under the same header or none."""
    if not table.pages or grid.page != table.pages[-1] + 1:
        return False
    if grid.title and count and grid.title != table.title and not _CONTINUED.search(grid.title):
        return False
    if count and _same(headers_of(grid, count), table.headers):
        return True
    if count and table.has_head:
        return False
    return _matched(table, grid) is not None and _hold_alike(table, grid, count)


def _same(first: Sequence[str], second: Sequence[str]) -> bool:
    return [_letters(text) for text in first] == [_letters(text) for text in second]


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()


def _matched(table: LongTable, grid: Grid) -> list[int] | None:
    """Return which column of the table each column of the grid is, by where they stand; None where that fits badly.

    A column that is empty on a page is none of its grid's.
    """
    if not table.columns or not 1 < grid.width <= len(table.columns):
        return None
    if grid.width < max(2, 0.6 * len(table.columns)):
        return None
    found: list[int] = []
    for left, right in grid.columns:
        offs = [
            (max(0.0, max(left, other[0]) - min(right, other[1])), abs(left + right - other[0] - other[1]))
            for other in table.columns
        ]
        best = min(range(len(offs)), key=lambda i: offs[i])
        if offs[best][0] > _SHIFT or (found and best <= found[-1]):
            return None
        found.append(best)
    return found


def _hold_alike(table: LongTable, grid: Grid, count: int) -> bool:
    """Whether most columns hold numbers where the table's do."""
    width = len(table.headers)
    rows = [_moved(row, _matched(table, grid) or [], width) for row in grid.rows[count:]]
    before = typed_columns([[""] * width, *([c.text for c in row] for row in table.rows)])
    after = typed_columns([[""] * width, *([c.text for c in row] for row in rows)])
    return len(before ^ after) <= max(1, len(before) // 3)


def _append(table: LongTable, grid: Grid, count: int) -> None:
    assert grid.page is not None
    width = len(table.headers)
    places = list(range(width)) if grid.width == width else _matched(table, grid) or list(range(grid.width))
    table.rows += [_moved(row, places, width) for row in grid.rows[count:]]
    table.pages.append(grid.page)
    for place, (left, right) in zip(places, grid.columns, strict=False):
        known = table.columns[place]
        table.columns[place] = (min(known[0], left), max(known[1], right))
    table.repeated += 1 if count else 0


def _moved(row: Sequence[Cell], places: Sequence[int], width: int) -> list[Cell]:
    """Return a row of the table's width with each cell where its column is."""
    moved = [EMPTY] * width
    for place, cell in zip(places, row, strict=False):
        moved[place] = cell
    return moved


def _padded(row: Sequence[Cell], width: int) -> list[Cell]:
    return [*row[:width], *[EMPTY] * (width - len(row))]
