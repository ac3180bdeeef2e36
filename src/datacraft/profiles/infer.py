"""`infer_semantic_model`: what a database means, concluded from its names and its data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from datacraft.contracts.semantic import (
    Column,
    ColumnType,
    DefaultAggregation,
    Entity,
    Hierarchy,
    Join,
    NamedFilter,
    NamedMeasure,
    Role,
    SemanticModel,
    Table,
)
from datacraft.profiles.connection import Connection
from datacraft.profiles.containment import ContainmentMeter
from datacraft.profiles.describe import column_synonyms, describe_column, describe_table, table_synonyms
from datacraft.profiles.entities import find_entities, row_entity
from datacraft.profiles.facts import ColumnFacts, TableFacts, Value, read_facts
from datacraft.profiles.hierarchies import find_hierarchies
from datacraft.profiles.join_codes import code_links
from datacraft.profiles.join_declared import DeclaredKeys, declared_links, with_declared_keys
from datacraft.profiles.join_guesses import Known, bridge_components, guess_links
from datacraft.profiles.join_names import JoinNames, Keys
from datacraft.profiles.joins import FEW_ROWS, Link, cardinality, composite_links, find_links
from datacraft.profiles.keys import composite_key, label, primary_key, time_column, unique_columns
from datacraft.profiles.named_filters import find_filters
from datacraft.profiles.named_measures import find_measures
from datacraft.profiles.named_states import find_states
from datacraft.profiles.relations import is_bridge, verbs_of
from datacraft.profiles.roles import Reading, read_column

Units = Mapping[tuple[str, str], str]
_SAMPLES = 5
_LONGEST_SAMPLE = 80


@dataclass(frozen=True, slots=True)
class _Findings:
    """What has been concluded so far; `keys` and `roles` are refined on the way."""

    connection: Connection
    tables: Sequence[TableFacts]
    roles: dict[str, dict[str, Reading]]
    keys: dict[str, Keys]
    links: list[Link]

    def foreign(self, table: str) -> list[str]:
        """The columns of a table that refer to others."""
        return [column for link in self.links if link.left == table for column in link.columns]


def infer_semantic_model(
    connection: Connection, units: Units | None = None, declared: Mapping[str, DeclaredKeys] | None = None
) -> SemanticModel:
    """Conclude what every table and column of the main schema means.

    Args:
        connection: read only; tables and views of the schema `main` are taken.
        units: units that loading found in the values ("USD", "%"), by (table, column); they go before names.
        declared: the keys that the source declares, by table; they go before names and values.
    """
    tables = read_facts(connection)
    found = _Findings(
        connection, tables, {t.name: {c.name: read_column(c) for c in t.columns} for t in tables}, {}, []
    )
    for table in tables:
        unique = unique_columns(connection, table, found.roles[table.name])
        found.keys[table.name] = Keys(unique, primary_key(table, unique, found.roles[table.name]))
    found.keys.update(with_declared_keys(found.tables, found.keys, declared or {}))
    _find_joins(found, declared or {})
    _make_references_ids(found)
    return _assemble(found, units or {})


def _find_joins(found: _Findings, declared: Mapping[str, DeclaredKeys]) -> None:
    """Declared joins, then by name, then those that only roles and values tell, then over several columns."""
    meter = ContainmentMeter(found.connection)
    names = JoinNames(found.tables, found.keys)
    links = declared_links(found.tables, found.keys, declared)
    found.links.extend(find_links(found.tables, found.keys, names, meter, links))
    known = Known(found.tables, found.keys, found.roles, names, meter)
    settled = {(link.left, column) for link in links for column in link.columns}

    def add(guessed: Sequence[Link]) -> None:
        """Take links of columns whose reference is not declared."""
        free = (link for link in guessed if not settled.issuperset((link.left, c) for c in link.columns))
        found.links.extend(free)

    add(guess_links(known, found.links))
    add(code_links(known, found.links))
    _give_composite_keys(found)
    add(composite_links(found.tables, found.keys, meter))
    add(bridge_components(known, found.links))


def _give_composite_keys(found: _Findings) -> None:
    """Find keys of several columns where none alone is one, or where only a few rows make it seem so."""
    for table in found.tables:
        roles, foreign = found.roles[table.name], found.foreign(table.name)
        primary = found.keys[table.name].primary
        if not primary:
            primary = composite_key(found.connection, table, roles, foreign)
        elif table.rows < FEW_ROWS and set(primary) <= set(foreign):
            ids = [c.name for c in table.columns if roles[c.name].role is Role.ID]
            primary = ids if len(ids) > 1 else primary
        found.keys[table.name] = replace(found.keys[table.name], primary=primary)


def _make_references_ids(found: _Findings) -> None:
    """Numbers that refer to or identify rows are ids, whatever they are called; names stay dimensions."""
    ends = {(link.left, column) for link in found.links for column in link.columns}
    ends |= {(link.right, column) for link in found.links for column in link.keys}
    for table in found.tables:
        primary = found.keys[table.name].primary
        ends |= {(table.name, column) for column in primary if len(primary) == 1}
        for column in table.columns:
            reading = found.roles[table.name][column.name]
            if (table.name, column.name) not in ends or reading.time_part or reading.role is Role.TIME:
                continue
            words = column.words
            if column.type is not ColumnType.TEXT or words.is_identifier or words.is_code or words.is_number:
                counted = DefaultAggregation.COUNT_DISTINCT
                found.roles[table.name][column.name] = Reading(Role.ID, counted, sensitive=reading.sensitive)


def _assemble(found: _Findings, units: Units) -> SemanticModel:
    entities: list[Entity] = []
    hierarchies: list[Hierarchy] = []
    measures: list[NamedMeasure] = []
    filters: list[NamedFilter] = []
    for table in found.tables:
        roles, keys = found.roles[table.name], found.keys[table.name]
        linked = frozenset(found.foreign(table.name))
        own = find_entities(found.connection, table, keys, roles, linked) if table.rows else []
        entities.extend(own)
        hierarchies.extend(find_hierarchies(found.connection, table, roles))
        measures.extend(find_measures(table, keys, roles, own))
        due = find_filters(table, roles)
        named = {name for one in due for name in (one.name, *one.synonyms)}
        states = find_states(table, roles, found.tables)
        filters.extend([*due, *(state for state in states if not named & {state.name, *state.synonyms})])
    return SemanticModel(
        tables=[_table(found, table, entities, units) for table in found.tables],
        entities=entities,
        joins=[_join(found, link) for link in found.links],
        measures=measures,
        filters=filters,
        hierarchies=hierarchies,
    )


def _join(found: _Findings, link: Link) -> Join:
    tables = {table.name: table for table in found.tables}
    outward = len({other.columns for other in found.links if other.left == link.left})
    return Join(
        left=link.left,
        right=link.right,
        columns=list(zip(link.columns, link.keys, strict=True)),
        cardinality=cardinality(link, found.keys, tables[link.left].rows),
        verbs=verbs_of(link, tables, outward),
        confidence=link.confidence,
    )


def _table(found: _Findings, table: TableFacts, entities: Sequence[Entity], units: Units) -> Table:
    roles, keys = found.roles[table.name], found.keys[table.name]
    entity = row_entity(table, entities)
    bridge = is_bridge(table, found.links, roles)
    dated = time_column(table)
    return Table(
        name=table.name,
        entity=entity,
        description=describe_table(entity, dated, bridge, found.links, table.name),
        synonyms=table_synonyms(table, [entity, *(e.name for e in entities if e.table == table.name)]),
        rows=table.rows,
        primary_key=list(keys.primary),
        label=label(table, keys.primary, roles, found.foreign(table.name)),
        time_column=dated,
        bridge=bridge,
        columns=[
            _column(c, roles[c.name], found.links, units.get((table.name, c.name))) for c in table.columns
        ],
    )


def _column(column: ColumnFacts, reading: Reading, links: Sequence[Link], unit: str | None) -> Column:
    reading = replace(reading, unit=unit or reading.unit)
    values = _shown_values(column, reading)
    number = column.type is not ColumnType.TEXT
    return Column(
        name=column.name,
        type=column.type,
        role=reading.role,
        description=describe_column(column, reading, links),
        synonyms=column_synonyms(column),
        unit=reading.unit,
        aggregation=reading.aggregation,
        time_part=reading.time_part,
        true_values=[value for value in reading.true_values if not isinstance(value, float)],
        distinct=column.distinct,
        null_fraction=round(column.nulls / column.rows, 4) if column.rows else 0.0,
        minimum=column.minimum if number and not reading.sensitive else None,
        maximum=column.maximum if number and not reading.sensitive else None,
        values=values,
        values_complete=bool(values) and column.values_complete and len(values) == len(column.values),
        sensitive=reading.sensitive,
    )


def _shown_values(column: ColumnFacts, reading: Reading) -> list[Value]:
    """Return the values worth keeping: all of a dimension's where few, some of an id's, none that are private."""
    if reading.sensitive or reading.role in {Role.MEASURE, Role.TIME}:
        return []
    values = [value for value, _ in column.values]
    if reading.role not in {Role.DIMENSION, Role.FLAG}:
        values = values[:_SAMPLES]
    return [value for value in values if not isinstance(value, str) or len(value) <= _LONGEST_SAMPLE]
