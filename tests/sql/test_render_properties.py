"""What holds for every rendering, whatever the data."""

from __future__ import annotations

import random
from collections.abc import Iterator

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from render_cases.shop import database, joins, schema
from sqlglot.generators.bigquery import BigQueryGenerator

from datacraft.contracts.plan import (
    Aggregate,
    AggregateFunction,
    AnyOf,
    Arithmetic,
    Between,
    ColumnRef,
    Comparison,
    Constant,
    InPlan,
    InValues,
    IsNull,
    Not,
    Order,
    Output,
    OutputRef,
    Predicate,
    QueryPlan,
    TextMatch,
    Window,
    WindowFunction,
)
from datacraft.contracts.semantic import ColumnType
from datacraft.sql.render import SchemaView, TableView, render

NUMBERS = [
    ColumnRef(table=name, column=column)
    for name, table in schema().tables.items()
    for column, kind in table.types.items()
    if kind in (ColumnType.INTEGER, ColumnType.NUMBER) and name not in ("Stock Levels", "scans")
]
TEXTS = [
    ColumnRef(table=name, column=column)
    for name, table in schema().tables.items()
    for column, kind in table.types.items()
    if kind is ColumnType.TEXT and name not in ("Stock Levels", "scans")
]
SETTINGS = settings(max_examples=60, deadline=None)


@pytest.fixture(scope="module")
def shop() -> Iterator[duckdb.DuckDBPyConnection]:
    with database() as connection:
        yield connection


# Text of letters only: a plan's JSON does not tell "2021" the text from 2021 the moment.
words = st.text(st.characters(codec="utf-8", categories=["L"]), max_size=6) | st.sampled_from(
    ["toys", "paid", "%_'\\"]
)
columns = st.sampled_from(NUMBERS + TEXTS)
numbers = st.integers(-5, 60) | st.floats(-5, 60).map(lambda value: round(value, 2))
leaves = st.one_of(
    st.builds(
        Comparison,
        left=st.sampled_from(NUMBERS),
        operator=st.sampled_from(["=", "!=", "<", ">="]),
        right=numbers.map(lambda value: Constant(value=value)),
    ),
    st.builds(
        TextMatch,
        left=st.sampled_from(TEXTS),
        mode=st.sampled_from(["equals", "contains", "starts_with", "ends_with"]),
        value=words,
        negated=st.booleans(),
    ),
    st.builds(
        InValues,
        left=st.sampled_from(TEXTS),
        values=st.lists(words | st.none(), min_size=1, max_size=3).map(tuple),
        negated=st.booleans(),
    ),
    st.builds(IsNull, left=columns, negated=st.booleans()),
    st.builds(
        Between,
        left=st.sampled_from(NUMBERS),
        low=numbers.map(lambda value: Constant(value=value)),
        high=numbers.map(lambda value: Constant(value=value)),
    ),
)
predicates: st.SearchStrategy[Predicate] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(AnyOf, items=st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Not, item=inner),
    ),
    max_leaves=4,
)
aggregates = st.one_of(
    st.builds(
        Aggregate, function=st.just(AggregateFunction.COUNT), grain=st.sampled_from(["orders", "customers"])
    ),
    st.builds(
        Aggregate,
        function=st.sampled_from(
            [
                AggregateFunction.SUM,
                AggregateFunction.AVG,
                AggregateFunction.MIN,
                AggregateFunction.COUNT_DISTINCT,
            ]
        ),
        argument=st.sampled_from(NUMBERS),
        where=st.lists(leaves, max_size=1).map(tuple),
    ),
)


def plan_of(
    keys: list[ColumnRef],
    values: list[Aggregate],
    filters: list[Predicate],
    *,
    window: bool,
    limit: int | None,
) -> QueryPlan:
    expressions = [*dict.fromkeys(keys), *values]
    if window:
        expressions.append(Window(function=WindowFunction.SHARE, argument=values[0]))
    outputs = [Output(name=f"c{index}", expression=value) for index, value in enumerate(expressions)]
    last = Order(expression=OutputRef(name=outputs[-1].name), descending=True)
    return QueryPlan(
        root="orders",
        joins=joins(),
        outputs=tuple(outputs),
        filters=tuple(filters),
        order=(last,),
        limit=limit,
    )


plans = st.builds(
    plan_of,
    st.lists(columns, max_size=2),
    st.lists(aggregates, min_size=1, max_size=3),
    st.lists(predicates, max_size=2),
    window=st.booleans(),
    limit=st.none() | st.integers(1, 3),
)


@SETTINGS
@given(plan=plans)
def test_a_connected_plan_renders_runs_and_parses_in_both_dialects(
    shop: duckdb.DuckDBPyConnection, plan: QueryPlan
) -> None:
    assert QueryPlan.model_validate_json(plan.model_dump_json()) == plan
    query = render(plan, schema=schema())
    shop.execute(query.sql).fetchall()
    for dialect in ("duckdb", "bigquery"):
        text = render(plan, schema=schema(), dialect=dialect).sql
        assert sqlglot.parse_one(text, dialect=dialect).sql(dialect=dialect, pretty=True) == text


def _total(shop: duckdb.DuckDBPyConnection, plan: QueryPlan, column: int) -> float:
    rows = shop.execute(render(plan, schema=schema()).sql).fetchall()
    return sum(row[column] or 0 for row in rows)


@SETTINGS
@given(filters=st.lists(predicates, max_size=2))
def test_groups_of_a_key_that_each_row_has_once_add_up_to_the_whole(
    shop: duckdb.DuckDBPyConnection, filters: list[Predicate]
) -> None:
    total = Aggregate(function=AggregateFunction.SUM, argument=ColumnRef(table="orders", column="shipping"))
    status = ColumnRef(table="orders", column="status")
    whole = QueryPlan(
        root="orders", joins=joins(), filters=tuple(filters), outputs=(Output(name="v", expression=total),)
    )
    grouped = whole.model_copy(update={"outputs": (Output(name="k", expression=status), *whole.outputs)})
    assert _total(shop, grouped, 1) == pytest.approx(_total(shop, whole, 0))


def _random_shop(seed: int) -> duckdb.DuckDBPyConnection:
    """Return orders and lines with no orphans; orders may have no lines, lines may share a product."""
    pick = random.Random(seed)
    connection = duckdb.connect()
    connection.execute("CREATE TABLE orders (id INTEGER, shipping INTEGER)")
    connection.execute(
        "CREATE TABLE order_items (id INTEGER, order_id INTEGER, product_id INTEGER, quantity INTEGER)"
    )
    connection.execute("CREATE TABLE products (id INTEGER, category TEXT)")
    for order in range(8):
        connection.execute("INSERT INTO orders VALUES (?, ?)", [order, pick.randint(0, 9)])
    for product in range(4):
        connection.execute("INSERT INTO products VALUES (?, ?)", [product, pick.choice(["a", "b", None])])
    for line in range(15):
        row = [line, pick.randrange(8), pick.randrange(4), pick.randint(1, 5)]
        connection.execute("INSERT INTO order_items VALUES (?, ?, ?, ?)", row)
    return connection


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), least=st.integers(0, 5))
def test_each_row_counts_once_in_each_of_its_groups(seed: int, least: int) -> None:
    shipping = ColumnRef(table="orders", column="shipping")
    plan = QueryPlan(
        root="orders",
        joins=joins(),
        outputs=(
            Output(name="category", expression=ColumnRef(table="products", column="category")),
            Output(name="n", expression=Aggregate(function=AggregateFunction.COUNT, grain="orders")),
            Output(name="total", expression=Aggregate(function=AggregateFunction.SUM, argument=shipping)),
        ),
        filters=(
            Comparison(
                left=ColumnRef(table="order_items", column="quantity"),
                operator=">=",
                right=Constant(value=least),
            ),
        ),
    )
    with _random_shop(seed) as shop:
        lines = shop.execute(
            "SELECT o.id, o.shipping, p.category FROM orders o, order_items i, products p "
            "WHERE i.order_id = o.id AND p.id = i.product_id AND i.quantity >= ?",
            [least],
        ).fetchall()
        expected: dict[str | None, dict[int, int]] = {}
        for order, amount, category in lines:
            expected.setdefault(category, {})[order] = amount
        rows = shop.execute(render(plan, schema=schema()).sql).fetchall()
    assert {key: (n, total) for key, n, total in rows} == {
        key: (len(orders), sum(orders.values())) for key, orders in expected.items()
    }


@settings(max_examples=20, deadline=None)
@given(inner=st.lists(leaves, max_size=1))
def test_a_membership_and_its_negation_share_out_all_rows(
    shop: duckdb.DuckDBPyConnection, inner: list[Predicate]
) -> None:
    region = ColumnRef(table="customers", column="region_id")
    among = QueryPlan(
        root="customers", joins=joins(), filters=tuple(inner), outputs=(Output(name="r", expression=region),)
    )
    count = Output(name="n", expression=Aggregate(function=AggregateFunction.COUNT, grain="customers"))
    counts = [
        _total(
            shop,
            QueryPlan(
                root="customers",
                outputs=(count,),
                filters=(InPlan(left=region, plan=among, negated=negated),),
            ),
            0,
        )
        for negated in (False, True)
    ]
    assert sum(counts) == 5


ODD_NAMES = [
    "two words",
    'quo"te',
    "semi;colon",
    "Mixed",
    "ünï",
    "1st",
    "x--y",
    "tick`s",
    "per%cent",
    "insert",
]


def _names() -> list[str]:
    with duckdb.connect() as connection:
        query = "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category <> 'unreserved'"
        reserved = {word for (word,) in connection.execute(query).fetchall()}
    return [*sorted(reserved | set(BigQueryGenerator.RESERVED_KEYWORDS)), *ODD_NAMES]


def test_any_name_can_be_a_table_a_column_and_an_output() -> None:
    with duckdb.connect() as connection:
        for word in _names():
            view = SchemaView({word: TableView(primary_key=(word,), types={word: ColumnType.INTEGER})})
            column = ColumnRef(table=word, column=word)
            plan = QueryPlan(
                root=word,
                outputs=(
                    Output(
                        name=word, expression=Arithmetic(operator="+", left=column, right=Constant(value=1))
                    ),
                    Output(name="n", expression=Aggregate(function=AggregateFunction.COUNT)),
                    Output(
                        name="place",
                        expression=Window(function=WindowFunction.RANK, argument=OutputRef(name="n")),
                    ),
                ),
                order=(Order(expression=OutputRef(name="n"), descending=True),),
            )
            quoted = '"' + word.replace('"', '""') + '"'
            connection.execute(f"CREATE TEMP TABLE {quoted} AS SELECT unnest([1, 1, 2]) AS {quoted}")
            rows = connection.execute(render(plan, schema=view).sql).fetchall()
            assert rows == [(2, 2, 1), (3, 1, 2)], word
            for dialect in ("duckdb", "bigquery"):
                text = render(plan, schema=view, dialect=dialect).sql
                assert sqlglot.parse_one(text, dialect=dialect).sql(dialect=dialect, pretty=True) == text
