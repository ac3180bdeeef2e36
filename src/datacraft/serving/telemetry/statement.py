"""SQL as telemetry keeps it: masked, and what can be told from its tokens.

Parsing a statement, or finding its tokens one character at a time, takes a millisecond; a thousand records a second
leave a tenth of that. Masking is one regular expression that runs over everything but literals by itself; the rest is
told from the masked text, which many statements share.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal

_COMMENT = r"--[^\n]*|/\*.*?(?:\*/|\Z)"
_NUMBER = r"0[xX][\da-fA-F]+|(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_TEXTS = {
    "duckdb": r"[eE]'(?:[^'\\]|\\.|'')*'|(?:[xXbB])?'(?:[^']|'')*'|(?P<tag>\$[^\W\d]?\w*\$).*?(?P=tag)",
    "bigquery": (
        r"[rRbB]{0,2}(?:'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\""
        r"|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\")"
    ),
}
_QUOTED = {"duckdb": r'"(?:[^"]|"")*"', "bigquery": r"`(?:[^`\\]|\\.)*`"}
_PLAIN = r"[^\W\d]\w*+(?!['\"])|[\s(),;:=<>*+%\[\]{}!|&^~@?\\]++"
"""What is neither a literal nor could begin one or a comment. A word right before a quote may be its prefix."""
_TOKEN = re.compile(r'"(?:[^"]|"")*"|`(?:[^`\\]|\\.)*`|[^\W\d]\w*|[^\w\s]')
_AGGREGATES = frozenset(
    {
        "AVG", "COUNT", "COUNTIF", "CORR", "MAX", "MEDIAN", "MIN", "QUANTILE_CONT", "STDDEV", "STDDEV_SAMP", "SUM",
        "VARIANCE", "VAR_SAMP",
    }
)  # fmt: skip
_TIME = frozenset(
    {"DATE_PART", "DATE_TRUNC", "DATETIME_TRUNC", "EXTRACT", "FORMAT_DATE", "STRFTIME", "TIMESTAMP_TRUNC"}
)
_NO_TABLE = frozenset({"LATERAL", "ONLY", "UNNEST"})


@cache
def _literals(dialect: str) -> re.Pattern[str]:
    known = dialect if dialect in _TEXTS else "duckdb"
    comment = rf"{_COMMENT}|\#[^\n]*" if known == "bigquery" else _COMMENT
    return re.compile(
        rf"((?:{_PLAIN})*+)(?:(?P<comment>{comment})|(?P<literal>{_TEXTS[known]}|{_NUMBER})|(?P<name>{_QUOTED[known]})"
        r"|(?P<torn>['\"`])|(?P<sign>\w+|.)|\Z)",
        re.DOTALL,
    )


def masked(sql: str, dialect: str) -> str | None:
    """Return `sql` with every literal replaced by `?`, and without comments, which may hold anything.

    None where a quote is never closed, so that it can't be told what is a literal.
    """
    pieces: list[str] = []
    for match in _literals(dialect).finditer(sql):
        pieces.append(match[1])
        kind = match.lastgroup
        if kind in ("literal", "tag"):  # the tag is a part of a literal
            pieces.append("?")
        elif kind == "comment":
            pieces.append(" ")
        elif kind == "torn":
            return None
        elif kind is not None:
            pieces.append(match[kind])
    return "".join(pieces).strip()


class Statement:
    """A masked statement by its tokens.

    Attributes:
        keys: in capitals; of quoted names, nothing that a keyword could be.
        names: of each token: as written, without quotes.
    """

    def __init__(self, text: str) -> None:
        tokens = _TOKEN.findall(text)
        self.keys: Sequence[str] = ["" if one[0] in '"`' else one.upper() for one in tokens]
        self.names: Sequence[str] = [one[1:-1] if one[0] in '"`' else one for one in tokens]

    def is_name(self, place: int) -> bool:
        """Whether a name stands at a place: a word, or what is quoted."""
        key = self.keys[place]
        return not key or key[0].isalpha() or key[0] == "_"


def tables_read(statement: Statement) -> tuple[str, ...]:
    """Return the tables that a SELECT reads, without their schemas, in the order of the alphabet."""
    keys, names = statement.keys, statement.names
    named_here = {
        names[place - 1].casefold()
        for place, key in enumerate(keys)
        if key == "AS" and 0 < place < len(keys) - 1 and keys[place + 1] == "("
    }
    found: set[str] = set()
    # For each open parenthesis, whether it holds a SELECT: EXTRACT(YEAR FROM x) names no table.
    selects = [False]
    for place, key in enumerate(keys):
        if key == "(":
            selects.append(False)
        elif key == ")" and len(selects) > 1:
            selects.pop()
        elif key == "SELECT":
            selects[-1] = True
        elif (key == "FROM" and selects[-1]) or key == "JOIN":
            if place and keys[place - 1] == "DISTINCT":  # IS DISTINCT FROM
                continue
            name = _name_at(statement, place + 1)
            if name is not None and name.casefold() not in named_here:
                found.add(name)
    return tuple(sorted(found))


def _name_at(statement: Statement, place: int) -> str | None:
    """Return the last part of the dotted name that stands at a place; None of a function's."""
    keys, names = statement.keys, statement.names
    name = None
    while place < len(keys) and statement.is_name(place):
        if keys[place] in _NO_TABLE:
            return None
        name = names[place]
        place += 1
        if place >= len(keys) or keys[place] != ".":
            break
        place += 1
    if place < len(keys) and keys[place] == "(":
        return None
    return name.rsplit(".", 1)[-1] if name else None  # BigQuery quotes `project.data.table` as one name


@dataclass(frozen=True, slots=True)
class Shape:
    """What a statement does, without what it is about.

    Attributes:
        form: "groups", one "figure", or "rows" as they are.
        functions: aggregates in it, in the order of the alphabet.
        joins: how many tables are joined to the first.
        filtered: not all rows count.
        by_time: time is cut into parts.
    """

    form: Literal["groups", "figure", "rows"]
    functions: tuple[str, ...]
    joins: int
    filtered: bool
    by_time: bool


def shape_of(statement: Statement) -> Shape:
    """Return what a statement does."""
    keys = statement.keys
    called = {key for key, after in pairwise(keys) if after == "("}
    functions = tuple(sorted(name.lower() for name in called & _AGGREGATES))
    grouped = any(after == "BY" and key == "GROUP" for key, after in pairwise(keys))
    return Shape(
        form="groups" if grouped else "figure" if functions else "rows",
        functions=functions,
        joins=keys.count("JOIN"),
        filtered="WHERE" in keys or "HAVING" in keys,
        by_time=not _TIME.isdisjoint(called),
    )
