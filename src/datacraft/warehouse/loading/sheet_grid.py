"""A sheet's cells as a grid of texts: merged cells filled, headers of two rows joined, serial numbers as dates."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from datacraft.warehouse.report import EXAMPLES, Example, Finding

Cell = str | None
Range = tuple[tuple[int, int], tuple[int, int]]
_DATE_WORDS = re.compile(r"(^|[^a-z])(date|day|datum|tag|dt|dob|fecha)([^a-z]|$)", re.IGNORECASE)
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 60_000  # 1954 to 2064
_EPOCH = dt.date(1899, 12, 30)
_WIDE_TITLE = 0.6


@dataclass
class Grid:
    """Cells of a sheet from its first filled one on.

    Attributes:
        first_line: the sheet's line of the grid's first row, from 1.
    """

    rows: list[list[Any]]
    first_line: int
    findings: list[Finding] = field(default_factory=list)


def fill_merged(grid: Grid, merged: Sequence[Range], first_column: int) -> None:
    """Give the value of cells that are merged over rows to each of them, and join headers that span columns."""
    filled: list[Example] = []
    headings: dict[int, list[tuple[int, int]]] = {}
    width = max((len(row) for row in grid.rows), default=0)
    for (top, left), (bottom, right) in merged:
        row, column = top - grid.first_line + 1, left - first_column
        last_row, last_column = bottom - grid.first_line + 1, right - first_column
        if not (0 <= row < len(grid.rows) and 0 <= column < len(grid.rows[row])):
            continue
        value = grid.rows[row][column]
        if value in (None, ""):
            continue
        if row == last_row:
            if last_column - column + 1 < width * _WIDE_TITLE or column > 0:
                headings.setdefault(row, []).append((column, last_column))
            continue
        for below in range(row + 1, min(last_row, len(grid.rows) - 1) + 1):
            if column < len(grid.rows[below]):
                grid.rows[below][column] = value
        filled.append(Example(text=f"{value} ({last_row - row + 1} rows)", line=row + grid.first_line))
    if filled:
        message = f"{len(filled)} cells are merged over several rows; each of the rows got the value."
        grid.findings.append(
            Finding(code="merged_cells", severity="info", message=message, count=len(filled),
                    examples=filled[:EXAMPLES])
        )  # fmt: skip
    _join_headings(grid, headings)


def _join_headings(grid: Grid, headings: dict[int, list[tuple[int, int]]]) -> None:
    """Join a row of spanning headings with the row below it: "2023" over "Q1" is "2023 Q1"."""
    for row, spans in headings.items():
        if row + 1 >= len(grid.rows) or any(_is_number(cell) for cell in grid.rows[row + 1]):
            continue
        above, below = grid.rows[row], grid.rows[row + 1]
        spanned = {column: start for start, end in spans for column in range(start, end + 1)}
        if not all(column < len(below) and below[column] not in (None, "") for column in spanned):
            continue
        for column in range(len(below)):
            heading = above[spanned.get(column, column)] if column < len(above) else None
            if (text := cell_text(heading)) and below[column] != heading:
                below[column] = f"{text} {cell_text(below[column]) or ''}".strip()
        shown = [Example(text=str(cell), line=row + 1 + grid.first_line) for cell in below if cell][:EXAMPLES]
        grid.rows[row] = [None] * len(above)
        grid.findings.append(
            Finding(code="header_rows", severity="info", message="Headers of two rows were joined.",
                    examples=shown)
        )  # fmt: skip


def read_serials(grid: Grid, headers: Sequence[str], first_row: int) -> None:
    """Turn plain numbers under a header that says date into the days that they count."""
    for column, header in enumerate(headers):
        if not _DATE_WORDS.search(header):
            continue
        cells = [
            (number, row[column])
            for number, row in enumerate(grid.rows[first_row:], start=first_row)
            if column < len(row) and row[column] not in (None, "")
        ]
        serials = [(number, cell) for number, cell in cells if _is_serial(cell)]
        others = [cell for _, cell in cells if not _is_serial(cell)]
        if not serials or any(not isinstance(cell, dt.date) for cell in others):
            continue
        examples: list[Example] = []
        for number, cell in serials:
            day = _EPOCH + dt.timedelta(days=int(cell))
            grid.rows[number][column] = day
            if len(examples) < EXAMPLES:
                examples.append(Example(text=f"{int(cell)} -> {day}", line=number + grid.first_line))
        grid.findings.append(
            Finding(
                code="date_serials",
                message=f"{len(serials)} numbers of {header} are days as workbooks count them; they were read as dates.",
                count=len(serials),
                examples=examples,
            )
        )


def cell_text(value: object) -> str | None:
    """Return a cell as text that reads back as the same value; None for a blank one."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return str(value)
    return str(value)


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _is_serial(cell: object) -> bool:
    return (
        isinstance(cell, int | float)
        and not isinstance(cell, bool)
        and float(cell).is_integer()
        and _FIRST_SERIAL <= cell <= _LAST_SERIAL
    )
