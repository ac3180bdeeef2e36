"""Codes that refer to a key of another name: which are joins, and which only look alike."""

from __future__ import annotations

import duckdb
import pytest

from datacraft.contracts.semantic import SemanticModel
from datacraft.profiles import infer_semantic_model

HARBOURS = """CREATE TABLE harbours AS SELECT 'H' || chr(65 + i::INT) || chr(90 - i::INT) AS un_code, 'Harbour ' || i AS name
FROM range(12) r(i);"""
CODE = "'H' || chr(65 + ({0} % 12)::INT) || chr(90 - ({0} % 12)::INT)"


def infer(sql: str) -> SemanticModel:
    with duckdb.connect() as connection:
        connection.execute(sql)
        return infer_semantic_model(connection)


def joins(sql: str) -> list[str]:
    return sorted(f"{j.left}.{j.columns[0][0]} > {j.right}.{j.columns[0][1]}" for j in infer(sql).joins)


def voyages(column: str, values: str) -> str:
    return f"CREATE TABLE voyages AS SELECT i AS voyage_id, {values} AS {column} FROM range(200) r(i);"


def test_two_roles_of_one_table_are_both_kept() -> None:
    model = infer(
        HARBOURS
        + f"""CREATE TABLE voyages AS SELECT i AS voyage_id, {CODE.format("i")} AS origin_code,
        {CODE.format("(i * 5 + 1)")} AS dest_code FROM range(200) r(i)"""
    )
    assert [(j.left, j.right, j.columns, j.cardinality) for j in model.joins] == [
        ("voyages", "harbours", [("origin_code", "un_code")], "many_to_one"),
        ("voyages", "harbours", [("dest_code", "un_code")], "many_to_one"),
    ]
    assert {j.confidence for j in model.joins} == {0.7}


@pytest.mark.parametrize(
    "column", ["departure", "arr", "from_ref", "pickup_no", "home", "harbour_of_call", "berth_code"]
)
def test_roles_code_words_and_words_of_the_target_ask_for_a_reference(column: str) -> None:
    assert joins(HARBOURS + voyages(column, CODE.format("i"))) == [f"voyages.{column} > harbours.un_code"]


@pytest.mark.parametrize(
    "column", ["status_code", "cargo_type", "origin_currency", "source_grade", "size_code", "remark", "cargo"]
)
def test_gradings_and_plain_attributes_join_nothing_although_their_values_fit(column: str) -> None:
    assert joins(HARBOURS + voyages(column, CODE.format("i"))) == []


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("origin_code", "['HAZ', 'HBY'][1 + i % 2]"),
        ("origin_code", f"CASE WHEN i % 12 < 2 THEN 'X' || i % 12 ELSE {CODE.format('i')} END"),
        ("origin_code", "chr(65 + (i % 3)::INT)"),
        ("origin_name", "'Quay ' || i % 12"),
    ],
    ids=["two values", "two of twelve unknown", "single letters", "names of two words"],
)
def test_values_that_are_few_unknown_or_no_codes_join_nothing(column: str, values: str) -> None:
    letters = "CREATE TABLE grades AS SELECT chr(65 + i::INT) AS letter_code FROM range(9) r(i);"
    assert joins(HARBOURS + letters + voyages(column, values)) == []


def test_digits_alone_join_nothing_without_a_word_of_the_target() -> None:
    sites = "CREATE TABLE sites AS SELECT lpad(i::VARCHAR, 3, '0') AS site_key, 'Site ' || i AS name FROM range(20) r(i);"
    assert joins(sites + voyages("origin_code", "lpad((i % 20)::VARCHAR, 3, '0')")) == []
    assert (
        joins(
            "CREATE TABLE sites AS SELECT i AS site_key FROM range(20) r(i);"
            + voyages("origin_code", "i % 20")
        )
        == []
    )


def test_of_two_tables_with_the_same_codes_the_name_decides_or_nothing_does() -> None:
    twins = (
        HARBOURS
        + "CREATE TABLE depots AS SELECT un_code AS store_key, 'Depot ' || name AS name FROM harbours;"
    )
    assert joins(twins + voyages("origin_code", CODE.format("i"))) == []
    assert joins(twins + voyages("origin_store_ref", CODE.format("i"))) == [
        "voyages.origin_store_ref > depots.store_key"
    ]


def test_a_table_that_extends_another_does_not_hide_it() -> None:
    tides = "CREATE TABLE tides AS SELECT un_code, 1.5 AS high_m FROM harbours WHERE name <> 'Harbour 11';"
    found = joins(HARBOURS + tides + voyages("origin_code", CODE.format("(i % 11)")))
    assert found == ["tides.un_code > harbours.un_code", "voyages.origin_code > harbours.un_code"]


def test_a_code_named_after_a_third_table_does_not_go_elsewhere() -> None:
    ships = "CREATE TABLE ships AS SELECT i AS ship_id, 'Ship ' || i AS name FROM range(30) r(i);"
    assert joins(HARBOURS + ships + voyages("ship_code", CODE.format("i"))) == []


@pytest.mark.parametrize("key", ["iata", "locode", "tag"])
def test_a_code_beside_the_key_can_be_the_target(key: str) -> None:
    ports = f"""CREATE TABLE ports AS SELECT 100 + i AS port_id, {CODE.format("i")} AS {key}, 'Port ' || i AS name
    FROM range(12) r(i);"""
    assert joins(ports + voyages("origin_code", CODE.format("i"))) == [f"voyages.origin_code > ports.{key}"]
