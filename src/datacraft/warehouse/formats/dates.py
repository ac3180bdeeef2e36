"""Dates and times in any one consistent notation, as strptime formats."""

from __future__ import annotations

import re
from collections.abc import Collection

from datacraft.contracts.semantic import ColumnType
from datacraft.warehouse.formats.format import Format
from datacraft.warehouse.loading.quoting import literal, literals

_D, _Y4, _Y2, _NAME = "[0-9]{1,2}", "[0-9]{4}", "[0-9]{2}", "[A-Za-z]{3,9}"
_CLOCK = r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?"
_TIME = rf"((T| +){_CLOCK}( ?[AaPp][Mm])?)?"
_HAS_TIME = re.compile(rf"(T| +){_CLOCK}( ?[AaPp][Mm])?$")
_DATE_WORD = re.compile(r"date|day|dt\b|time|when|period|month|on\b|at\b|since|birth|dob", re.IGNORECASE)
_MONTHS = "(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"

ISO = Format(
    "date",
    ColumnType.TIMESTAMP,
    "2021-12-31",
    rf"{_Y4}-{_D}-{_D}((T| ){_CLOCK})?",
    "TRY_CAST({v} AS TIMESTAMP)",
)
ISO_ZONED = Format(
    "date",
    ColumnType.TIMESTAMP,
    "2021-12-31T23:59:59+01:00, stored in UTC",
    rf"{_Y4}-{_D}-{_D}(T| ){_CLOCK} ?(Z|[-+][0-9]{{2}}(:?[0-9]{{2}})?)",
    "(TRY_CAST({v} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')",
)
CLOCK = Format("time", ColumnType.TIME, "23:59", _CLOCK, "TRY_CAST({v} AS TIME)")
CLOCK_12 = Format(
    "time",
    ColumnType.TIME,
    "11:59 PM",
    rf"{_CLOCK} ?[AaPp][Mm]",
    "CAST(try_strptime({v}, ['%I:%M %p', '%I:%M:%S %p', '%I:%M%p', '%I:%M:%S%p']) AS TIME)",
)


def date_formats(values: Collection[str], header: str) -> list[Format]:
    """Return the date notations that could fit; compact ones (20211231) only under a header that says date."""
    times = _time_suffixes(values)
    formats = [ISO, ISO_ZONED]
    for separator in "/-. ":
        formats += _numeric(separator, times)
    formats += _named(times)
    formats += _months(values)
    if _DATE_WORD.search(header):
        formats.append(
            _dated("20211231", "(19|20)[0-9]{2}(0[1-9]|1[0-2])([0-2][0-9]|3[01])", ["%Y%m%d"], times)
        )
    if not re.search(r"duration|length|elapsed|pace", header, re.IGNORECASE):
        formats += [CLOCK, CLOCK_12]
    return formats


def _time_suffixes(values: Collection[str]) -> list[str]:
    """Return strptime formats of the clock times after dates, the ones in `values` first."""
    shapes: dict[str, None] = {}
    for value in values:
        found = _HAS_TIME.search(value)
        if found is None:
            shapes[""] = None
            continue
        text = found.group(0)
        clock = "%H:%M" + (":%S" if text.count(":") == 2 else "") + (".%f" if "." in text else "")
        if found.group(4):
            clock = clock.replace("%H", "%I") + (" %p" if " " in text.strip() else "%p")
        shapes[("T" if text.startswith("T") else " ") + clock] = None
    for usual in ("", " %H:%M", " %H:%M:%S"):
        shapes[usual] = None
    return list(shapes)


def _dated(
    label: str,
    pattern: str,
    dates: list[str],
    times: list[str],
    *,
    rival: str | None = None,
    european: bool | None = None,
) -> Format:
    formats = [date + time for time in times for date in dates]
    return Format(
        "date",
        ColumnType.TIMESTAMP,
        label,
        pattern + _TIME,
        f"try_strptime({{v}}, [{literals(formats)}])"
        if len(formats) > 1
        else f"try_strptime({{v}}, {literal(formats[0])})",
        rival=rival,
        european=european,
    )


def _numeric(s: str, times: list[str]) -> list[Format]:
    """Day, month and year as numbers around the separator `s`."""
    e = re.escape(s)
    formats = []
    if s != "-":  # ISO has that one
        formats.append(_dated(f"2021{s}12{s}31", f"{_Y4}{e}{_D}{e}{_D}", [f"%Y{s}%m{s}%d"], times))
    for year, code, digits in ((_Y4, "%Y", "2021"), (_Y2, "%y", "21")):
        month_first, day_first = f"12{s}31{s}{digits}, month first", f"31{s}12{s}{digits}, day first"
        shape = f"{_D}{e}{_D}{e}{year}"
        first = _dated(month_first, shape, [f"%m{s}%d{s}{code}"], times, rival=day_first, european=False)
        second = _dated(day_first, shape, [f"%d{s}%m{s}{code}"], times, rival=month_first, european=True)
        # Dots are written by people who put the day first.
        formats += [second, first] if s == "." else [first, second]
    return formats


def _named(times: list[str]) -> list[Format]:
    """Dates with the month's English name, short or long, perhaps after a weekday."""
    formats = []
    for s in (" ", "-", "/", ""):
        for year, code, digits in ((_Y4, "%Y", "2021"), (_Y2, "%y", "21")):
            dates = [f"%d{s}{month}{s}{code}" for month in ("%b", "%B")]
            formats.append(_dated(f"31{s}Dec{s}{digits}", f"{_D}{s}{_NAME}{s}{year}", dates, times))
    formats.append(_dated("2021-Dec-31", f"{_Y4}-{_NAME}-{_D}", ["%Y-%b-%d", "%Y-%B-%d"], times))
    for dot in ("", "[.]"):
        for comma in (",", ""):
            mark = "." if dot else ""
            dates = [f"{month}{mark} %d{comma} %Y" for month in ("%b", "%B")]
            formats.append(
                _dated(f"Dec{mark} 31{comma} 2021", f"{_NAME}{dot} {_D}{comma} {_Y4}", dates, times)
            )
    for weekday, long in (("%a", False), ("%A", True)):
        day = "Friday" if long else "Fri"
        formats.append(
            _dated(
                f"{day}, 31 Dec 2021",
                f"{_NAME}, {_D} {_NAME} {_Y4}",
                [f"{weekday}, %d {m} %Y" for m in ("%b", "%B")],
                times,
            )
        )
        formats.append(
            _dated(
                f"{day}, Dec 31, 2021",
                f"{_NAME}, {_NAME} {_D}, {_Y4}",
                [f"{weekday}, {m} %d, %Y" for m in ("%b", "%B")],
                times,
            )
        )
    return formats


def _months(values: Collection[str]) -> list[Format]:
    """Months without a day, stored as their first day. "Mar-21" stays text: it may be a day."""
    del values
    whole = "the month's first day"
    return [
        Format("date", ColumnType.DATE, f"2021-12, {whole}", "(19|20)[0-9]{2}-(0[1-9]|1[0-2])",
               "CAST(try_strptime({v}, '%Y-%m') AS DATE)"),
        Format("date", ColumnType.DATE, f"12/2021, {whole}", "(0?[1-9]|1[0-2])/(19|20)[0-9]{2}",
               "CAST(try_strptime({v}, '%m/%Y') AS DATE)"),
        Format("date", ColumnType.DATE, f"Dec 2021, {whole}", rf"{_MONTHS}[a-z]*[ -]{_Y4}",
               "CAST(try_strptime({v}, ['%b %Y', '%B %Y', '%b-%Y', '%B-%Y']) AS DATE)"),
    ]  # fmt: skip
