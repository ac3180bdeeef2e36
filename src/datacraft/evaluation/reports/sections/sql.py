"""SQL as it is shown: in lines, and those marked in which two queries differ."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import sqlglot
from sqlglot.errors import SqlglotError

from datacraft.evaluation.reports.markup import Markup, element, joined, text

_LONGEST_SQL = 4_000
_ENDLESS = 20_000  # characters; seconds to parse, for what is cut off anyway


def pretty(sql: str, dialect: str) -> str:
    """Return SQL in lines, so that two queries can be compared; as it is where it can't be parsed, or is endless."""
    try:
        lines = (
            sqlglot.transpile(sql, read=dialect, write=dialect, pretty=True) if len(sql) < _ENDLESS else [sql]
        )
    except (SqlglotError, RecursionError):
        lines = [sql]
    whole = ";\n".join(lines)
    return whole if len(whole) <= _LONGEST_SQL else f"{whole[:_LONGEST_SQL]}\n…"


def marked(sql: str, other: str | None) -> Markup:
    """Return SQL with the lines marked that another query does not have at that place."""
    lines = sql.splitlines()
    if other is None:
        return text(sql)
    same = _same_lines(lines, other.splitlines())
    return joined(
        joined([line if place in same else element("mark", line), "\n"]) for place, line in enumerate(lines)
    )


def _same_lines(lines: Sequence[str], others: Sequence[str]) -> set[int]:
    plain, other = ([line.strip().rstrip(",") for line in side] for side in (lines, others))
    matcher = difflib.SequenceMatcher(None, plain, other, autojunk=False)
    return {block.a + offset for block in matcher.get_matching_blocks() for offset in range(block.size)}
