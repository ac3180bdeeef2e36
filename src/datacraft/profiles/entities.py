"""Things with a key of their own inside a wider table: the customer and the order in a table of order lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from datacraft.contracts.semantic import ColumnType, Entity, Role
from datacraft.profiles.connection import Connection
from datacraft.profiles.dependencies import Dependence, measure_dependence
from datacraft.profiles.facts import ColumnFacts, TableFacts
from datacraft.profiles.join_names import Keys
from datacraft.profiles.roles import Reading
from datacraft.profiles.vocabulary import NAME_WORDS, ORDER_LIKE, THINGS

_FOLLOWS = 0.99
_LABEL_FOLLOWS = 0.9
_ENOUGH_GROUPS = 20
_NO_THING = frozenset({"row", "record", "line", "unique", "index", "batch", "import", "file"})


def find_entities(
    connection: Connection,
    table: TableFacts,
    keys: Keys,
    roles: Mapping[str, Reading],
    linked: frozenset[str],
) -> list[Entity]:
    """Return the things whose key repeats in the table and that no other table describes.

    Args:
        connection: to measure on.
        table: the table.
        keys: its keys.
        roles: what its columns are for.
        linked: its columns that refer to other tables.
    """
    found: list[Entity] = []
    for noun, key in _repeated_keys(table, keys, roles, linked):
        dependence = measure_dependence(connection, table, key, table.columns)
        label = _label(table, noun, key, dependence, roles)
        attributes = _attributes(table, noun, key, dependence, keys, label)
        if noun == table.words.stem and not _is_the_thing(table, key, attributes, keys, roles, linked):
            continue
        found.append(
            Entity(name=" ".join(noun), table=table.name, key=key.name, label=label, attributes=attributes)
        )
    return found


def _is_the_thing(
    table: TableFacts,
    key: ColumnFacts,
    attributes: Sequence[str],
    keys: Keys,
    roles: Mapping[str, Reading],
    linked: frozenset[str],
) -> bool:
    """Tell a name that stands for the table's thing (rivers, a row per state they cross) from names that
    different things happen to share (cities of the same name).
    """
    if key.words.is_identifier:
        return True
    others = [c.name for c in table.columns if c.name not in linked and c.name != key.name]
    if all(roles[name].role is Role.ID for name in others):
        return True
    own_id = len(keys.primary) == 1 and table.column(keys.primary[0]).words.noun in {(), table.words.stem}
    return bool(attributes) and not own_id


def _repeated_keys(
    table: TableFacts, keys: Keys, roles: Mapping[str, Reading], linked: frozenset[str]
) -> Iterator[tuple[tuple[str, ...], ColumnFacts]]:
    best: dict[tuple[str, ...], tuple[int, int, ColumnFacts]] = {}
    for column in table.columns:
        noun = column.words.noun or (table.words.stem if column.words.stem == ("id",) else ())
        strength = _key_strength(column, roles[column.name], noun, table)
        repeats = 1 < column.distinct < 0.9 * column.filled and column.distinct < column.filled
        if (
            not strength
            or not repeats
            or column.name in linked
            or column.name in keys.unique
            or set(noun) & _NO_THING
        ):
            continue
        candidate = (-strength, column.position, column)
        if noun not in best or candidate[:2] < best[noun][:2]:
            best[noun] = candidate
    for noun, (_, _, column) in best.items():
        yield noun, column


def _key_strength(column: ColumnFacts, reading: Reading, noun: tuple[str, ...], table: TableFacts) -> int:
    """Return how well a column would do as a thing's key: id before code before name; 0 for none."""
    if (
        not noun
        or column.type not in {ColumnType.TEXT, ColumnType.INTEGER}
        or column.nulls > 0.2 * column.rows
    ):
        return 0
    words = column.words
    if words.is_identifier and reading.role is Role.ID:
        return 4
    numbered = words.is_number and reading.role is Role.ID and noun[-1] in ORDER_LIKE
    thing = noun[-1] in THINGS or noun == table.words.stem or numbered
    if (words.is_code or words.is_number) and thing and reading.role in {Role.ID, Role.DIMENSION}:
        return 3
    if column.type is not ColumnType.TEXT or reading.role is not Role.DIMENSION:
        return 0
    if words.stem[-1] in NAME_WORDS and thing:
        return 2
    return 1 if words.stem == noun and thing else 0


def _label(
    table: TableFacts,
    noun: tuple[str, ...],
    key: ColumnFacts,
    dependence: Dependence,
    roles: Mapping[str, Reading],
) -> str | None:
    texts = {c.words.stem: c for c in reversed(table.columns) if c.type is ColumnType.TEXT}
    for stem in ((*noun, "name"), (*noun, "title"), noun, ("name",), ("title",)):
        column = texts.get(stem)
        if column is None or (stem in {("name",), ("title",)} and noun != table.words.stem):
            continue
        if column.name == key.name or dependence.holds.get(column.name, 0.0) >= _LABEL_FOLLOWS:
            return column.name
    if key.type is ColumnType.TEXT and roles[key.name].role is Role.DIMENSION:
        return key.name
    return None


def _attributes(
    table: TableFacts,
    noun: tuple[str, ...],
    key: ColumnFacts,
    dependence: Dependence,
    keys: Keys,
    label: str | None,
) -> list[str]:
    """Return the columns that follow from the key; few groups prove it only for columns named after the thing."""
    proven = dependence.groups >= _ENOUGH_GROUPS or noun == table.words.stem
    return [
        c.name
        for c in table.columns
        if c.name != key.name
        and c.name not in keys.primary
        and (c.distinct > 1 or c.name == label)
        and dependence.holds.get(c.name, 0.0) >= _FOLLOWS
        and (proven or c.name == label or set(noun) & set(c.words.stem))
    ]


def row_entity(table: TableFacts, entities: Sequence[Entity]) -> str:
    """Return what one row is: the table's noun, or its line or record where that thing's own key repeats."""
    name = " ".join((*table.words.words[:-1], table.words.stem[-1]))
    inside = [tuple(entity.name.split()) for entity in entities if entity.table == table.name]
    for noun in inside:
        if noun == table.words.stem or noun == table.words.stem[-1:]:
            return f"{name} line" if noun[-1] in ORDER_LIKE else f"{name} record"
    ordered = [noun for noun in inside if noun[-1] in ORDER_LIKE]
    return f"{' '.join(ordered[0])} line" if len(ordered) == 1 and len(inside) > 1 else name
