"""Periods as people say them: "2021", "Q1 2022", "from March to May 2020", "the last 3 months", "in December".

`read_time` reads the longest period that starts at a token. A period is either a fixed range of dates, a
range relative to the data's last date, or a cyclic part of a date (any December).
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass, replace

from datacraft.contracts.plan import DatePart, TimeUnit
from datacraft.engines.semantic.tokens import Token

MONTHS = {name.lower(): i for i, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): i for i, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
WEEKDAYS = {name.lower(): i + 1 for i, name in enumerate(calendar.day_name)}
SEASONS = {
    "spring": (3, 4, 5),
    "summer": (6, 7, 8),
    "autumn": (9, 10, 11),
    "fall": (9, 10, 11),
    "winter": (12, 1, 2),
}
UNITS = {
    "day": TimeUnit.DAY, "week": TimeUnit.WEEK, "month": TimeUnit.MONTH, "quarter": TimeUnit.QUARTER,
    "year": TimeUnit.YEAR, "hour": TimeUnit.HOUR,
}  # fmt: skip
_SMALL = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "sixty": 60, "ninety": 90,
}  # fmt: skip
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_OPENERS = {"since": "since", "after": "after", "before": "before", "until": "until", "till": "until"}


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """A period.

    kind `range`: `start` <= date < `end` (either may be open). kind `relative`: `count` whole `unit`s that end
    with the data's last date (`which` = last), the one it lies in (this), or the one before (previous).
    kind `part`: the date's `part` is one of `parts`; a year may narrow it (`start`, `end` then hold it).
    """

    kind: str
    label: str
    start: dt.date | None = None
    end: dt.date | None = None
    unit: TimeUnit | None = None
    count: int = 1
    which: str = ""
    part: DatePart | None = None
    parts: tuple[int, ...] = ()


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the first day of the month that lies `months` after the month of `day`."""
    index = day.year * 12 + day.month - 1 + months
    return dt.date(index // 12, index % 12 + 1, 1)


def unit_start(day: dt.date, unit: TimeUnit) -> dt.date:
    """Return the first day of the calendar unit that `day` lies in (weeks start on Monday)."""
    if unit is TimeUnit.WEEK:
        return day - dt.timedelta(days=day.weekday())
    if unit is TimeUnit.MONTH:
        return day.replace(day=1)
    if unit is TimeUnit.QUARTER:
        return dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    if unit is TimeUnit.YEAR:
        return dt.date(day.year, 1, 1)
    return day


def shift(day: dt.date, unit: TimeUnit, count: int) -> dt.date:
    """Return `day` moved by `count` units; months keep the day of month where it exists."""
    if unit is TimeUnit.DAY:
        return day + dt.timedelta(days=count)
    if unit is TimeUnit.WEEK:
        return day + dt.timedelta(weeks=count)
    months = count * {TimeUnit.MONTH: 1, TimeUnit.QUARTER: 3, TimeUnit.YEAR: 12}.get(unit, 0)
    first = add_months(day, months)
    return first.replace(day=min(day.day, calendar.monthrange(first.year, first.month)[1]))


def resolve(span: TimeSpan, last: dt.date) -> TimeSpan:
    """Turn a relative period into a range of dates, counted back from the data's `last` date."""
    if span.kind != "relative" or span.unit is None:
        return span
    unit = span.unit
    here = unit_start(last, unit)
    if span.which == "this":
        start, end = here, shift(here, unit, 1)
    elif span.which == "previous":
        start, end = shift(here, unit, -span.count), here
    elif span.which == "to_date":
        start, end = here, last + dt.timedelta(days=1)
    else:
        end = last + dt.timedelta(days=1)
        start = shift(end, unit, -span.count)
    return TimeSpan("range", span.label, start, end, unit)


def _year(token: Token) -> int | None:
    if token.kind in ("number", "word") and len(token.norm) == 4 and token.norm.isdigit():
        value = int(token.norm)
        return value if 1500 <= value <= 2150 else None
    return None


def _range_of_year(year: int) -> tuple[dt.date, dt.date]:
    return dt.date(year, 1, 1), dt.date(year + 1, 1, 1)


class _Reader:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens

    def word(self, i: int) -> str:
        return self.tokens[i].norm if 0 <= i < len(self.tokens) else ""

    def point(self, i: int) -> tuple[int, TimeSpan] | None:
        """One period with no opener: a day, month, quarter, season, half, year or decade."""
        if i >= len(self.tokens):
            return None
        readers = (
            self._day,
            self._weekday,
            self._quarter,
            self._season,
            self._month,
            self._decade,
            self._plain_year,
        )
        found = [hit for reader in readers if (hit := reader(i)) is not None]
        return max(found, key=lambda hit: hit[0]) if found else None

    def _skip(self, i: int, *words: str) -> int:
        while self.word(i) in words:
            i += 1
        return i

    def _trailing_year(self, i: int) -> tuple[int, int] | None:
        j = self._skip(i, "of", "in", "the", "year", ",")
        if j < len(self.tokens) and (year := _year(self.tokens[j])) is not None:
            return j + 1, year
        return None

    def _day(self, i: int) -> tuple[int, TimeSpan] | None:
        token = self.tokens[i]
        if token.kind == "date":
            day = _parse_date(token.norm)
            return (
                (i + 1, TimeSpan("range", day.isoformat(), day, day + dt.timedelta(days=1), TimeUnit.DAY))
                if day
                else None
            )
        month, day_number, j = None, None, i
        if token.norm in MONTHS:
            month, day_number, j = MONTHS[token.norm], _day_number(self.word(i + 1)), i + 2
        elif _day_number(token.norm) and self.word(self._skip(i + 1, "of")) in MONTHS:
            k = self._skip(i + 1, "of")
            month, day_number, j = MONTHS[self.word(k)], _day_number(token.norm), k + 1
        if month is None or day_number is None:
            return None
        year = self._trailing_year(j)
        if year is None:
            return None
        try:
            day = dt.date(year[1], month, day_number)
        except ValueError:
            return None
        return year[0], TimeSpan("range", day.isoformat(), day, day + dt.timedelta(days=1), TimeUnit.DAY)

    def _weekday(self, i: int) -> tuple[int, TimeSpan] | None:
        word = self.word(i)
        if word in ("weekend", "weekends"):
            return i + 1, TimeSpan("part", "weekends", part=DatePart.WEEKDAY, parts=(6, 7))
        day = WEEKDAYS.get(word) or WEEKDAYS.get(word.removesuffix("s"))
        if day is None:
            return None
        return i + 1, TimeSpan("part", calendar.day_name[day - 1], part=DatePart.WEEKDAY, parts=(day,))

    def _month(self, i: int) -> tuple[int, TimeSpan] | None:
        month = MONTHS.get(self.word(i))
        if month is None or (self.word(i) in ("may", "mar", "sat") and not self._may_is_month(i)):
            return None
        name = calendar.month_name[month]
        if year := self._trailing_year(i + 1):
            start = dt.date(year[1], month, 1)
            return year[0], TimeSpan(
                "range", f"{name} {year[1]}", start, add_months(start, 1), TimeUnit.MONTH
            )
        return i + 1, TimeSpan("part", name, part=DatePart.MONTH, parts=(month,))

    def _may_is_month(self, i: int) -> bool:
        return self.word(i - 1) in (
            "in",
            "of",
            "during",
            "since",
            "before",
            "after",
            "to",
            "and",
            "for",
            "month",
            "from",
        ) or (i + 1 < len(self.tokens) and _year(self.tokens[i + 1]) is not None)

    def _quarter(self, i: int) -> tuple[int, TimeSpan] | None:
        word, quarter, j = self.word(i), None, i + 1
        if len(word) == 2 and word[0] == "q" and word[1] in "1234":
            quarter = int(word[1])
        elif word in _ORDINALS and self.word(i + 1) in ("quarter", "half"):
            quarter, j = _ORDINALS[word], i + 2
        if quarter is None or quarter > 4:
            return None
        half = self.word(i + 1) == "half"
        months = 6 if half else 3
        label = f"{'H' if half else 'Q'}{quarter}"
        if year := self._trailing_year(j):
            start = dt.date(year[1], 1, 1)
            start = add_months(start, (quarter - 1) * months)
            return year[0], TimeSpan(
                "range", f"{label} {year[1]}", start, add_months(start, months), TimeUnit.QUARTER
            )
        if half:
            parts = tuple(range(1, 7)) if quarter == 1 else tuple(range(7, 13))
            return j, TimeSpan("part", f"{label}", part=DatePart.MONTH, parts=parts)
        return j, TimeSpan("part", label, part=DatePart.QUARTER, parts=(quarter,))

    def _season(self, i: int) -> tuple[int, TimeSpan] | None:
        months = SEASONS.get(self.word(i))
        if months is None:
            return None
        j = self._skip(i + 1, "month", "months", "season")
        name = self.word(i)
        if year := self._trailing_year(j):
            start, end = _range_of_year(year[1])
            return year[0], TimeSpan(
                "part", f"{name} {year[1]}", start, end, part=DatePart.MONTH, parts=months
            )
        if (
            j == i + 1
            and name in ("fall", "spring")
            and self.word(i - 1) not in ("in", "during", "the", "each", "every")
        ):
            return None
        return j, TimeSpan("part", name, part=DatePart.MONTH, parts=months)

    def _decade(self, i: int) -> tuple[int, TimeSpan] | None:
        word = self.word(i)
        if len(word) == 5 and word[:4].isdigit() and word.endswith("0s") and 1500 <= int(word[:4]) <= 2150:
            year = int(word[:4])
            return i + 1, TimeSpan(
                "range", f"the {year}s", dt.date(year, 1, 1), dt.date(year + 10, 1, 1), TimeUnit.YEAR
            )
        return None

    def _plain_year(self, i: int) -> tuple[int, TimeSpan] | None:
        j = i
        if self.word(i) in ("year", "calendar"):
            j = self._skip(i, "year", "calendar", "of")
        year = _year(self.tokens[j]) if j < len(self.tokens) else None
        if year is None:
            return None
        start, end = _range_of_year(year)
        return j + 1, TimeSpan("range", str(year), start, end, TimeUnit.YEAR)

    def relative(self, i: int) -> tuple[int, TimeSpan] | None:
        word = self.word(i)
        days = {"today": 0, "yesterday": 1}
        if word in days:
            which = "this" if word == "today" else "previous"
            return i + 1, TimeSpan("relative", word, unit=TimeUnit.DAY, which=which)
        for phrase, period in (("ytd", TimeUnit.YEAR), ("mtd", TimeUnit.MONTH), ("qtd", TimeUnit.QUARTER)):
            if word == phrase:
                return i + 1, TimeSpan("relative", f"{period.value} to date", unit=period, which="to_date")
        if word in ("year", "month", "quarter") and self.word(i + 1) == "to" and self.word(i + 2) == "date":
            return i + 3, TimeSpan("relative", f"{word} to date", unit=UNITS[word], which="to_date")
        j = self._skip(i, "the")
        if self.word(j) == "most" and self.word(j + 1) == "recent":
            j += 1
        which = self.word(j)
        if which not in ("last", "past", "previous", "this", "current", "recent", "latest", "prior"):
            return None
        j = self._skip(j + 1, "full", "most")
        count = _count(self.word(j))
        counted = count is not None
        j += counted
        found = UNITS.get(self.word(j).rstrip("s"))
        if found is None or found is TimeUnit.HOUR:
            return None
        unit = found
        number = count or 1
        label = (
            f"the last {number} {unit.value}s"
            if counted
            else f"{'the most recent' if which == 'recent' else which} {unit.value}"
        )
        if which in ("this", "current", "latest") or (which == "recent" and not counted):
            return j + 1, TimeSpan("relative", label, unit=unit, which="this")
        kind = "last" if counted or which == "past" else "previous"
        return j + 1, TimeSpan("relative", label, unit=unit, count=number, which=kind)

    def between(self, i: int) -> tuple[int, TimeSpan] | None:
        """`from A to B`, `between A and B`, `A to B`, `A - B`: both ends included."""
        j = self._skip(i, "from", "between", "the", "years", "year", "period")
        first = self.point(j)
        if first is None:
            return None
        k = first[0]
        middle = self.word(k)
        opened = self.word(i) in ("from", "between")
        if middle not in ("to", "until", "through", "till", "-") and not (
            middle == "and" and self.word(i) == "between"
        ):
            return None
        if not opened and middle not in ("to", "through", "-"):
            return None
        second = self.point(self._skip(k + 1, "the", "year", "end", "of"))
        if second is None:
            return None
        a, b = first[1], second[1]
        if a.kind == "part" and b.kind == "range" and a.part is DatePart.MONTH and b.start is not None:
            start = dt.date(b.start.year, a.parts[0], 1)
            a = TimeSpan("range", a.label, start, add_months(start, 1), TimeUnit.MONTH)
        if a.kind == b.kind == "part" and a.part == b.part and a.parts and b.parts:
            parts = tuple(range(a.parts[0], b.parts[-1] + 1)) or a.parts + b.parts
            return second[0], replace(a, label=f"{a.label} to {b.label}", parts=parts)
        if a.kind != "range" or b.kind != "range" or a.start is None or b.end is None or a.start >= b.end:
            return None
        return second[0], TimeSpan("range", f"{a.label} to {b.label}", a.start, b.end, a.unit)

    def opened(self, i: int) -> tuple[int, TimeSpan] | None:
        """`since 2021`, `after March 2020`, `before 2019`, `2015 or later`."""
        word = self.word(i)
        if word in ("prior", "later", "earlier") and self.word(i + 1) in ("to", "than"):
            word, i = ("after" if word == "later" else "before"), i + 1
        if word in ("starting", "beginning") and self.word(i + 1) in ("in", "from"):
            word, i = "since", i + 1
        kind = _OPENERS.get(word)
        if kind is None:
            return None
        hit = self.point(self._skip(i + 1, "the", "start", "end", "of", "year"))
        if hit is None or hit[1].kind != "range":
            return None
        span = hit[1]
        if kind == "since":
            made = TimeSpan("range", f"since {span.label}", span.start, None, span.unit)
        elif kind == "after":
            made = TimeSpan("range", f"after {span.label}", span.end, None, span.unit)
        elif kind == "before":
            made = TimeSpan("range", f"before {span.label}", None, span.start, span.unit)
        else:
            made = TimeSpan("range", f"until {span.label}", None, span.end, span.unit)
        return hit[0], made


def read_time(tokens: list[Token], i: int) -> tuple[int, TimeSpan] | None:
    """Read the longest period that starts at token `i`; returns (the token after it, the period)."""
    reader = _Reader(tokens)
    found = [
        hit for read in (reader.between, reader.opened, reader.relative, reader.point) if (hit := read(i))
    ]
    if not found:
        return None
    end, span = max(found, key=lambda hit: hit[0])
    if span.kind == "range" and span.end and span.start and reader.word(end) == "or":
        if reader.word(end + 1) in ("later", "after", "newer"):
            return end + 2, TimeSpan("range", f"since {span.label}", span.start, None, span.unit)
        if reader.word(end + 1) in ("earlier", "before", "older"):
            return end + 2, TimeSpan("range", f"until {span.label}", None, span.end, span.unit)
    return end, span


def _count(word: str) -> int | None:
    if word.isdigit() and len(word) <= 3:
        return int(word)
    return _SMALL.get(word)


def _day_number(word: str) -> int | None:
    digits = word.removesuffix("st").removesuffix("nd").removesuffix("rd").removesuffix("th")
    return int(digits) if digits.isdigit() and 1 <= int(digits) <= 31 else None


def _parse_date(text: str) -> dt.date | None:
    try:
        if "-" in text:
            year, month, day = (int(part) for part in text.split("-"))
        else:
            first, second, year = (int(part) for part in text.split("/"))
            month, day = (second, first) if first > 12 else (first, second)
        return dt.date(year, month, day)
    except ValueError:
        return None
