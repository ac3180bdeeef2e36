"""Rows that are no data: totals, which are checked against the sums of what they count, amounts carried over, notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from datacraft.warehouse.documents.model import Cell
from datacraft.warehouse.documents.tables.values import decimal_mark, is_number, is_numeric_column, number_of

_WORDS = (
    "sub-?total|grand total|net total|total|totals|sum|summe|zwischensumme|gesamt|gesamtsumme|insgesamt|totale|suma|"
    "balance due|amount due"
)
_TOTAL = re.compile(rf"(?:overall |report |running )?(?:{_WORDS})(?:\s*\([^)]*\))?\s*[:.]?", re.IGNORECASE)
_NAMED = re.compile(rf"(?:{_WORDS})s?\b.{{0,50}}|.{{0,50}}\b(?:{_WORDS})s?\s*:?", re.IGNORECASE)
_CARRIED = re.compile(
    r"(?:amount |balance |total )?(?:carried|brought) (?:forward|over)\b.*|(?:sub-?total )?carry-?over\b.*|übertrag\b.*|report à nouveau\b.*",
    re.IGNORECASE,
)
_NOTE_WORDS = 4
_CLOSE = Decimal("0.005")


@dataclass(frozen=True)
class Mismatch:
    """A total that is not the sum of what stands above it."""

    column: int
    said: Decimal
    sums_to: Decimal
    cell: Cell


@dataclass
class SortedRows:
    """The rows of a table, sorted into data and what is none.

    Attributes:
        proven: columns whose values add up to a total of the document: they were read right.
    """

    data: list[list[Cell]]
    totals: list[list[Cell]] = field(default_factory=list)
    carried: list[list[Cell]] = field(default_factory=list)
    notes: list[list[Cell]] = field(default_factory=list)
    repeated: list[list[Cell]] = field(default_factory=list)
    mismatches: list[Mismatch] = field(default_factory=list)
    proven: set[int] = field(default_factory=set)


def sort_rows(headers: Sequence[str], rows: Sequence[Sequence[Cell]]) -> SortedRows:
    """Part data from headers that come again, totals, amounts carried over and notes below the table."""
    width = len(headers)
    kept = [list(row) for row in rows if any(cell.text for cell in row)]
    found = SortedRows([])
    named = [h.strip().lower() for h in headers]
    sums = _Sums(kept, width)
    last_data = _last_data(kept, width)
    for number, row in enumerate(kept):
        texts = [cell.text.strip() for cell in row]
        if any(named) and sum(1 for h in named if h) > 1 and [t.lower() for t in texts] == named:
            found.repeated.append(row)
        elif _CARRIED.fullmatch(_label(texts)):
            found.carried.append(row)
        elif number > last_data and _is_note(texts, width):
            found.notes.append(row)
        elif (
            found.data
            and (strong := _is_total(texts)) is not None
            and sums.take_total(row, found, strong=strong)
        ):
            found.totals.append(row)
        else:
            found.data.append(row)
            sums.add(row)
    found.proven -= {mismatch.column for mismatch in found.mismatches}
    return found


class _Sums:
    """Running sums of the numeric columns: of all rows, of those since the last total, and of the totals."""

    def __init__(self, rows: Sequence[Sequence[Cell]], width: int) -> None:
        self.columns: dict[int, str] = {}
        for place in range(width):
            texts = [row[place].text for row in rows if row[place].text]
            if is_numeric_column(texts) and not any("%" in text for text in texts):
                self.columns[place] = decimal_mark(texts)
        self.every = dict.fromkeys(self.columns, Decimal(0))
        self.since = dict.fromkeys(self.columns, Decimal(0))
        self.unsure: set[int] = set()

    def add(self, row: Sequence[Cell]) -> None:
        for place, mark in self.columns.items():
            if not row[place].text:
                continue
            value = number_of(row[place].text, mark)
            if value is None:
                self.unsure.add(place)
            else:
                self.every[place] += value
                self.since[place] += value

    def take_total(self, row: Sequence[Cell], found: SortedRows, *, strong: bool) -> bool:
        """Check a row that calls itself a total; False where it is none after all."""
        values = {
            place: value
            for place, mark in self.columns.items()
            if row[place].text and (value := number_of(row[place].text, mark)) is not None
        }
        right = {place for place, value in values.items() if self._adds_up(place, value)}
        if not right and not strong:
            return False
        if values or any(cell.text for cell in row[1:]):
            for place in values.keys() - right:
                if place in self.unsure:
                    continue
                near = min((self.since[place], self.every[place]), key=lambda s: abs(s - values[place]))
                found.mismatches.append(Mismatch(place, values[place], near, row[place]))
            found.proven |= right - self.unsure
        elif len([cell for cell in row if cell.text]) < 2:
            return False
        self.since = dict.fromkeys(self.columns, Decimal(0))
        return True

    def _adds_up(self, place: int, value: Decimal) -> bool:
        return abs(self.every[place] - value) <= _CLOSE or abs(self.since[place] - value) <= _CLOSE


def _label(texts: Sequence[str]) -> str:
    return next((text for text in texts if text and not is_number(text)), "")


def _is_total(texts: Sequence[str]) -> bool | None:
    """Return True for a row whose label can only mean a total, False for one that may, None for none."""
    for text in texts[: max(3, len(texts) // 2)]:
        if text and _TOTAL.fullmatch(text):
            return True
        if text and len(text) <= 60 and _NAMED.fullmatch(text):
            return False
    label = _label(texts)
    if label and _TOTAL.fullmatch(label) and sum(1 for text in texts if text) <= max(2, len(texts) // 2 + 1):
        return True
    return None


def _last_data(rows: Sequence[Sequence[Cell]], width: int) -> int:
    """Return the last row that has more than one cell."""
    several = [i for i, row in enumerate(rows) if sum(1 for cell in row if cell.text) > 1]
    return several[-1] if several and width > 2 else len(rows)


def _is_note(texts: Sequence[str], width: int) -> bool:
    filled = [text for text in texts if text]
    return width > 2 and len(filled) == 1 and len(filled[0].split()) >= _NOTE_WORDS
