"""SQL as telemetry keeps it: by its tokens, found by one regular expression for each dialect.

Parsing a statement, or finding its tokens one character at a time, takes a millisecond; a thousand records a second
leave a tenth of that.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

_COMMENT = r"--[^\n]*|/\*.*?(?:\*/|\Z)"
_NUMBER = r"0[xX][\da-fA-F]+|(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_TEXTS = {
    "duckdb": r"[eE]'(?:[^'\\]|\\.|'')*'|(?:[xXbB])?'(?:[^']|'')*'|(?P<tag>\$[^\W\d]?\w*\$).*?(?P=tag)",
    "bigquery": (
        r"[rRbB]{0,2}(?:'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\""
        r"|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\")|(?P<tag>(?!))"
    ),
}
_QUOTED = {"duckdb": r'"(?:[^"]|"")*"', "bigquery": r"`(?:[^`\\]|\\.)*`"}
_AGGREGATES = frozenset(
    [
        "AVG",
        "COUNT",
        "COUNTIF",
        "CORR",
        "MAX",
        "MEDIAN",
        "MIN",
        "QUANTILE_CONT",
        "STDDEV",
        "STDDEV_SAMP",
        "SUM",
        "VARIANCE",
        "VAR_SAMP",
    ]
)
_TIME = frozenset(
    ["DATE_PART", "DATE_TRUNC", "DATETIME_TRUNC", "EXTRACT", "FORMAT_DATE", "STRFTIME", "TIMESTAMP_TRUNC"]
)
_NO_TABLE = frozenset({"LATERAL", "ONLY", "UNNEST"})


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement by its tokens, without literals and comments.

    Attributes:
        keys: of each token: words in capitals, signs as they are, nothing for quoted names.
        names: of each token: the name that it may be, without quotes; nothing for signs.
        masked: the text with every literal replaced by `?`, without comments, which may hold anything.
    """

    keys: Sequence[str]
    names: Sequence[str]
    masked: str


@cache
def _lexer(dialect: str) -> re.Pattern[str]:
    known = dialect if dialect in _TEXTS else "duckdb"
    comment = rf"{_COMMENT}|\#[^\n]*" if known == "bigquery" else _COMMENT
    return re.compile(
        rf"(\s*)(?:({comment})|({_TEXTS[known]}|{_NUMBER})|({_QUOTED[known]})|([^\W\d]\w*)|(['\"`])|(\S))",
        re.DOTALL,
    )


def read_statement(sql: str, dialect: str) -> Statement | None:
    """Return the tokens of a statement; None where it can't be read."""
    keys: list[str] = []
    names: list[str] = []
    pieces: list[str] = []
    # One loop without a call for each token: this is where the time goes.
    for space, comment, literal, _, quoted, word, torn, sign in _lexer(dialect).findall(sql):
        if word:
            pieces.append(space + word)
            keys.append(word.upper())
            names.append(word)
        elif sign:
            pieces.append(space + sign)
            keys.append(sign)
            names.append("")
        elif literal:
            pieces.append(space + "?")
            keys.append("?")
            names.append("")
        elif quoted:
            pieces.append(space + quoted)
            keys.append("")
            names.append(quoted[1:-1])
        elif torn:
            return None
        elif comment:
            pieces.append(" ")
    return Statement(keys, names, "".join(pieces).strip())


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
    while place < len(keys) and names[place]:
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

    form: str
    functions: tuple[str, ...]
    joins: int
    filtered: bool
    by_time: bool


def shape_of(statement: Statement) -> Shape:
    """Return what a statement does."""
    keys = statement.keys
    called = {key for key, after in itertools.pairwise(keys) if after == "("}
    functions = tuple(sorted(name.lower() for name in called & _AGGREGATES))
    grouped = any(after == "BY" and key == "GROUP" for key, after in itertools.pairwise(keys))
    return Shape(
        form="groups" if grouped else "figure" if functions else "rows",
        functions=functions,
        joins=keys.count("JOIN"),
        filtered="WHERE" in keys or "HAVING" in keys,
        by_time=not _TIME.isdisjoint(called),
    )
