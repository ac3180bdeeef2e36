"""Values of invoices written one way: numbers plainly, dates as year-month-day, currencies as ISO codes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace

from datacraft.warehouse.documents.invoices.fields import amount_text
from datacraft.warehouse.documents.model import Cell
from datacraft.warehouse.documents.tables.values import number_of

_NUMERIC = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})")
_DAY_NAME = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[. -]*([A-Za-zäé]{3,9})\.?[, -]*(\d{2,4})")
_NAME_DAY = re.compile(r"([A-Za-zäé]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan", "feb fév", "mar mär", "apr avr", "may mai", "jun juin", "jul juil", "aug aoû", "sep", "oct okt", "nov",
         "dec dez déc"), start=1)
    for name in names.split()
}  # fmt: skip


def plain_number(cell: Cell, mark: str) -> Cell:
    """Return a cell with its number written plainly; with a doubt where it is none."""
    if not cell.text:
        return cell
    bare = amount_text(cell.text)
    value = None if bare is None else number_of(bare, mark)
    if value is None:
        return replace(cell, doubt="it is no number")
    return replace(cell, text=f"{value:f}")


def plain_date(cell: Cell, *, day_first: bool | None) -> tuple[Cell, bool]:
    """Return a cell with its date as year-month-day, and whether it could be read in two ways.

    Args:
        cell: the date.
        day_first: which way a date is read that allows both; None: the day first.
    """
    text = cell.text.strip()
    if not text:
        return cell, False
    found, ambiguous = _date(text, day_first is not False)
    if found is None:
        return replace(cell, doubt="it is no date"), False
    return replace(cell, text=found.isoformat()), ambiguous


def day_first_of(texts: Sequence[str]) -> bool | None:
    """Return whether dates have the day first, where some of them tell; None where none does."""
    for text in texts:
        match = _NUMERIC.fullmatch(text.strip())
        if match and len(match[1]) <= 2:
            first, second = int(match[1]), int(match[2])
            if first > 12 or second > 12:
                return first > 12
    return None


def _date(text: str, day_first: bool) -> tuple[dt.date | None, bool]:
    ambiguous = False
    if match := _NUMERIC.fullmatch(text):
        a, b, c = (int(part) for part in match.groups())
        if len(match[1]) == 4:
            year, month, day = a, b, c
        else:
            ambiguous = a <= 12 and b <= 12 and a != b
            day, month = (a, b) if (a > 12 or (day_first and b <= 12)) else (b, a)
            year = c + 2000 if c < 100 else c
    elif match := _DAY_NAME.fullmatch(text):
        day, month, year = int(match[1]), _month(match[2]), int(match[3])
        year += 2000 if year < 100 else 0
    elif match := _NAME_DAY.fullmatch(text):
        day, month, year = int(match[2]), _month(match[1]), int(match[3])
    else:
        return None, False
    try:
        return dt.date(year, month, day), ambiguous
    except ValueError:
        return None, False


def _month(name: str) -> int:
    return next((number for start, number in _MONTHS.items() if name.lower().startswith(start)), 0)
