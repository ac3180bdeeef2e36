"""Profiling again without losing what people wrote.

An edit is whatever differs between the semantic file and what profiling concluded the last time (kept
beside the file, see `semantic_file`): a three-way merge of parts that are matched by what they are about.
Counts, bounds and sample values always come from the new profile.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel

from datacraft.contracts.semantic import (
    Column,
    Entity,
    Hierarchy,
    Join,
    NamedFilter,
    NamedMeasure,
    SemanticModel,
    Table,
)
from datacraft.profiles.semantic_checks import find_problems

_MEASURED = {
    Table: frozenset({"rows", "columns"}),
    Column: frozenset(
        {"type", "distinct", "null_fraction", "minimum", "maximum", "values", "values_complete"}
    ),
}
_Part = TypeVar("_Part", bound=BaseModel)


@dataclass(slots=True)
class ProfileChanges:
    """What is different in the data since the semantic file was written."""

    new_tables: list[str] = field(default_factory=list)
    vanished_tables: list[str] = field(default_factory=list)
    new_columns: list[str] = field(default_factory=list)
    vanished_columns: list[str] = field(default_factory=list)
    retyped_columns: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    """Joins, measures and the like that people wrote over columns that are no more."""

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__slots__)


def merge_profile(
    edited: SemanticModel, inferred: SemanticModel, previous: SemanticModel | None
) -> SemanticModel:
    """Return what profiling concludes now, with people's edits kept.

    Args:
        edited: the semantic file as it is.
        inferred: what profiling concludes now.
        previous: what it concluded when the file was last written; None takes all of `edited` for edits.
    """
    known = previous is not None
    last = previous or SemanticModel(tables=[])
    was = {t.name: t for t in last.tables}
    old = {t.name: t for t in edited.tables}
    merged = inferred.model_copy(
        update={
            "tables": [_table(old.get(t.name), t, was.get(t.name), known) for t in inferred.tables],
            "joins": _parts(edited.joins, inferred.joins, last.joins, known, _join_key),
            "entities": _parts(edited.entities, inferred.entities, last.entities, known, _entity_key),
            "measures": _parts(edited.measures, inferred.measures, last.measures, known, _named_key),
            "filters": _parts(edited.filters, inferred.filters, last.filters, known, _named_key),
            "hierarchies": _parts(
                edited.hierarchies, inferred.hierarchies, last.hierarchies, known, _named_key
            ),
            "fiscal_year_start_month": edited.fiscal_year_start_month,
        }
    )
    return _without_dangling(merged)[0]


def profile_changes(edited: SemanticModel, inferred: SemanticModel) -> ProfileChanges:
    """Report which tables and columns came, went or changed their type, and what falls with them."""
    changes = ProfileChanges()
    old = {t.name: t for t in edited.tables}
    new = {t.name: t for t in inferred.tables}
    changes.new_tables = [name for name in new if name not in old]
    changes.vanished_tables = [name for name in old if name not in new]
    for name in old.keys() & new.keys():
        before = {c.name: c for c in old[name].columns}
        after = {c.name: c for c in new[name].columns}
        changes.new_columns += [f"{name}.{c}" for c in after if c not in before]
        changes.vanished_columns += [f"{name}.{c}" for c in before if c not in after]
        changes.retyped_columns += [
            f"{name}.{c}" for c in after if c in before and after[c].type is not before[c].type
        ]
    changes.dropped = _without_dangling(edited.model_copy(update={"tables": inferred.tables}))[1]
    for listed in (changes.new_columns, changes.vanished_columns, changes.retyped_columns):
        listed.sort()
    return changes


def _table(edited: Table | None, inferred: Table, previous: Table | None, known: bool) -> Table:
    if edited is None:
        return inferred
    before = {c.name: c for c in edited.columns}
    was = {c.name: c for c in previous.columns} if previous else {}
    columns = [
        _merged(before[c.name], c, was.get(c.name), known) if c.name in before else c
        for c in inferred.columns
    ]
    return _merged(edited, inferred, previous, known).model_copy(update={"columns": columns})


def _merged(edited: _Part, inferred: _Part, previous: _Part | None, known: bool) -> _Part:
    """Take each field from `edited` where a person changed it, else from `inferred`."""
    measured = _MEASURED.get(type(edited), frozenset())
    kept = {
        name: getattr(edited, name)
        for name in type(edited).model_fields
        if name not in measured
        and (not known or previous is None or getattr(edited, name) != getattr(previous, name))
    }
    return inferred.model_copy(update=kept)


def _parts(
    edited: Sequence[_Part],
    inferred: Sequence[_Part],
    previous: Sequence[_Part],
    known: bool,
    key: Callable[[_Part], Hashable],
) -> list[_Part]:
    """Merge parts matched by `key`: people's additions and removals stay, the rest follows the profile."""
    before = {key(part): part for part in edited}
    was = {key(part): part for part in previous}
    now = {key(part): part for part in inferred}
    merged: list[_Part] = []
    for identity, part in now.items():
        if identity in before:
            merged.append(_merged(before[identity], part, was.get(identity), known))
        elif identity not in was:
            merged.append(part)  # newly found; what was known and is missing, a person removed
    for identity, part in before.items():
        if identity not in now and (identity not in was or part != was[identity]):
            merged.append(part)  # a person's own; what profiling wrote and finds no more goes
    return merged


def _join_key(join: Join) -> Hashable:
    return join.left, join.right, tuple(join.columns)


def _entity_key(entity: Entity) -> Hashable:
    return entity.table, entity.key


def _named_key(part: NamedMeasure | NamedFilter | Hierarchy) -> Hashable:
    return part.table, part.name


def _without_dangling(model: SemanticModel) -> tuple[SemanticModel, list[str]]:
    """Take out whatever names a table or column that is no more; return the model and what went."""
    spoilt: dict[str, set[int]] = {}
    gone: list[str] = []
    tables = list(model.tables)
    for problem in find_problems(model):
        section, position, *rest = problem.location
        if section == "tables" and isinstance(position, int) and rest:
            tables[position] = _mended(tables[position])
        elif (
            isinstance(section, str)
            and isinstance(position, int)
            and position not in spoilt.setdefault(section, set())
        ):
            spoilt[section].add(position)
            gone.append(f"{section}[{position}]: {problem.message}")
    kept = {
        section: [part for index, part in enumerate(getattr(model, section)) if index not in positions]
        for section, positions in spoilt.items()
    }
    return model.model_copy(update={"tables": tables, **kept}), gone


def _mended(table: Table) -> Table:
    """Return a table whose key, label, time column and weights name only its own columns."""
    known = {column.name for column in table.columns}
    columns = [
        c if c.weight in known or c.weight is None else c.model_copy(update={"weight": None})
        for c in table.columns
    ]
    whole_key = table.primary_key if known.issuperset(table.primary_key) else []
    return table.model_copy(
        update={
            "columns": columns,
            "primary_key": whole_key,
            "label": [name for name in table.label if name in known],
            "time_column": table.time_column if table.time_column in known else None,
        }
    )
