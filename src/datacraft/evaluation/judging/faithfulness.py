"""Whether a sentence says only what result and query hold: its numbers, and the query's filters."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from datacraft.contracts.answer import Answer, Cell

_NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?%?", re.IGNORECASE)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_SCALES = {"thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9}


def unfaithful_part(answer: Answer, dialect: str) -> str | None:
    """Return the first thing that the answer's sentence states wrongly or leaves out; None where all is well.

    A number must be a value of the rows as it is rounded for reading, their count, a change from the first to
    the last, or stand in the query or question. A text that rows are filtered by must be in the sentence.
    """
    if not answer.explanation or answer.sql is None:
        return None
    literals = _literals(answer.sql, dialect)
    sentence = answer.explanation
    for text in literals:
        if text.casefold() not in sentence.casefold():
            return f"the filter {text!r} is not said"
    known = [*_values(answer), *_numbers(answer.question), *_numbers(answer.sql), *_dates(answer.sql)]
    for shown, number, step in _shown_numbers(_without_texts(sentence, literals, answer.rows)):
        if not any(abs(abs(number) - abs(value)) <= step * 0.5000001 for value in known):
            return f"{shown} is in neither result nor query"
    return None


@lru_cache(maxsize=4_096)
def _literals(sql: str, dialect: str) -> tuple[str, ...]:
    """Return every text that the query keeps or drops rows by; dates are said in other words."""
    try:
        tree = parse_one(sql, dialect=dialect)
    except SqlglotError:
        return ()
    texts = [
        literal.name.strip("%").replace("\\", "")
        for clause in tree.find_all(exp.Where)
        for literal in clause.find_all(exp.Literal)
        if literal.is_string
    ]
    return tuple(text for text in texts if text and not _ISO_DATE.match(text))


def _without_texts(sentence: str, literals: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Take names out that hold digits of their own, the longest first."""
    texts = {value for row in rows for value in row if isinstance(value, str)} | set(literals)
    for text in sorted((text for text in texts if any(c.isdigit() for c in text)), key=len, reverse=True):
        sentence = sentence.replace(text, " ")
    return sentence


def _shown_numbers(sentence: str) -> Iterator[tuple[str, float, float]]:
    """Yield each number as it is shown, its value, and the value of one step of its last digit."""
    for match in _NUMBER.finditer(sentence):
        shown = match.group()
        digits = shown.rstrip("%").replace(",", "")
        scale = 0.01 if shown.endswith("%") else 1.0
        following = re.match(r"\s?([a-zA-Z]+)", sentence[match.end() :])
        if following is not None and scale == 1.0:
            scale = _SCALES.get(following.group(1).lower(), 1.0)
        decimals = len(digits.partition(".")[2])
        yield shown, float(digits) * scale, scale * 10.0**-decimals


def _numbers(text: str) -> Iterator[float]:
    for _, number, _ in _shown_numbers(text):
        yield from (number, number + 1, number - 1)  # "the 5 after the first", an end that is exclusive


def _dates(sql: str) -> Iterator[float]:
    """Yield the parts of every date, and of the day before: the end of a period is exclusive."""
    for text in _ISO_DATE.findall(sql):
        with suppress(ValueError):  # looks like a date, such as 2021-02-31
            end = dt.date.fromisoformat(text)
            for day in (end, end - dt.timedelta(days=1)):
                yield from (float(day.year), float(day.month), float(day.day))


def _values(answer: Answer) -> Iterator[float]:
    yield float(len(answer.rows))
    columns = list(zip(*answer.rows, strict=True))
    for column in columns:
        yield float(len(set(column)))
        numbers = [float(value) for value in column if isinstance(value, int | float)]
        yield from numbers
        yield from (value * 100 for value in numbers)
        if len(numbers) > 1 and numbers[0]:
            yield (numbers[-1] - numbers[0]) / numbers[0]
            yield numbers[-1] - numbers[0]
        for value in column:
            if isinstance(value, dt.date):
                yield from (float(value.year), float(value.month), float(value.day))
