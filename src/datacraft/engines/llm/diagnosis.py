"""`Diagnosis`: what is wrong with a draft, in words that the model may read: no value of the data that is private."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from datacraft.contracts.answer import Cell
from datacraft.contracts.errors import DataCraftError, LimitExceeded
from datacraft.contracts.semantic import SemanticModel
from datacraft.engines import Tried
from datacraft.engines.linking.linker import Values
from datacraft.engines.llm.asking import Drafted

_SHOWN = 400  # characters of a message
_NEAREST = 5
_LITERAL = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\b\d[\d.,:/-]*\b")
_AGAIN = " Reply with a corrected JSON object."


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a draft.

    Attributes:
        complaint: for the model.
        error: where it can't be run; None where only its result is odd.
        note: for the person, where it is used all the same.
    """

    complaint: str
    error: DataCraftError | None = None
    note: str = ""


class Diagnosis:
    """Judges drafts over one data set. Safe to use from several threads.

    Args:
        model: what the data means.
        values: of the data.
        dialect: of SQL.
    """

    def __init__(self, model: SemanticModel, values: Values, dialect: str) -> None:
        self._values = values
        self._dialect = dialect
        self._columns: dict[str, list[tuple[str, bool]]] = {}
        for table in model.tables:
            for column in table.columns:
                known = self._columns.setdefault(column.name.lower(), [])
                known.append((table.name, column.sensitive))

    def problem(self, drafted: Drafted, tried: Tried) -> Problem | None:
        """Return what is wrong with a draft; None where nothing is, or nothing that the model could mend."""
        if tried.error is not None:
            said = self._without_values(tried.error, tried.sql or "")
            return Problem(f"It could not be run: {said}{_AGAIN}", tried.error)
        if not is_void(tried.rows):
            return None
        unknown = list(self._unknown_values(tried.sql or ""))
        if unknown:
            told = " ".join(unknown)
            return Problem(
                f"The result is empty. {told}{_AGAIN}", note="Some values of the query are not in the data."
            )
        if tried.rows:
            complaint = (
                "The result holds nothing but nulls: check filters, joins and the column that is summed up."
            )
            return Problem(complaint + _AGAIN, note="The result holds no value.")
        return None

    def _without_values(self, error: DataCraftError, sql: str) -> str:
        """Return an error's message; what it quotes is kept only where the draft says it itself.

        A database names the value that it could not convert, which may be somebody's.
        """
        if isinstance(error, LimitExceeded):
            return f"{error.message} {error.hint or ''}".strip()
        lines = [line for line in error.message.splitlines() if line.strip()]
        message = " ".join(lines)[:_SHOWN]

        def kept(match: re.Match[str]) -> str:
            inner = match[0].strip("'\"")
            return match[0] if inner.lower() in sql.lower() or inner.lower() in self._columns else "…"

        return _LITERAL.sub(kept, message)

    def _unknown_values(self, sql: str) -> Iterator[str]:
        """Yield, for each text that a column is compared with and that it does not hold, the nearest values."""
        for column, text in _compared_texts(sql, self._dialect):
            places = self._columns.get(column.lower(), [])
            if not places or any(sensitive for _, sensitive in places):
                continue
            tables = {table for table, _ in places}
            alike = [
                hit.value
                for hit in (
                    *self._values.lookup([text]).get(text, ()),
                    *self._values.similar(text, limit=4 * _NEAREST, cutoff=0.6),
                )
                if hit.table in tables and hit.column.lower() == column.lower()
            ]
            if text in alike:
                continue
            near = list(dict.fromkeys(alike))
            offered = ", ".join(repr(value) for value in near[:_NEAREST])
            yield f"No row has {text!r} in {column}." + (
                f" The nearest values are {offered}." if offered else ""
            )


def is_void(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether a result holds no value at all."""
    return not any(value is not None for row in rows for value in row)


def _compared_texts(sql: str, dialect: str) -> Iterator[tuple[str, str]]:
    """Yield (column, text) for each comparison of a column with a text for equality."""
    try:
        tree = sqlglot.parse_one(sql, dialect=dialect)
    except SqlglotError:
        return
    for node in tree.find_all(exp.EQ):
        sides = (node.left, node.right)
        for one, other in (sides, sides[::-1]):
            column = one.find(exp.Column)
            if column is not None and isinstance(other, exp.Literal) and other.is_string:
                yield column.name, other.name
    for choice in tree.find_all(exp.In):
        column = choice.this.find(exp.Column) if choice.this else None
        for value in choice.expressions:
            if column is not None and isinstance(value, exp.Literal) and value.is_string:
                yield column.name, value.name
