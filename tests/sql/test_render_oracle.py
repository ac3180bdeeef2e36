"""Grouped plans against their definition: join everything, make (row, group) pairs distinct, aggregate.

The definition is slow and plain; the renderer reaches the same numbers by semi-joins and bridges.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from render_cases.shop import database, joins, schema
from sqlglot import exp

from datacraft.contracts.plan import (
    Aggregate,
    AggregateFunction,
    ColumnRef,
    Comparison,
    Constant,
    InValues,
    IsNull,
    Output,
    Predicate,
    QueryPlan,
)
from datacraft.sql.render import render
from datacraft.sql.render.dialects import dialect_named
from datacraft.sql.render.joins import JoinTree
from datacraft.sql.render.names import Names, column
from datacraft.sql.render.plans import Rendering
from datacraft.sql.render.rows import TableRows
from datacraft.sql.render.scope import Scope

MEASURES = {
    "orders": "shipping",
    "customers": "credit",
    "order_items": "quantity",
    "parcels": "weight",
    "returns": "id",
}
KEYS = [
    ColumnRef(table=table, column=name)
    for table, name in [
        ("regions", "name"), ("customers", "name"), ("orders", "status"), ("products", "category"),
        ("returns", "reason"), ("tags", "label"), ("order_items", "price"), ("parcels", "part"), ("scans", "place"),
    ]
]  # fmt: skip

keys = st.sampled_from(KEYS)
filters: st.SearchStrategy[Predicate] = st.one_of(
    st.builds(IsNull, left=keys, negated=st.booleans()),
    st.builds(
        InValues,
        left=st.sampled_from([key for key in KEYS if key.column not in ("price", "part")]),
        values=st.lists(
            st.sampled_from(
                ["North", "Ann", "paid", "open", "toys", "books", "late", "local", "depot", None]
            ),
            min_size=1,
            max_size=4,
        ).map(tuple),
        negated=st.booleans(),
    ),
    st.builds(
        Comparison,
        left=st.sampled_from([ColumnRef(table=table, column=name) for table, name in MEASURES.items()]),
        operator=st.sampled_from(["<", ">=", "!="]),
        right=st.integers(1, 40).map(lambda value: Constant(value=value)),
    ),
)


@pytest.fixture(scope="module")
def shop() -> Iterator[duckdb.DuckDBPyConnection]:
    with database() as connection:
        yield connection


def pairs_by_definition(
    shop: duckdb.DuckDBPyConnection, grain: str, group: list[ColumnRef], kept: list[Predicate]
) -> dict[tuple[Any, ...], list[float]]:
    """Return the values of each group's rows, from one plain join of all tables."""
    tree = JoinTree(grain, joins())
    opened = frozenset(step.branch for step in tree.steps.values() if step.branch is not None)
    rows = TableRows(schema(), tree, grain, opened=opened)
    scope = Scope(Rendering(schema(), dialect_named("duckdb"), Names()), rows)
    select = exp.Select(distinct=exp.Distinct())
    measure = ColumnRef(table=grain, column=MEASURES[grain])
    columns = [column("rowid", grain), scope.expression(measure), *(scope.expression(key) for key in group)]
    for key in group:
        rows.drop_rows_without(key.table)
    condition = scope.filters(kept)
    select.set("expressions", columns)
    if condition is not None:
        select.set("where", exp.Where(this=condition))
    rows.attach(select)
    groups: dict[tuple[Any, ...], list[float]] = defaultdict(list)
    for _, value, *key in shop.execute(select.sql(dialect="duckdb")).fetchall():
        groups[tuple(key)].append(value)
    return groups


@settings(max_examples=80, deadline=None)
@given(
    grains=st.lists(st.sampled_from(sorted(MEASURES)), min_size=1, max_size=2, unique=True),
    group=st.lists(keys, max_size=2, unique=True),
    kept=st.lists(filters, max_size=3),
)
def test_every_grain_is_aggregated_as_it_is_defined(
    shop: duckdb.DuckDBPyConnection, grains: list[str], group: list[ColumnRef], kept: list[Predicate]
) -> None:
    outputs = [Output(name=f"key{index}", expression=key) for index, key in enumerate(group)]
    expected: dict[tuple[Any, ...], list[float | None]] = {}
    for position, grain in enumerate(grains):
        measure = ColumnRef(table=grain, column=MEASURES[grain])
        count = Aggregate(function=AggregateFunction.COUNT, grain=grain)
        total = Aggregate(function=AggregateFunction.SUM, argument=measure)
        outputs += [
            Output(name=f"n{position}", expression=count),
            Output(name=f"total{position}", expression=total),
        ]
        for key, values in pairs_by_definition(shop, grain, group, kept).items():
            row = expected.setdefault(key, [0, None] * len(grains))
            row[2 * position : 2 * position + 2] = [len(values), pytest.approx(sum(values))]
    if not group and not expected:
        expected[()] = [0, None] * len(grains)
    plan = QueryPlan(root="orders", joins=joins(), outputs=tuple(outputs), filters=tuple(kept))
    query = render(plan, schema=schema())
    found = {row[: len(group)]: list(row[len(group) :]) for row in shop.execute(query.sql).fetchall()}
    assert found == expected, query.sql
