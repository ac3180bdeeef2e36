"""Keys that a source declares go before what names and values seem to say."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from datacraft.contracts.semantic import SemanticModel
from datacraft.serving.meaning import load_meaning
from datacraft.warehouse import open_data

_SCRIPT = """
    CREATE TABLE staff (nr INTEGER PRIMARY KEY, full_name TEXT);
    CREATE TABLE owners (owner_key INTEGER PRIMARY KEY, shop TEXT);
    CREATE TABLE deals (deal INTEGER PRIMARY KEY, owner_key INTEGER REFERENCES staff, size REAL);
    CREATE TABLE stops (line TEXT, place INTEGER, name TEXT, PRIMARY KEY (line, place));
    CREATE TABLE calls (id INTEGER PRIMARY KEY, route TEXT, halt INTEGER,
                        FOREIGN KEY (route, halt) REFERENCES stops (line, place));
    INSERT INTO staff SELECT value, 'Person ' || value FROM generate_series(1, 9);
    INSERT INTO owners SELECT value, 'Shop ' || value FROM generate_series(1, 9);
    INSERT INTO deals SELECT value, 1 + value % 9, value * 1.5 FROM generate_series(1, 40);
    INSERT INTO stops SELECT 'L' || (value / 5), value % 5, 'Stop ' || value FROM generate_series(0, 24);
    INSERT INTO calls SELECT value, 'L' || (value % 5), value % 5 FROM generate_series(1, 30);
"""


def meaning_of(folder: Path) -> SemanticModel:
    source = folder / "source.sqlite"
    with sqlite3.connect(source) as database:
        for statement in _SCRIPT.split(";"):
            numbers = statement.partition("generate_series(")[2].partition(")")[0]
            if numbers:
                first, last = (int(number) for number in numbers.split(","))
                series = (
                    f"(WITH RECURSIVE s(value) AS (SELECT {first} UNION ALL SELECT value + 1 FROM s WHERE value < {last})"
                    " SELECT value FROM s)"
                )
                statement = statement.replace(f"generate_series({numbers})", series)
            database.execute(statement)
    warehouse = open_data([source], cache_dir=folder / "cache")
    try:
        meaning = load_meaning(warehouse, semantic=None, cache_dir=folder / "cache")
        meaning.values.close()
        return meaning.model
    finally:
        warehouse.close()


def test_a_declared_reference_goes_before_a_better_sounding_one(tmp_path: Path) -> None:
    model = meaning_of(tmp_path)
    of_deals = [(join.right, join.columns, join.confidence) for join in model.joins if join.left == "deals"]
    assert of_deals == [("staff", [("owner_key", "nr")], 1.0)]


def test_a_declared_key_of_two_columns_is_one_join(tmp_path: Path) -> None:
    model = meaning_of(tmp_path)
    assert model.table("stops").primary_key == ["line", "place"]
    of_calls = [(join.right, join.columns) for join in model.joins if join.left == "calls"]
    assert of_calls == [("stops", [("route", "line"), ("halt", "place")])]
