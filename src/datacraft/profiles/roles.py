"""What a column is for: its role, unit and default aggregation, decided from its name and measurements."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from datacraft.contracts.semantic import ColumnType, DefaultAggregation, Role
from datacraft.profiles.date_parts import TimePart, time_part
from datacraft.profiles.facts import ColumnFacts, Value
from datacraft.profiles.private_values import private_kind
from datacraft.profiles.vocabulary import (
    AVERAGED_ALWAYS,
    AVERAGED_UNLESS_TOTAL,
    COUNT_WORDS,
    CURRENCIES,
    DURATION_WORDS,
    FLAG_STARTS,
    FLAG_WORDS,
    FREE_TEXT_WORDS,
    NAME_WORDS,
    NUMBERED_THINGS,
    ORDINAL_WORDS,
    PHONE_WORDS,
    POSTAL_WORDS,
    SENSITIVE_WORDS,
    TOTAL_WORDS,
    UNITS,
)

_TRUE = {"yes", "y", "true", "t", "1"}
_FALSE = {"no", "n", "false", "f", "0"}
_CODE_LIKE = re.compile(r"(?=[^\s]*\d)[^\s]{3,40}")
_LONG_TEXT = 60.0
_LAST_SCHOOL_YEAR = 20
_MANY = 100  # different numbers; a count of things has fewer, or leaves some out


@dataclass(frozen=True, slots=True)
class Reading:
    """What a column is for."""

    role: Role
    aggregation: DefaultAggregation = DefaultAggregation.NONE
    unit: str | None = None
    time_part: TimePart | None = None
    true_values: list[Value] = field(default_factory=list)
    sensitive: bool = False


def read_column(column: ColumnFacts) -> Reading:
    """Decide a column's role, unit and aggregation from itself alone; joins may later make it an id."""
    sensitive = is_sensitive(column)
    if column.type in {ColumnType.DATE, ColumnType.TIMESTAMP, ColumnType.TIME}:
        return Reading(Role.TIME, sensitive=sensitive)
    if column.type is ColumnType.OTHER:
        return Reading(Role.TEXT, sensitive=sensitive)
    true_values = flag_values(column)
    if true_values is not None:
        return Reading(Role.FLAG, true_values=true_values)
    part = time_part(column)
    if part is not None:
        return Reading(Role.DIMENSION, time_part=part)
    role = _number_role(column) if column.type is not ColumnType.TEXT else _text_role(column)
    if role is Role.ID:
        return Reading(role, DefaultAggregation.COUNT_DISTINCT, sensitive=sensitive)
    if role is Role.MEASURE:
        return Reading(role, default_aggregation(column), unit_of(column), sensitive=sensitive)
    return Reading(role, sensitive=sensitive)


def flag_values(column: ColumnFacts) -> list[Value] | None:
    """Return the values that mean yes where the column is a flag, else None."""
    if column.type is ColumnType.BOOLEAN:
        return [True]
    stem = column.words.stem
    named = stem[0] in FLAG_STARTS or stem[-1] in FLAG_WORDS or stem[-1] == "flag"
    values = [value for value, _ in column.values]
    if not values or not column.values_complete or len(values) > 2:
        return None
    spelled = {str(value).strip().casefold() for value in values}
    if not spelled <= _TRUE | _FALSE:
        return None
    if column.type is not ColumnType.TEXT:
        counted = bool(set(stem) & COUNT_WORDS) or column.words.raw[-1] != stem[-1]  # "likes": plural
        enough = named or (spelled == {"0", "1"} and not counted and column.filled > 2)
        if not enough or not set(values) <= {0, 1}:
            return None
    elif not named and len(spelled) == 1 and not spelled & {"yes", "no", "true", "false"}:
        return None
    if not named and stem[-1] in {"type", "code", "class", "category", "status", "level", "group", "kind"}:
        return None
    if spelled in ({"y", "t"}, {"n", "f"}, {"t", "n"}, {"y", "f"}):
        return None
    return [value for value in values if str(value).strip().casefold() in _TRUE]


def is_sensitive(column: ColumnFacts) -> bool:
    """Say whether the column holds addresses of persons, numbers of theirs, or secrets."""
    if set(column.words.stem) & SENSITIVE_WORDS and column.words.stem[-1] not in {"count", "total"}:
        return True
    if column.type not in {ColumnType.TEXT, ColumnType.INTEGER}:
        return False
    return private_kind(column.sample or [value for value, _ in column.values]) is not None


def _number_role(column: ColumnFacts) -> Role:
    words = column.words
    stem = set(words.stem)
    if words.is_identifier or stem & PHONE_WORDS:
        return Role.ID
    if stem & POSTAL_WORDS:
        return Role.DIMENSION
    whole = column.type is ColumnType.INTEGER
    if words.is_code and whole:
        return Role.ID if column.looks_unique else Role.DIMENSION
    if whole and words.is_number:
        return _numbered_role(column)
    if (
        whole
        and words.stem[-1] in ORDINAL_WORDS
        and not stem & COUNT_WORDS
        and words.raw[-1] == words.stem[-1]
        and not _is_mark(column)
    ):
        return Role.DIMENSION
    if whole and _counts_the_rows(column):
        return Role.ID
    return Role.MEASURE


def _is_mark(column: ColumnFacts) -> bool:
    """A grade beyond any school year is a mark out of a hundred."""
    return (
        column.words.stem[-1] == "grade"
        and isinstance(column.maximum, int)
        and column.maximum > _LAST_SCHOOL_YEAR
    )


def _numbered_role(column: ColumnFacts) -> Role:
    """Tell a number that names a thing (room number) from one that counts things (citation number)."""
    words = column.words
    if column.looks_unique:
        return Role.ID
    if len(words.stem) == 1 or words.stem[-2] in NUMBERED_THINGS:
        return Role.DIMENSION
    return Role.ID if _runs_on(column) else Role.MEASURE


def _runs_on(column: ColumnFacts) -> bool:
    """Hardly a number is left out between a high first and the last: `receipt_no`, not a count of anything."""
    low, high = column.minimum, column.maximum
    if not isinstance(low, int) or not isinstance(high, int) or column.distinct < _MANY:
        return False
    return high - low + 1 <= 1.5 * column.distinct


def _counts_the_rows(column: ColumnFacts) -> bool:
    """A first column that runs from 0 or 1 without a gap, whatever it is called, numbers the rows."""
    if column.position or not column.looks_unique or not isinstance(column.maximum, int) or column.rows < 3:
        return False
    return column.minimum in {0, 1} and column.maximum - int(column.minimum or 0) == column.rows - 1


def _text_role(column: ColumnFacts) -> Role:
    words = column.words
    stem = set(words.stem)
    if stem & PHONE_WORDS or words.stem[-1] in FREE_TEXT_WORDS or column.mean_length > _LONG_TEXT:
        return Role.TEXT
    if words.is_identifier:
        return Role.ID
    if words.is_code or words.is_number:
        return Role.ID if column.looks_unique else Role.DIMENSION
    texts = [value for value, _ in column.values[:30] if isinstance(value, str)]
    coded = len(texts) > 2 and all(_CODE_LIKE.fullmatch(text) for text in texts)
    if column.looks_unique and coded and words.stem[-1] not in NAME_WORDS:
        return Role.ID
    if stem & POSTAL_WORDS:
        return Role.DIMENSION
    return Role.DIMENSION


def default_aggregation(column: ColumnFacts) -> DefaultAggregation:
    """Sum amounts, quantities and counts; average what would mean nothing added up."""
    stem = column.words.stem
    words = set(stem) | set(column.words.words)
    counted = stem[-1] in {"count", "quantity"} or (stem[0] in {"number", "count"} and len(stem) > 1)
    if counted and not words & {"average", "mean", "median"}:
        return DefaultAggregation.SUM
    if words & AVERAGED_ALWAYS:
        return DefaultAggregation.AVG
    if stem[-1] in {"cost", "fee", "charge"} and words & {"unit", "each", "standard"}:
        return DefaultAggregation.AVG
    if words & AVERAGED_UNLESS_TOTAL and not words & TOTAL_WORDS:
        return DefaultAggregation.AVG
    if words & {"discount", "tax", "vat", "commission"} and is_fraction(column):
        return DefaultAggregation.AVG
    return DefaultAggregation.SUM


def is_fraction(column: ColumnFacts) -> bool:
    """Say whether all numbers lie in 0 to 1 and not all are whole."""
    low, high = column.minimum, column.maximum
    if column.type is not ColumnType.NUMBER or isinstance(low, str | None) or isinstance(high, str | None):
        return False
    return (
        low >= 0
        and high <= 1
        and not all(float(value) in {0.0, 1.0} for value, _ in column.values or [(0.5, 1)])
    )


def unit_of(column: ColumnFacts) -> str | None:
    """Return the unit that the name says: "USD", "kg", "%" for fractions, "percent" for points of 100."""
    words = column.words
    for word in (*words.raw, *words.words):
        if word in CURRENCIES:
            return CURRENCIES[word]
    if {"percent", "percentage"} & set(words.stem):
        high = column.maximum
        return "%" if isinstance(high, int | float) and high <= 1.5 else "percent"
    if {"rate", "ratio", "discount", "margin", "share"} & set(words.stem) and is_fraction(column):
        return "%"
    if words.stem[-1] == "age" or (words.stem[0] == "age" and len(words.stem) == 1):
        return "years"
    if words.raw[-1] in {"min", "hr", "hrs", "sec"} and set(words.raw[:-1]) & DURATION_WORDS:
        return {"min": "minutes", "sec": "seconds"}.get(words.raw[-1], "hours")
    if "per" in words.raw:
        return None
    for word in reversed(words.raw):
        if word in UNITS and not (word == "day" and len(words.raw) == 1):
            return UNITS[word]
    return None
