"""`infer_semantic_model`: what a database means, concluded from its names and its data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import duckdb

from datacraft.contracts.semantic import (
    Column,
    ColumnType,
    DefaultAggregation,
    Join,
    Role,
    SemanticModel,
    Table,
)
from datacraft.profiles.containment import ContainmentMeter
from datacraft.profiles.facts import ColumnFacts, TableFacts, read_facts
from datacraft.profiles.join_names import JoinNames, Keys
from datacraft.profiles.joins import FEW_ROWS, Link, cardinality, composite_links, find_links
from datacraft.profiles.keys import composite_key, label, primary_key, time_column, unique_columns
from datacraft.profiles.roles import Reading, read_column

Units = Mapping[tuple[str, str], str]
Roles = dict[str, dict[str, Reading]]


def infer_semantic_model(connection: duckdb.DuckDBPyConnection, units: Units | None = None) -> SemanticModel:
    """Conclude what every table and column of the main schema means.

    Args:
        connection: read only; tables and views of the schema `main` are taken.
        units: units that loading found in the values ("$", "%"), by (table, column); they go before names.
    """
    tables = read_facts(connection)
    roles: Roles = {table.name: {c.name: read_column(c) for c in table.columns} for table in tables}
    keys: dict[str, Keys] = {}
    for table in tables:
        unique = unique_columns(connection, table)
        keys[table.name] = Keys(unique, primary_key(table, unique, roles[table.name]))
    meter = ContainmentMeter(connection)
    names = JoinNames(tables, keys)
    links = find_links(tables, keys, names, meter)
    _give_composite_keys(connection, tables, keys, roles, links)
    links = [*links, *composite_links(tables, keys, meter)]
    _make_references_ids(tables, roles, keys, links)
    rows = {table.name: table.rows for table in tables}
    return SemanticModel(
        tables=[_table(table, keys[table.name], roles[table.name], links, units or {}) for table in tables],
        joins=[_join(link, keys, rows[link.left]) for link in links],
    )


def _give_composite_keys(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[TableFacts],
    keys: dict[str, Keys],
    roles: Roles,
    links: Sequence[Link],
) -> None:
    """Find keys of several columns where none alone is one, or where only a few rows make it seem so."""
    for table in tables:
        foreign = _foreign(table, links)
        primary = keys[table.name].primary
        if not primary:
            primary = composite_key(connection, table, roles[table.name], foreign)
        elif table.rows < FEW_ROWS and set(primary) <= set(foreign):
            others = [c.name for c in table.columns if roles[table.name][c.name].role is Role.ID]
            primary = others if len(others) > 1 else primary
        keys[table.name] = replace(keys[table.name], primary=primary)


def _foreign(table: TableFacts, links: Sequence[Link]) -> list[str]:
    return [column for link in links if link.left == table.name for column in link.columns]


def _make_references_ids(
    tables: Sequence[TableFacts], roles: Roles, keys: Mapping[str, Keys], links: Sequence[Link]
) -> None:
    """Numbers that refer to or identify rows are ids, whatever they are called; names stay dimensions."""
    ends = {(link.left, column) for link in links for column in link.columns}
    ends |= {(link.right, column) for link in links for column in link.keys}
    for table in tables:
        ends |= {
            (table.name, column) for column in keys[table.name].primary if len(keys[table.name].primary) == 1
        }
        for column in table.columns:
            reading = roles[table.name][column.name]
            if (table.name, column.name) not in ends or reading.time_part or reading.role is Role.TIME:
                continue
            words = column.words
            if column.type is not ColumnType.TEXT or words.is_identifier or words.is_code or words.is_number:
                roles[table.name][column.name] = Reading(
                    Role.ID, DefaultAggregation.COUNT_DISTINCT, sensitive=reading.sensitive
                )


def _join(link: Link, keys: Mapping[str, Keys], rows: int) -> Join:
    return Join(
        left=link.left,
        right=link.right,
        columns=list(zip(link.columns, link.keys, strict=True)),
        cardinality=cardinality(link, keys, rows),
        confidence=link.confidence,
    )


def _table(
    table: TableFacts, keys: Keys, roles: Mapping[str, Reading], links: Sequence[Link], units: Units
) -> Table:
    return Table(
        name=table.name,
        entity=" ".join((*table.words.words[:-1], table.words.stem[-1])),
        rows=table.rows,
        primary_key=list(keys.primary),
        label=label(table, keys.primary, roles, _foreign(table, links)),
        time_column=time_column(table),
        columns=[_column(c, roles[c.name], units.get((table.name, c.name))) for c in table.columns],
    )


def _column(column: ColumnFacts, reading: Reading, unit: str | None) -> Column:
    values = list(column.values) if reading.role in {Role.DIMENSION, Role.FLAG} else list(column.values)[:5]
    if reading.role is Role.MEASURE:
        values = []
    return Column(
        name=column.name,
        type=column.type,
        role=reading.role,
        unit=unit or reading.unit,
        aggregation=reading.aggregation,
        time_part=reading.time_part,
        true_values=[v for v in reading.true_values if not isinstance(v, float)],
        distinct=column.distinct,
        null_fraction=round(column.nulls / column.rows, 4) if column.rows else 0.0,
        minimum=column.minimum if column.type is not ColumnType.TEXT else None,
        maximum=column.maximum if column.type is not ColumnType.TEXT else None,
        values=[value for value, _ in values],
        values_complete=column.values_complete and len(values) == len(column.values),
        sensitive=reading.sensitive,
    )
