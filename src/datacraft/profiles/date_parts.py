"""Columns that hold a part of a date: a year, a month's number or name, a weekday."""

from __future__ import annotations

from typing import Literal

from datacraft.contracts.semantic import ColumnType
from datacraft.profiles.facts import ColumnFacts
from datacraft.profiles.vocabulary import MONTHS, SHORT_MONTHS, SHORT_WEEKDAYS, WEEKDAYS

TimePart = Literal["year", "quarter", "month", "week", "day", "weekday", "hour"]

_LIMITS: dict[TimePart, tuple[int, int]] = {
    "year": (1000, 2200), "quarter": (1, 4), "month": (1, 12), "week": (0, 53), "day": (1, 31),
    "weekday": (0, 7), "hour": (0, 24),
}  # fmt: skip
_HAPPENED = frozenset({
    "founded", "established", "built", "opened", "launched", "constructed", "formed", "born", "died", "since", "operated",
    "debut", "completed", "incorporated", "created", "introduced", "released", "published", "made", "renovated", "closed",
    "discontinued", "disbanded", "dissolved", "hired", "joined", "started", "ended", "founding", "birth", "death",
})  # fmt: skip
"""A whole number between 1000 and 2200 is the year of it: `founded`, `year_made`, `active_since`."""
_MONTH_NAMES = frozenset((*MONTHS, *SHORT_MONTHS, "sept"))
_WEEKDAY_NAMES = frozenset((*WEEKDAYS, *SHORT_WEEKDAYS, "tues", "thur", "thurs"))
_QUARTER_NAMES = frozenset(
    f"{mark}{number}" for mark in ("q", "qtr ", "quarter ", "q ") for number in range(1, 5)
)


def time_part(column: ColumnFacts) -> TimePart | None:
    """Return which part of a date a number or text column holds, judged by name and values together."""
    named = _named_part(column)
    if column.type is ColumnType.TEXT:
        return _text_part(column, named)
    if named is None or column.type not in {ColumnType.INTEGER, ColumnType.NUMBER}:
        return None
    low, high = column.minimum, column.maximum
    if isinstance(low, str | None) or isinstance(high, str | None):
        return named if column.type is ColumnType.INTEGER and not column.filled else None
    if any(isinstance(value, float) and not value.is_integer() for value in (low, high)):
        return None
    if named == "day" and _LIMITS["weekday"][1] >= high and column.distinct == 7:
        return "weekday"
    first, last = _LIMITS[named]
    return named if first <= low and high <= last else None


def _named_part(column: ColumnFacts) -> TimePart | None:
    """Return the part that the name speaks of; "years" or "months_open" are durations, not parts."""
    words, raw = column.words.words, column.words.raw
    text = " ".join(words)
    if "day of week" in text or "weekday" in text or text.endswith("week day"):
        return "weekday"
    for closing in ("number", "name", "num", "no", "of year", "of month", "value"):
        if text.endswith(" " + closing):
            text = text.removesuffix(" " + closing)
            break
    last = text.split()[-1]
    if last in {"year", "quarter", "month", "week", "day", "hour"} and raw[-1] not in {"hr", "hrs", "wk"}:
        if "per" in words or words[0] in {"number", "average", "total", "count"}:
            return None
        return last  # type: ignore[return-value]  # one of the literals, by the test above
    happened = last in _HAPPENED and not {"day", "month", "hour", "number", "count"} & set(words)
    return "year" if happened and (column.type is ColumnType.INTEGER or words[0] == "year") else None


def _text_part(column: ColumnFacts, named: TimePart | None) -> TimePart | None:
    values = [(str(value).strip().casefold().rstrip("."), rows) for value, rows in column.values]
    total = sum(rows for _, rows in values)
    if not total:
        return None

    def share(names: frozenset[str]) -> float:
        return sum(rows for value, rows in values if value in names) / total

    wanted = 0.5 if named else 0.95  # a fitting name forgives some junk
    different = len({value for value, _ in values})
    if share(_MONTH_NAMES) >= wanted and (named == "month" or different >= 3):
        return "month"
    if share(_WEEKDAY_NAMES) >= wanted and (named in {"day", "weekday"} or different >= 3):
        return "weekday"
    if named == "quarter" and share(_QUARTER_NAMES) >= wanted:
        return "quarter"
    if named == "year" and all(len(value) == 4 and value.isdigit() for value, _ in values):
        return "year"
    return None
