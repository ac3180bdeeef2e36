from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest
import sqlglot
from guard_cases import BIGQUERY_SHOP, SHOP, hostile, locked_shop, statements
from sqlglot import exp

from datacraft.contracts.errors import UnsafeQuery
from datacraft.sql.compare import Table, same_result
from datacraft.sql.guard import Guard, GuardLimits, guard

ORDINARY = statements("ordinary.sql")
ORDINARY_BIGQUERY = statements("ordinary_bigquery.sql")
HOSTILE = hostile("hostile.yaml")
HOSTILE_BIGQUERY = hostile("hostile_bigquery.yaml")

SHOP_GUARD = Guard(SHOP, row_limit=10_000)
BIGQUERY_GUARD = Guard(BIGQUERY_SHOP, dialect="bigquery", row_limit=10_000)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with locked_shop(tmp_path_factory.mktemp("shop")) as connection:
        yield connection


def rows_of(connection: duckdb.DuckDBPyConnection, sql: str) -> Table:
    cursor = connection.execute(sql)
    return Table([column[0] for column in cursor.description or ()], cursor.fetchall())


def test_there_are_enough_cases() -> None:
    assert len(ORDINARY) >= 200
    assert len({sql for _, sql in HOSTILE}) >= 500
    assert len(ORDINARY_BIGQUERY) >= 40
    assert len({sql for _, sql in HOSTILE_BIGQUERY}) >= 100


@pytest.mark.parametrize("sql", ORDINARY)
def test_an_ordinary_statement_passes_and_gives_the_same_rows(
    sql: str, shop: duckdb.DuckDBPyConnection
) -> None:
    guarded = SHOP_GUARD.check(sql)
    before, after = rows_of(shop, sql), rows_of(shop, guarded.sql)
    assert same_result(before, after, extra_columns=0), guarded.sql
    assert set(guarded.tables) <= set(SHOP)
    assert all(column in SHOP[table] for table, column in guarded.columns)


@pytest.mark.parametrize("sql", ORDINARY)
def test_a_statement_that_passed_passes_again_unchanged(sql: str) -> None:
    guarded = SHOP_GUARD.check(sql)
    assert SHOP_GUARD.check(guarded.sql) == guarded


@pytest.mark.parametrize("sql", ORDINARY_BIGQUERY)
def test_an_ordinary_bigquery_statement_passes_and_passes_again(sql: str) -> None:
    guarded = BIGQUERY_GUARD.check(sql)
    assert BIGQUERY_GUARD.check(guarded.sql) == guarded
    assert set(guarded.tables) <= set(BIGQUERY_SHOP)


@pytest.mark.parametrize(("category", "sql"), HOSTILE)
def test_a_hostile_statement_is_refused(category: str, sql: str) -> None:
    with pytest.raises(UnsafeQuery) as refused:
        SHOP_GUARD.check(sql)
    assert refused.value.message.endswith(".")
    assert refused.value.hint


@pytest.mark.parametrize(("category", "sql"), HOSTILE_BIGQUERY)
def test_a_hostile_bigquery_statement_is_refused(category: str, sql: str) -> None:
    with pytest.raises(UnsafeQuery):
        BIGQUERY_GUARD.check(sql)


BOMBS = {
    "brackets": "SELECT " + "(" * 5_000 + "1" + ")" * 5_000,
    "few brackets": "SELECT " + "(" * 60 + "1" + ")" * 60,
    "brackets of lists": "SELECT " + "[" * 60 + "1" + "]" * 60,
    "subqueries": "SELECT * FROM " + "(SELECT * FROM " * 60 + "orders" + ") t" * 60,
    "nots": "SELECT " + "NOT " * 3_000 + "TRUE",
    "signs": "SELECT " + "- " * 3_000 + "1",
    "mixed signs": "SELECT " + "NOT - ~ + " * 500 + "1",
    "cases": "SELECT " + "CASE WHEN TRUE THEN " * 60 + "1" + " END" * 60,
    "casts": "SELECT 1" + "::INT" * 3_000,
    "sums": "SELECT 1" + " + 1" * 5_000,
    "texts": "SELECT 'x'" + " || 'x'" * 5_000,
    "calls": "SELECT " + "abs(" * 60 + "1" + ")" * 60,
    "ors": "SELECT * FROM orders WHERE " + " OR ".join(["amount > 1"] * 5_000),
    "columns": "SELECT " + ", ".join(["amount"] * 10_000) + " FROM orders",
    "unions": " UNION ALL ".join(["SELECT amount FROM orders"] * 200),
    "joins": "SELECT 1 FROM orders a0" + "".join(f" JOIN orders a{i} USING (order_id)" for i in range(1, 60)),
    "unfinished joins": "SELECT 1 FROM orders" + " JOIN orders" * 60,
    "commas": "SELECT 1 FROM orders a0" + "".join(f", orders a{i}" for i in range(1, 60)),
    "long": "SELECT '" + "x" * 100_000 + "'",
    "long name": f"SELECT amount AS {'x' * 5_000} FROM orders",
    "semicolons": "SELECT 1" + ";" * 1_000 + "SELECT 1",
    "doubling": "WITH a0 AS (SELECT amount FROM orders)"
    + "".join(f", a{i} AS (SELECT * FROM a{i - 1} UNION ALL SELECT * FROM a{i - 1})" for i in range(1, 12))
    + " SELECT count(*) FROM a11",
    "doubling by joins": "WITH a0 AS (SELECT order_id FROM orders)"
    + "".join(
        f", a{i} AS (SELECT x.order_id FROM a{i - 1} x JOIN a{i - 1} y USING (order_id))"
        for i in range(1, 12)
    )
    + " SELECT count(*) FROM a11",
    "arrows": "SELECT list_filter([1], " + "x -> " * 500 + "1)",
    "intervals": "SELECT " + "INTERVAL " * 2_000 + "1 DAY",
    "qualified": "SELECT a" + ".a" * 2_000 + " FROM orders",
    "indexes": "SELECT note" + "[1]" * 2_000 + " FROM orders",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_at_once(name: str) -> None:
    started = time.perf_counter()
    with pytest.raises(UnsafeQuery):
        SHOP_GUARD.check(BOMBS[name])
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    ("sql", "limit"),
    [
        ("SELECT amount FROM orders", 11),
        ("SELECT amount FROM orders LIMIT 5", 5),
        ("SELECT amount FROM orders LIMIT 10", 10),
        ("SELECT amount FROM orders LIMIT 11", 11),
        ("SELECT amount FROM orders LIMIT 5000", 11),
        ("SELECT amount FROM orders LIMIT 0", 0),
        ("SELECT amount FROM orders FETCH FIRST 20 ROWS ONLY", 11),
        ("SELECT amount FROM orders UNION ALL SELECT price FROM products", 11),
        ("(SELECT amount FROM orders ORDER BY amount LIMIT 40)", 11),
        ("SELECT * FROM (SELECT amount FROM orders LIMIT 40) t", 11),
    ],
)
def test_the_row_limit_shows_that_a_result_was_cut(
    sql: str, limit: int, shop: duckdb.DuckDBPyConnection
) -> None:
    guarded = guard(sql, tables=SHOP, row_limit=10)
    assert len(rows_of(shop, guarded.sql).rows) == limit
    assert guarded.row_limit == 10


def test_tables_and_columns_that_are_read_are_told_by_their_known_names() -> None:
    guarded = SHOP_GUARD.check(
        "WITH big AS (SELECT CUSTOMER_ID, amount FROM \"Orders\" o WHERE region = 'East') "
        "SELECT c.name, b.amount FROM big b JOIN Customers c ON c.customer_id = b.customer_id"
    )
    assert guarded.tables == ("orders", "customers")
    assert set(guarded.columns) == {
        ("orders", "customer_id"),
        ("orders", "amount"),
        ("orders", "region"),
        ("customers", "name"),
        ("customers", "customer_id"),
    }


def test_a_star_reads_every_column() -> None:
    assert SHOP_GUARD.check("SELECT * FROM products").columns == tuple(
        ("products", column) for column in SHOP["products"]
    )


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT amount,\n  getenv('x') FROM orders", "getenv is not allowed (line 2, column 3)"),
        ("SELECT *\nFROM vault", "'vault' (line 2, column 6)"),
        ("SELECT amount,\n\n secret FROM orders", "'secret' (line 3, column 2)"),
        ("SELECT 1;\n SELECT 2", "line 1, column 9"),
        ("SELECT 1,\n 'a\u202eb'", "U+202E) at line 2, column 4"),
        ("DROP TABLE orders", "'DROP'"),
        ("SELECT * FROM read_csv('x.csv')", "READ_CSV"),
        ("SELECT * FROM orders USING SAMPLE 5", "sample"),
    ],
)
def test_a_refusal_says_what_and_where(sql: str, said: str) -> None:
    with pytest.raises(UnsafeQuery) as refused:
        SHOP_GUARD.check(sql)
    assert said in refused.value.message


def test_an_unknown_table_or_column_offers_the_known_ones() -> None:
    with pytest.raises(UnsafeQuery) as refused:
        SHOP_GUARD.check("SELECT total FROM orders")
    assert "amount" in refused.value.choices


def test_comments_never_reach_the_database() -> None:
    guarded = SHOP_GUARD.check("SELECT amount -- net of tax\nFROM orders /* all of them */")
    assert guarded.sql == "SELECT amount FROM orders LIMIT 10001"


def test_a_built_statement_is_checked_like_a_parsed_one() -> None:
    built = exp.select("region", exp.func("SUM", exp.column("amount"))).from_("orders").group_by("region")
    assert SHOP_GUARD.check_expression(built).sql == (
        "SELECT region, SUM(amount) FROM orders GROUP BY region LIMIT 10001"
    )


@pytest.mark.parametrize(
    "built",
    [
        exp.select(exp.column(exp.to_identifier("amount; DROP TABLE orders", quoted=False))).from_("orders"),
        exp.select(exp.alias_(exp.column("amount"), "x, secret", quoted=False)).from_("orders"),
        exp.select(exp.Literal.number("1; DROP TABLE orders")),
        exp.select(exp.Anonymous(this="getenv('HOME') || lower", expressions=[exp.Literal.string("x")])),
        exp.select(exp.Var(this="getenv('HOME')")),
        exp.select("amount").from_("orders").limit(exp.Var(this="1; DROP TABLE orders")),
        exp.select(exp.Cast(this=exp.Literal.string("x"), to=exp.DataType.build("regclass", udt=True))),
        exp.select(exp.Interval(this=exp.Literal.string("1"), unit=exp.Var(this="DAY; DROP TABLE orders"))),
        exp.select("amount").from_(exp.Table(this=exp.Anonymous(this="read_text"))),
        exp.select("amount")
        .from_("orders")
        .join(exp.Join(this=exp.to_table("products"), method="POSITIONAL")),
        exp.Command(this="DROP", expression="TABLE orders"),
        exp.Values(expressions=[exp.Tuple(expressions=[exp.Literal.number(1)])]),
        exp.delete("orders"),
        exp.select(exp.Lambda(this=exp.column("amount"), expressions=[exp.to_identifier("x")])).from_(
            "orders"
        ),
    ],
    ids=lambda built: type(built).__name__,
)
def test_a_built_statement_can_not_carry_text_past_the_guard(built: exp.Expression) -> None:
    with pytest.raises(UnsafeQuery):
        SHOP_GUARD.check_expression(built)


def test_quotes_in_built_names_and_literals_stay_quotes(shop: duckdb.DuckDBPyConnection) -> None:
    text = "'; DROP TABLE orders; --"
    built = exp.select(exp.alias_(exp.Literal.string(text), text + '"', quoted=True))
    table = rows_of(shop, SHOP_GUARD.check_expression(built).sql)
    assert table == Table([text + '"'], [(text,)])


def test_limits_can_be_set() -> None:
    with pytest.raises(UnsafeQuery):
        guard("SELECT 1, 2, 3", tables={}, row_limit=5, limits=GuardLimits(nodes=3))
    two = GuardLimits(cross_joins=2)
    guard("SELECT 1 FROM orders, products, customers", tables=SHOP, row_limit=5, limits=two)


def test_wrong_settings_are_errors() -> None:
    with pytest.raises(ValueError, match="dialect"):
        Guard(SHOP, dialect="oracle", row_limit=5)
    with pytest.raises(ValueError, match="row_limit"):
        Guard(SHOP, row_limit=0)


def test_a_cte_hides_a_table_only_where_it_is_visible() -> None:
    tables = {"orders": ["amount"]}
    inside = "SELECT * FROM (WITH orders AS (SELECT 1 AS x) SELECT x FROM orders) t, (SELECT x FROM orders) u"
    with pytest.raises(UnsafeQuery, match="'x'"):
        guard(inside, tables=tables, row_limit=5)
    with pytest.raises(UnsafeQuery, match="'amount'"):
        guard("WITH orders AS (SELECT 1 AS x) SELECT amount FROM orders", tables=tables, row_limit=5)


def test_names_in_other_alphabets_are_known_exactly(tmp_path: Path) -> None:
    tables = {"umsätze": ["größe", "Straße"]}
    guarded = guard("SELECT größe, straße FROM umsätze", tables=tables, row_limit=5)
    assert guarded.columns == (("umsätze", "größe"), ("umsätze", "Straße"))
    with pytest.raises(UnsafeQuery):
        guard("SELECT GRÖSSE FROM umsätze", tables=tables, row_limit=5)


def test_a_dot_in_a_name_is_not_a_schema() -> None:
    tables = {"sales.2021": ["amount"], "it's": ["a b"]}
    assert guard('SELECT amount FROM "sales.2021"', tables=tables, row_limit=5).tables == ("sales.2021",)
    assert guard('SELECT "A b" FROM "IT\'S" t', tables=tables, row_limit=5).columns == (("it's", "a b"),)
    with pytest.raises(UnsafeQuery):
        guard('SELECT amount FROM sales."2021"', tables=tables, row_limit=5)


def test_the_package_loads_no_parser_until_it_is_used() -> None:
    code = "import datacraft.sql, sys; assert 'sqlglot' not in sys.modules; datacraft.sql.Guard"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_typical_statement_is_checked_in_milliseconds_whatever_the_schema() -> None:
    tables = {f"table_{i}": [f"column_{i}_{j}" for j in range(20)] for i in range(50)} | SHOP
    checker = Guard(tables, row_limit=100)
    sql = (
        "SELECT c.segment, date_trunc('month', o.order_date) AS month, sum(o.amount) AS total, "
        "count(DISTINCT o.order_id) AS n FROM orders o JOIN customers c ON c.customer_id = o.customer_id "
        "WHERE o.status = 'paid' AND o.order_date >= DATE '2021-01-01' GROUP BY 1, 2 ORDER BY total DESC LIMIT 20"
    )
    times = []
    for _ in range(30):
        started = time.perf_counter()
        checker.check(sql)
        times.append(time.perf_counter() - started)
    assert sorted(times)[5] < 0.010  # 3 ms on an idle machine


@pytest.mark.parametrize(
    ("before", "middle", "after"),
    [
        ("(", "1", ")"),
        ("abs(", "1", ")"),
        ("(SELECT ", "1", ")"),
        ("CASE WHEN TRUE THEN ", "1", " END"),
        ("coalesce(1, ", "1", ")"),
        ("EXISTS (SELECT ", "1", ")"),
        ("[", "1", "]"),
        ("(1 + ", "1", ")"),
        ("CAST(", "1", " AS INT)"),
        ("1 IN (SELECT ", "1", ")"),
        ("sum(1) OVER (ORDER BY ", "1", ")"),
    ],
)
def test_deep_nesting_takes_no_time(before: str, middle: str, after: str) -> None:
    for depth in (8, 16, 31):
        started = time.perf_counter()
        with suppress(UnsafeQuery):
            SHOP_GUARD.check(f"SELECT {before * depth}{middle}{after * depth}")
        assert time.perf_counter() - started < 1


def test_the_shop_of_the_tests_is_what_the_guard_knows(shop: duckdb.DuckDBPyConnection) -> None:
    for table, columns in SHOP.items():
        assert [row[0] for row in rows_of(shop, f"DESCRIBE {table}").rows] == columns
    assert sqlglot.parse_one("SELECT 1").sql() == "SELECT 1"
