"""Inference on data that is empty, odd or large: no crash, no false join, and a model that passes its own checks."""

from __future__ import annotations

import duckdb
import pytest

from datacraft.contracts.semantic import Role, SemanticModel
from datacraft.profiles import infer_semantic_model
from datacraft.profiles.semantic_checks import find_problems
from datacraft.profiles.semantic_yaml import from_yaml, to_yaml


def infer(sql: str, units: dict[tuple[str, str], str] | None = None) -> SemanticModel:
    with duckdb.connect() as connection:
        connection.execute(sql)
        model = infer_semantic_model(connection, units)
    assert find_problems(model) == []
    assert from_yaml(to_yaml(model), "model") == model
    return model


def joins(model: SemanticModel) -> list[tuple[str, str]]:
    return [(f"{j.left}.{j.columns[0][0]}", f"{j.right}.{j.columns[0][1]}") for j in model.joins]


def test_a_database_without_tables_has_an_empty_model() -> None:
    assert infer("SELECT 1") == SemanticModel(tables=[])


def test_tables_without_rows_are_joined_by_names_alone() -> None:
    model = infer("CREATE TABLE a (id INT, name TEXT); CREATE TABLE b (id INT, a_id INT, score INT)")
    assert joins(model) == [("b.a_id", "a.id")]
    assert model.joins[0].confidence < 0.8


def test_odd_names_nested_types_and_views_are_taken() -> None:
    model = infer(
        """CREATE TABLE "we ird ""t" AS SELECT 1 AS "a ""b", NULL::INT AS "x;drop", [1] AS l, {'a': 1} AS st;
        CREATE TABLE "Ünïcode tâble" AS SELECT i AS "№", 'x' AS "名前" FROM range(3) r(i);
        CREATE VIEW seen AS SELECT * FROM range(5) r(number_of_things)"""
    )
    assert [table.name for table in model.tables] == ["seen", 'we ird "t', "Ünïcode tâble"]


def test_a_thousand_columns_are_read() -> None:
    columns = ", ".join(f"i + {n} AS column_{n}" for n in range(1000))
    assert len(infer(f"CREATE TABLE wide AS SELECT {columns} FROM range(5) r(i)").tables[0].columns) == 1000


def test_numbers_that_happen_to_fit_are_no_join() -> None:
    model = infer(
        """CREATE TABLE products AS SELECT i AS product_id, 'p' || i AS name, 1 + i % 5 AS rating FROM range(1, 51) r(i);
        CREATE TABLE visits AS SELECT i AS visit_id, 1 + i % 50 AS score, 1 + i % 40 AS pages, 'p' || (1 + i % 50) AS name
        FROM range(1, 301) r(i)"""
    )
    assert joins(model) == []


def test_a_few_orphans_do_not_hide_a_join() -> None:
    model = infer(
        """CREATE TABLE customers AS SELECT i AS id, 'c' || i AS name FROM range(100) r(i);
        CREATE TABLE orders AS SELECT i AS order_id, i % 103 AS customer_id FROM range(500) r(i)"""
    )
    assert joins(model) == [("orders.customer_id", "customers.id")]


def test_text_and_number_keys_are_never_joined_by_a_cast() -> None:
    model = infer(
        """CREATE TABLE shops AS SELECT 'x' || i AS shop_id FROM range(30) r(i);
        CREATE TABLE sales AS SELECT i AS shop_id, i * 2.5 AS amount FROM range(30) r(i)"""
    )
    assert joins(model) == []


def test_units_found_by_loading_go_before_those_of_names() -> None:
    model = infer(
        "CREATE TABLE t AS SELECT i * 1.5 AS price_usd FROM range(9) r(i)", {("t", "price_usd"): "EUR"}
    )
    assert model.column("t", "price_usd").unit == "EUR"


@pytest.mark.parametrize(
    ("column", "values", "role", "true_values"),
    [
        ("member", "['yes', 'no']", Role.FLAG, ["yes"]),
        ("is_open", "[0, 1]", Role.FLAG, [1]),
        ("smoker", "['Y', 'N']", Role.FLAG, ["Y"]),
        ("approved", "['T', 'F']", Role.FLAG, ["T"]),
        ("gender", "['M', 'F']", Role.DIMENSION, []),
        ("likes", "[0, 1]", Role.MEASURE, []),
        ("room_number", "[101, 102]", Role.DIMENSION, []),
        ("citation_num", "[4, 9]", Role.MEASURE, []),
        ("zip", "[94103, 10001]", Role.DIMENSION, []),
        ("level", "[1, 2]", Role.DIMENSION, []),
    ],
)
def test_roles_follow_names_and_values_together(
    column: str, values: str, role: Role, true_values: list[object]
) -> None:
    model = infer(
        f"CREATE TABLE t AS SELECT 'x' AS first, {values}[1 + i % 2] AS {column} FROM range(40) r(i)"
    )
    found = model.column("t", column)
    assert (found.role, found.true_values) == (role, true_values)


def test_many_rows_are_read_approximately_but_keys_exactly() -> None:
    model = infer(
        """CREATE TABLE events AS SELECT i AS event_id, i % 5000 AS user_id, i % 7 AS kind_code FROM range(150000) r(i);
        CREATE TABLE users AS SELECT i AS user_id, 'u' || i AS name FROM range(5000) r(i)"""
    )
    assert model.table("events").primary_key == ["event_id"]
    assert joins(model) == [("events.user_id", "users.user_id")]
    assert model.joins[0].cardinality == "many_to_one"
