"""Which rows head a table, and what they say of each column."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from datacraft.warehouse.documents.model import Grid
from datacraft.warehouse.documents.tables.values import LOOKALIKES, YEAR, is_number, is_typed, mend

_MOST_HEADS = 4
_TYPED = 0.6


def head_count(grid: Grid) -> int:
    """Return how many rows head a grid, 0 where its first row is data."""
    if grid.heads is not None:
        return grid.heads
    rows = [[cell.text for cell in row] for row in grid.rows]
    typed = typed_columns(rows)
    if not typed:
        return 1 if len(rows) > 1 and all(rows[0]) and len(set(rows[0])) == len(rows[0]) else 0
    for number, row in enumerate(rows[: _MOST_HEADS + 1]):
        if _is_data(row, typed, len(rows[0])):
            return number
    return 1


def typed_columns(rows: Sequence[Sequence[str]]) -> set[int]:
    """Return the columns most of whose values are numbers or dates."""
    below = rows[1:] if len(rows) < 6 else rows[2:]
    found: set[int] = set()
    for place in range(max((len(row) for row in rows), default=0)):
        texts = [row[place] for row in below if place < len(row) and row[place]]
        values = sum(1 for text in texts if is_typed(text) or is_number(mend(text) or ""))
        if texts and values >= _TYPED * len(texts):
            found.add(place)
    return found


def _is_data(row: Sequence[str], typed: set[int], width: int) -> bool:
    """Whether a row has values where its columns have them; years above values are a heading."""
    filled = [place for place in typed if row[place]]
    values = [place for place in filled if is_typed(row[place]) or is_number(mend(row[place]) or "")]
    if not values or len(values) < 0.5 * len(filled):
        return False
    years = all(YEAR.fullmatch(row[place]) for place in values)
    words = [place for place in range(width) if place not in typed]
    has_words = not words or any(row[place] for place in words)
    return not (years and len(values) > 1 and (len(values) == len(typed) or not has_words))


def headers_of(grid: Grid, count: int) -> list[str]:
    """Return the header of each column: the texts above it, from top to bottom."""
    headers: list[str] = []
    for place in range(grid.width):
        texts = [row[place].text for row in grid.rows[:count] if place < len(row) and row[place].text]
        headers.append(" ".join(dict.fromkeys(texts)))
    return headers


def mended_headers(headers: list[str]) -> list[str]:
    """Return the headers of a scan with letters that were read for figures mended, where others of the table tell.

    "QI 2023" between "Q2 2023" and "Q3 2023" is "Q1 2023".
    """
    shapes = Counter(_shape(header) for header in headers)
    mended: list[str] = []
    for header in headers:
        found = header
        if shapes[_shape(header)] == 1:
            for place, letter in enumerate(header):
                tried = header[:place] + letter.translate(LOOKALIKES) + header[place + 1 :]
                if tried != header and shapes[_shape(tried)] > 1 and tried not in headers:
                    found = tried
                    break
        mended.append(found)
    return mended


def _shape(text: str) -> str:
    return re.sub(r"\d", "9", text)
