"""Conditions that are right wherever the columns for them exist: late, on time, overdue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from datacraft.contracts.semantic import NamedFilter, Role
from datacraft.profiles.facts import ColumnFacts, TableFacts
from datacraft.profiles.named_measures import sql_name
from datacraft.profiles.roles import Reading

_DUE = frozenset({"due", "promised", "promise", "expected", "planned", "scheduled", "deadline", "target", "estimated", "required"})  # fmt: skip
_DONE = frozenset({"paid", "delivered", "delivery", "arrived", "arrival", "completed", "completion", "finished", "returned", "return",
                   "resolved", "closed", "done", "actual", "shipped", "received", "payment", "settled", "end", "ended"})  # fmt: skip


def find_filters(table: TableFacts, roles: Mapping[str, Reading]) -> list[NamedFilter]:
    """Return named filters over one table: what was done after, or by, the date that it was due on."""
    dates = [column for column in table.columns if roles[column.name].role is Role.TIME]
    due = [column for column in dates if _DUE & set(column.words.words)]
    done = [column for column in dates if column not in due and _DONE & set(column.words.words)]
    if len(due) != 1 or len(done) != 1:
        return []
    return list(_filters(table.name, due[0], done[0]))


def _filters(table: str, due: ColumnFacts, done: ColumnFacts) -> Iterator[NamedFilter]:
    promised, actual = sql_name(due), sql_name(done)
    said = f"{done.words.text} after {due.words.text}"
    yield NamedFilter(
        name="late",
        table=table,
        condition=f"{actual} > {promised}",
        synonyms=[
            "delayed",
            "behind schedule",
            "too late",
            "past the due date",
            "after the due date",
            "not on time",
        ],
        description=f"{said[:1].upper()}{said[1:]}.",
    )
    yield NamedFilter(
        name="on time",
        table=table,
        condition=f"{actual} <= {promised}",
        synonyms=["punctual", "punctually", "in time", "on schedule", "timely", "by the due date"],
        description=f"{done.words.text.capitalize()} no later than {due.words.text}.",
    )
