"""Keys that the source declares: they are taken as they stand, before anything is guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from datacraft.profiles.facts import TableFacts
from datacraft.profiles.join_names import Keys
from datacraft.profiles.joins import Link


@dataclass(frozen=True, slots=True)
class Reference:
    """A declared foreign key; without `referenced` it means the other table's primary key."""

    columns: tuple[str, ...]
    table: str
    referenced: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeclaredKeys:
    """What a source declares of one table."""

    primary: tuple[str, ...]
    references: tuple[Reference, ...]


def with_declared_keys(
    tables: Sequence[TableFacts], keys: Mapping[str, Keys], declared: Mapping[str, DeclaredKeys]
) -> dict[str, Keys]:
    """Return the keys of the tables, with declared primary keys in place of concluded ones."""
    found: dict[str, Keys] = {}
    for table in tables:
        known, primary = keys[table.name], declared[table.name].primary if table.name in declared else ()
        if primary and {column.name for column in table.columns}.issuperset(primary):
            alone = primary[0] if len(primary) == 1 and primary[0] not in known.unique else None
            unique = known.unique if alone is None else (*known.unique, alone)
            known = replace(known, unique=unique, primary=list(primary))
        found[table.name] = known
    return found


def declared_links(
    tables: Sequence[TableFacts], keys: Mapping[str, Keys], declared: Mapping[str, DeclaredKeys]
) -> list[Link]:
    """Return the declared references, where the columns at both ends are there."""
    columns = {table.name: {column.name for column in table.columns} for table in tables}
    links: list[Link] = []
    for table in tables:
        for reference in declared[table.name].references if table.name in declared else ():
            if reference.table not in columns:
                continue
            ends = reference.referenced or tuple(keys[reference.table].primary)
            fits = len(ends) == len(reference.columns) > 0
            if (
                fits
                and columns[table.name].issuperset(reference.columns)
                and columns[reference.table].issuperset(ends)
            ):
                links.append(Link(table.name, reference.columns, reference.table, ends, 1.0))
    return links
