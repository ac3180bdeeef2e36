"""Values of results in one form, whatever form the warehouse returned them in."""

from __future__ import annotations

import datetime as dt
import math
import re
import uuid
from collections.abc import Hashable
from decimal import Decimal

_ISO_TIME = re.compile(r"\d{4}-\d{2}(-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}(:?\d{2})?)?)?)?")


def canonical(value: object) -> Hashable:
    """Return a value's canonical form: a number as a float, anything else as (kind, value)."""
    if value is None:
        return ("none",)
    if isinstance(value, (bool, int, float, Decimal)):
        return _number(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dt.datetime):
        return ("time", _without_zone(value))
    if isinstance(value, dt.date):
        return ("time", dt.datetime(value.year, value.month, value.day))
    if isinstance(value, dt.timedelta):
        return ("duration", round(value.total_seconds(), 6))
    if isinstance(value, (list, tuple)):
        return ("list", tuple(_rounded(canonical(item)) for item in value))
    if isinstance(value, dict):
        return ("map", tuple((key, _rounded(canonical(item))) for key, item in value.items()))
    if isinstance(value, uuid.UUID):
        return ("text", str(value))
    return ("other", type(value).__name__, str(value))


def _number(value: bool | int | float | Decimal) -> Hashable:
    try:
        number = float(value)
    except OverflowError:  # an integer beyond 1e308; still comparable with its like
        return ("text", str(value))
    return ("nan",) if math.isnan(number) else number + 0.0  # -0.0 becomes 0.0


def _text(value: str) -> Hashable:
    if _ISO_TIME.fullmatch(value):
        try:
            return ("time", _without_zone(dt.datetime.fromisoformat(value + "-01" * (len(value) == 7))))
        except ValueError:  # looks like a date, such as 2021-02-31; then it is text
            return ("text", value)
    return ("text", value)


def _without_zone(value: dt.datetime) -> dt.datetime:
    return value if value.tzinfo is None else value.astimezone(dt.UTC).replace(tzinfo=None)


def _rounded(value: Hashable) -> Hashable:
    """Return a number inside a list with nine digits; tolerance is not carried into lists."""
    return float(f"{value:.9g}") if isinstance(value, float) else value


def close(a: Hashable, b: Hashable, tolerance: float) -> bool:
    """Tell whether two canonical values are equal: numbers to a relative `tolerance`."""
    if isinstance(a, float) and isinstance(b, float):
        return a == b or abs(a - b) <= tolerance * max(abs(a), abs(b)) < math.inf
    return a == b
