"""Columns of one table from fine to coarse: city, state, country; product, sub-category, category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from datacraft.contracts.semantic import ColumnType, Hierarchy, Role
from datacraft.profiles.connection import Connection
from datacraft.profiles.dependencies import measure_dependence
from datacraft.profiles.facts import ColumnFacts, TableFacts
from datacraft.profiles.roles import Reading
from datacraft.profiles.vocabulary import GEOGRAPHY_LEVELS, ORGANISATION_LEVELS, PRODUCT_LEVELS

_FOLLOWS = 0.9
"""Names of places repeat (there are many Springfields), so a tenth of the groups may disagree."""
_FAMILIES = (
    ("geography", GEOGRAPHY_LEVELS),
    ("product", PRODUCT_LEVELS),
    ("organisation", ORGANISATION_LEVELS),
)


def find_hierarchies(
    connection: Connection, table: TableFacts, roles: Mapping[str, Reading]
) -> list[Hierarchy]:
    """Return the hierarchies that names suggest and the data confirm."""
    found: list[Hierarchy] = []
    texts = [
        c
        for c in table.columns
        if c.type is ColumnType.TEXT and roles[c.name].role is Role.DIMENSION and c.distinct > 1
    ]
    for family, levels in _FAMILIES:
        for prefix in {_prefix(c, levels) for c in texts} - {None}:
            candidates = _by_level(texts, levels, prefix)
            chain = _confirmed(connection, table, candidates)
            if len(chain) > 1:
                name = " ".join(filter(None, (prefix, family)))
                found.append(Hierarchy(name=name, table=table.name, levels=[c.name for c in chain]))
    return sorted(found, key=lambda h: h.name)


def _level(column: ColumnFacts, levels: Sequence[frozenset[str]]) -> tuple[int, str] | None:
    """Return a column's level and what stands before its noun ("billing" of billing_city)."""
    noun = list(column.words.noun)
    if noun[:1] == ["sub"] and len(noun) > 1:
        noun = ["sub" + noun[1], *noun[2:]]
    if not noun:
        return None
    for index, words in enumerate(levels):
        if noun[-1] in words:
            return index, " ".join(noun[:-1])
    return None


def _prefix(column: ColumnFacts, levels: Sequence[frozenset[str]]) -> str | None:
    found = _level(column, levels)
    return found[1] if found else None


def _by_level(
    columns: Sequence[ColumnFacts], levels: Sequence[frozenset[str]], prefix: str | None
) -> list[ColumnFacts]:
    """Return one column per level, names before codes, fine to coarse by their number of values."""
    chosen: dict[int, ColumnFacts] = {}
    for column in columns:
        found = _level(column, levels)
        if found and found[1] == prefix and not column.words.is_code and found[0] not in chosen:
            chosen[found[0]] = column
    return sorted(chosen.values(), key=lambda c: -c.distinct)


def _confirmed(
    connection: Connection, table: TableFacts, columns: Sequence[ColumnFacts]
) -> list[ColumnFacts]:
    """Keep the longest chain from the finest column in which each follows from the one before."""
    if len(columns) < 2 or not table.rows:
        return []
    chain = [columns[0]]
    for column in columns[1:]:
        dependence = measure_dependence(connection, table, chain[-1], [column])
        follows = dependence.groups > 0 and dependence.holds[column.name] >= _FOLLOWS
        if follows and column.distinct < chain[-1].distinct:
            chain.append(column)
        elif len(chain) == 1:
            chain = [column]
    return chain
