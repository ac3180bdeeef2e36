"""Values as a person reads them: thousands separators, currencies, percentages, dates by their grain.

A number is rounded only here, and only for showing; rows keep what the warehouse returned.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass

from datacraft.contracts.answer import Cell
from datacraft.contracts.plan import DatePart, TimeUnit

_SYMBOLS = {
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "¥",
    "CNY": "CN¥",
    "INR": "₹",
    "KRW": "₩",
    "BRL": "R$",
    "CAD": "CA$",
    "AUD": "A$",
    "MXN": "MX$",
    "ILS": "₪",
    "VND": "₫",
    "UAH": "₴",
    "TRY": "₺",
    "NGN": "₦",
    "PHP": "₱",
}
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NAMED_PARTS = {DatePart.MONTH: _MONTHS, DatePart.WEEKDAY: _WEEKDAYS}
PART_NAMES = {DatePart.MONTH_NAME: _MONTHS, DatePart.WEEKDAY_NAME: _WEEKDAYS}
_ROUND_FROM = 1_000  # from here on, decimals say nothing
MISSING = "no value"
YEAR = "year"  # the unit of a number that is a calendar year: 2023, never 2,023


@dataclass(frozen=True, slots=True)
class UnitStyle:
    """How a unit is written around a number: `$1`, `1 kg`, `1%`."""

    prefix: str = ""
    suffix: str = ""
    percent: bool = False

    @property
    def money(self) -> bool:
        """Whether the unit is a currency with a symbol."""
        return bool(self.prefix)


def unit_style(unit: str | None) -> UnitStyle:
    """Return how `unit` is written: an ISO 4217 code or symbol, "%" (0.2 reads 20%), or a plain word."""
    if not unit:
        return UnitStyle()
    if unit == "%":
        return UnitStyle(suffix="%", percent=True)
    if unit in _SYMBOLS:
        return UnitStyle(prefix=_SYMBOLS[unit])
    if unit in _SYMBOLS.values():
        return UnitStyle(prefix=unit)
    return UnitStyle(suffix=unit if unit.startswith("°") else f" {unit}")


def format_number(value: float, unit: str | None = None) -> str:
    """Return a number with its unit, rounded for reading."""
    return _dressed(value, unit_style(unit), _rounded)


def format_exact(value: float, unit: str | None = None) -> str:
    """Return a number with its unit and every digit; for numbers that a person gave, as in a filter."""
    return _dressed(value, unit_style(unit), lambda number, _: _all_digits(number))


def format_cell(value: Cell, *, unit: str | None = None, grain: TimeUnit | None = None) -> str:
    """Return a result's value as text.

    Args:
        value: of any type that a result may hold.
        unit: of a number.
        grain: the calendar unit that a date was cut to.
    """
    match value:
        case None:
            return MISSING
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return str(value) if unit == YEAR else format_number(value, unit)
        case dt.datetime() | dt.date():
            return format_moment(value, grain)
        case dt.time():
            return value.isoformat(timespec="minutes" if value.second == 0 else "seconds")
        case _:
            return str(value)


def format_moment(value: dt.date, grain: TimeUnit | None = None) -> str:
    """Return a date or a moment as text: "2023", "Q1 2023", "January 2023", "the week of 2023-01-02", ..."""
    match grain:
        case TimeUnit.YEAR:
            return f"{value.year}"
        case TimeUnit.QUARTER:
            return f"Q{(value.month + 2) // 3} {value.year}"
        case TimeUnit.MONTH:
            return f"{value:%B} {value.year}"
        case TimeUnit.WEEK:
            return f"the week of {_day(value)}"
        case TimeUnit.DAY:
            return _day(value)
        case _:
            pass
    if not isinstance(value, dt.datetime) or (grain is None and _is_midnight(value)):
        return _day(value)
    if grain is TimeUnit.HOUR or value.second == 0:
        return f"{_day(value)} {value:%H:%M}"
    return f"{_day(value)} {value:%H:%M:%S}"


def part_name(part: DatePart, number: int) -> str | None:
    """Return the name of a month or an ISO weekday; None for other parts and numbers."""
    names = _NAMED_PARTS.get(part, ())
    return names[number - 1] if 1 <= number <= len(names) else None


def _day(value: dt.date) -> str:
    return f"{value.year:04d}-{value.month:02d}-{value.day:02d}"


def _is_midnight(value: dt.datetime) -> bool:
    return value.time() == dt.time()


def _dressed(value: float, style: UnitStyle, write: Callable[[float, UnitStyle], str]) -> str:
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else ("∞" if value > 0 else "-∞")
    number = value * 100 if style.percent else value
    text = write(abs(number), style)
    sign = "-" if number < 0 and text.strip("0.,") else ""
    return f"{sign}{style.prefix}{text}{style.suffix}"


def _rounded(number: float, style: UnitStyle) -> str:
    if isinstance(number, int) or number >= _ROUND_FROM:
        return f"{number:,.0f}"
    if style.percent and number >= 1:
        return f"{number:.1f}"
    if style.money and number >= 0.01:
        return f"{number:.2f}"
    if number >= 1:
        return f"{number:.2f}".rstrip("0").rstrip(".")
    return f"{number:.3g}"  # 0.0123, 4.56e-07


def _all_digits(number: float) -> str:
    if isinstance(number, int) or (number == int(number) and number < 1e15):
        return f"{int(number):,}"
    text = f"{number:.12g}"  # 0.07 * 100 is 7.000000000000001
    whole, point, rest = text.partition(".")
    return f"{int(whole):,}{point}{rest}" if "e" not in text else text
