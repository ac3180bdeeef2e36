"""Words in a sentence that judge, where the data only counts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from datacraft.contracts.judgement import CallRecord

_JUDGING = [
    "amazing",
    "astonishing",
    "awful",
    "bad",
    "best-in-class",
    "brilliant",
    "disappointing",
    "disastrous",
    "dismal",
    "dreadful",
    "excellent",
    "exceptional",
    "fantastic",
    "fortunately",
    "great",
    "horrible",
    "impressive",
    "inferior",
    "lazy",
    "mediocre",
    "outstanding",
    "pathetic",
    "poor",
    "remarkable",
    "sadly",
    "shocking",
    "spectacular",
    "stellar",
    "strong",
    "struggling",
    "superb",
    "superior",
    "surprisingly",
    "terrible",
    "underperforming",
    "unfortunately",
    "unimpressive",
    "weak",
    "wonderful",
    "worrying",
]
_JUDGING_WORD = re.compile(rf"\b(?:{'|'.join(_JUDGING)})\b", re.IGNORECASE)


def judging_words(record: CallRecord) -> Iterator[str]:
    """Yield words of the answer's sentence that judge; names that stand in the rows or the query are none."""
    known = " ".join(str(value) for row in record.rows for value in row) + (record.sql or "")
    for match in _JUDGING_WORD.finditer(record.explanation):
        if match.group().casefold() not in known.casefold():
            yield match.group()
