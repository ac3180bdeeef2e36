"""Which lines of a table are one row: a text that is too long for its column goes on in the line below."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from datacraft.warehouse.documents.model import Word

_NUMBER_LIKE = re.compile(r"[(\-+−]*\s*[$€£¥]?\s*[-+]?\d[\d.,'’ \u00a0]*\s*[%$€£¥)]*-?")
_TIGHT = 0.8


@dataclass
class TableLine:
    """A line of a table: its words by column, and which band between horizontal lines it is in."""

    top: float
    bottom: float
    cells: list[list[Word]]
    band: int = 0

    @property
    def filled(self) -> set[int]:
        """The columns in which something stands."""
        return {place for place, words in enumerate(self.cells) if words}

    def text(self, place: int) -> str:
        """What stands in a column."""
        return " ".join(word.text for word in self.cells[place])

    @property
    def middle(self) -> float:
        """The height of its middle."""
        return (self.top + self.bottom) / 2


@dataclass
class Row:
    """Lines that are one row."""

    lines: list[TableLine] = field(default_factory=list)

    def words(self, place: int) -> list[Word]:
        """Return the words of a column, from top to bottom."""
        return [word for line in self.lines for word in line.cells[place]]


def is_number_like(text: str) -> bool:
    """Whether a text looks like a number or amount."""
    return _NUMBER_LIKE.fullmatch(text.strip()) is not None


def rows_of(lines: Sequence[TableLine], *, bands_are_rows: bool) -> list[Row]:
    """Put lines together to rows."""
    if bands_are_rows:
        return _by_band(lines)
    anchored = _anchors(lines)
    pitch = _pitch(lines, anchored)
    rows: list[Row] = []
    for number, line in enumerate(lines):
        if rows and _goes_on(rows[-1], line, lines[number - 1], pitch, anchored):
            rows[-1].lines.append(line)
        else:
            rows.append(Row([line]))
    return rows


def bands_are_rows(lines: Sequence[TableLine]) -> bool:
    """Whether each band between two horizontal lines is one row: where it has several lines, most columns have one."""
    by_band: dict[int, list[TableLine]] = {}
    for line in lines:
        by_band.setdefault(line.band, []).append(line)
    if len(by_band) < 3:
        return False
    for number, band in enumerate(by_band.values()):
        if len(band) == 1 or number == 0:
            continue
        counts = [sum(1 for line in band if line.cells[place]) for place in range(len(band[0].cells))]
        once, more = sum(1 for c in counts if c == 1), sum(1 for c in counts if c > 1)
        if more > once:
            return False
    return True


def _by_band(lines: Sequence[TableLine]) -> list[Row]:
    rows: list[Row] = []
    for line in lines:
        if rows and rows[-1].lines[-1].band == line.band:
            rows[-1].lines.append(line)
        else:
            rows.append(Row([line]))
    return rows


def _anchors(lines: Sequence[TableLine]) -> set[int]:
    """Return the columns in which a row nearly always has a value: numbers and dates don't go on in a second line."""
    width = len(lines[0].cells) if lines else 0
    found: set[int] = set()
    for place in range(width):
        texts = [line.text(place) for line in lines if line.cells[place]]
        values = sum(1 for text in texts if any(c.isdigit() for c in text) and " " not in text.strip())
        if texts and values >= 0.6 * len(texts):
            found.add(place)
    return found


def _pitch(lines: Sequence[TableLine], anchored: set[int]) -> float:
    """Return the usual distance of two rows: between lines that both have something in the anchors."""
    gaps = [
        second.middle - first.middle
        for first, second in itertools.pairwise(lines)
        if first.filled & anchored and second.filled & anchored
    ]
    if not gaps:
        gaps = [b.middle - a.middle for a, b in itertools.pairwise(lines)]
    return median(gaps) if gaps else 0.0


def _goes_on(row: Row, line: TableLine, before: TableLine, pitch: float, anchored: set[int]) -> bool:
    if line.band != before.band:
        return False
    first = row.lines[0]
    held = set().union(*(part.filled for part in row.lines))
    filled = line.filled
    if not filled or filled & anchored & held or len(filled) >= max(len(first.filled), 2):
        return False
    if any(is_number_like(line.text(place)) for place in filled):
        return False
    gap = line.middle - before.middle
    if not filled <= held:
        return False
    if gap <= _TIGHT * pitch:
        return True
    return gap <= 1.1 * pitch and 0 not in filled and len(filled) <= max(1, len(first.filled) // 3)
