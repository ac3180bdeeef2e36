"""What is uncertain in a table: words that were read badly, numbers that had letters in them, values unlike their column's.

A number is mended only in a column of numbers, and what was seen is kept beside it. What stays doubtful is for a
person to decide.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from datacraft.warehouse.documents.model import Cell
from datacraft.warehouse.documents.tables.values import (
    decimal_mark,
    decimals_of,
    is_date,
    is_number,
    is_numeric_column,
    is_written_with,
    mend,
)

CERTAIN = 0.55
"""Below this confidence of its least certain word a cell of a scan is for a person to look at."""
CERTAIN_NUMBER = 0.7
"""The same for numbers, in which a wrong digit is seen by nobody."""
_MOSTLY = 0.85
_FEW = 5


def judge(rows: list[list[Cell]], proven: set[int]) -> list[list[Cell]]:
    """Return the rows with numbers mended and doubts told; columns that add up to their total are beyond doubt."""
    width = len(rows[0]) if rows else 0
    columns = [_column([row[place] for row in rows], place in proven) for place in range(width)]
    return [list(row) for row in zip(*columns, strict=True)] if columns else rows


def mend_numbers(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Return the rows with the numbers of numeric columns mended, and nothing else changed."""
    width = len(rows[0]) if rows else 0
    for place in range(width):
        if is_numeric_column([row[place].text for row in rows if row[place].text]):
            for row in rows:
                row[place] = _mended(row[place])
    return rows


def _mended(cell: Cell) -> Cell:
    if not cell.text:
        return cell
    number = mend(cell.text)
    if number is None or number == cell.text:
        return cell
    return replace(cell, text=number, seen=cell.text)


def _column(cells: Sequence[Cell], proven: bool) -> list[Cell]:
    texts = [cell.text for cell in cells if cell.text]
    if is_numeric_column(texts):
        return _numbers(cells, proven)
    if texts and sum(1 for text in texts if is_date(text)) >= _MOSTLY * len(texts):
        return [_date(cell) for cell in cells]
    return _words(cells)


def _numbers(cells: Sequence[Cell], proven: bool) -> list[Cell]:
    if proven:
        return list(cells)
    texts = [cell.text for cell in cells if is_number(cell.text)]
    mark = decimal_mark(texts)
    decimals = Counter(decimals_of(text, mark) for text in texts)
    usual, count = decimals.most_common(1)[0] if decimals else (0, 0)
    firm = count >= _MOSTLY * len(texts) and len(texts) >= _FEW
    signs = _usual_signs(texts)
    judged: list[Cell] = []
    for cell in cells:
        doubt = ""
        if not cell.text:
            pass
        elif cell.confidence >= 1.0 and cell.seen is None:
            pass  # it was text
        elif not is_number(cell.text):
            doubt = "it is no number, as the others of its column are"
        elif cell.confidence < CERTAIN_NUMBER:
            doubt = "it was hard to read"
        elif not is_written_with(cell.text, mark):
            doubt = "its marks are not where those of a number are"
        elif firm and decimals_of(cell.text, mark) != usual:
            doubt = "it has other decimals than the others of its column"
        elif signs and not all(sign in cell.text for sign in signs):
            doubt = f"it lacks the {signs[0]} of the others"
        judged.append(replace(cell, doubt=doubt) if doubt else cell)
    return judged


def _usual_signs(texts: Sequence[str]) -> list[str]:
    """Return the signs that nearly every number of a column has."""
    if len(texts) < _FEW:
        return []
    return [sign for sign in "$€£%" if sum(1 for text in texts if sign in text) >= _MOSTLY * len(texts)]


def _date(cell: Cell) -> Cell:
    if not cell.text or cell.confidence >= 1.0:
        return cell
    if not is_date(cell.text):
        return replace(cell, doubt="it is no date, as the others of its column are")
    return replace(cell, doubt="it was hard to read") if cell.confidence < CERTAIN_NUMBER else cell


def _words(cells: Sequence[Cell]) -> list[Cell]:
    """Judge a column of words or codes: by how well each was read, and by the shape or spelling of the others."""
    texts = [cell.text for cell in cells if cell.text]
    shapes = Counter(_shape(text) for text in texts)
    shape, count = shapes.most_common(1)[0] if shapes else ("", 0)
    codes = count >= _MOSTLY * len(texts) and len(texts) >= _FEW and "9" in shape
    common = Counter(texts)
    judged: list[Cell] = []
    for cell in cells:
        doubt = ""
        if not cell.text or cell.confidence >= 1.0:
            pass
        elif cell.confidence < CERTAIN:
            doubt = "it was hard to read"
        elif codes and _shape(cell.text) != shape:
            doubt = "it looks unlike the others of its column"
        elif not codes and common[cell.text] == 1 and _nearly(cell.text, common):
            doubt = "it is spelt almost like others of its column"
        judged.append(replace(cell, doubt=doubt) if doubt else cell)
    return judged


def _shape(text: str) -> str:
    return re.sub(r"[a-z]+", "a", re.sub(r"[A-Z]", "A", re.sub(r"\d", "9", text)))


def _nearly(text: str, common: Counter[str]) -> bool:
    """Whether a text that comes once is one letter away from one that comes often."""
    from rapidfuzz.distance import Levenshtein

    return any(
        count >= 2
        and other != text
        and len(other) > 3
        and Levenshtein.distance(text, other, score_cutoff=1) <= 1
        for other, count in common.items()
    )
