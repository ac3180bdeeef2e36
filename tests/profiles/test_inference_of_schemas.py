"""What is inferred of databases in many naming styles; each schema is a SQL file with its expectations beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from datacraft.contracts.semantic import Join, SemanticModel
from datacraft.profiles import infer_semantic_model

SCHEMAS = Path(__file__).parent / "schemas"
NAMES = sorted(path.stem for path in SCHEMAS.glob("*.sql"))


@pytest.fixture(scope="module", params=NAMES)
def schema(request: pytest.FixtureRequest) -> tuple[SemanticModel, dict[str, Any]]:
    with duckdb.connect() as connection:
        connection.execute((SCHEMAS / f"{request.param}.sql").read_text(encoding="utf-8"))
        model = infer_semantic_model(connection)
    return model, yaml.safe_load((SCHEMAS / f"{request.param}.yaml").read_text(encoding="utf-8"))


def written(join: Join) -> str:
    left = f"{join.left}.{'+'.join(pair[0] for pair in join.columns)}"
    right = f"{join.right}.{'+'.join(pair[1] for pair in join.columns)}"
    return f"{left} {right}"


def test_exactly_the_true_joins_are_found(schema: tuple[SemanticModel, dict[str, Any]]) -> None:
    model, expected = schema
    wanted: dict[str, str] = {}
    for line in expected["joins"]:
        left, _, right, cardinality = line.split()
        wanted[f"{left} {right}"] = cardinality
    found = {written(join): join.cardinality for join in model.joins}
    assert sorted(found) == sorted(wanted)
    assert {name: found[name] for name, kind in wanted.items() if kind != "any"} == {
        name: kind for name, kind in wanted.items() if kind != "any"
    }


def test_tables_have_their_keys_labels_dates_and_entities(
    schema: tuple[SemanticModel, dict[str, Any]],
) -> None:
    model, expected = schema
    for aspect, attribute in (
        ("primary_keys", "primary_key"),
        ("labels", "label"),
        ("time_columns", "time_column"),
        ("row_entities", "entity"),
    ):
        wanted = expected.get(aspect, {})
        assert {name: getattr(model.table(name), attribute) for name in wanted} == wanted, aspect
    assert [table.name for table in model.tables if table.bridge] == sorted(expected.get("bridges", []))


def test_columns_have_their_roles_units_and_parts_of_dates(
    schema: tuple[SemanticModel, dict[str, Any]],
) -> None:
    model, expected = schema

    def column(path: str) -> Any:
        return model.column(*path.split(".", 1))

    roles = expected.get("roles", {})
    assert {path: f"{column(path).role} {column(path).aggregation}" for path in roles} == roles
    units = expected.get("units", {})
    assert {path: column(path).unit for path in units} == units
    parts = expected.get("time_parts", {})
    assert {path: column(path).time_part for path in parts} == parts
    assert all(column(path).sensitive and not column(path).values for path in expected.get("sensitive", []))


def test_things_inside_wide_tables_are_found(schema: tuple[SemanticModel, dict[str, Any]]) -> None:
    model, expected = schema
    assert {entity.name: f"{entity.table}.{entity.key}" for entity in model.entities} == expected.get(
        "entities", {}
    )
    labels = expected.get("entity_labels", {})
    assert {entity.name: entity.label for entity in model.entities if entity.name in labels} == labels


def test_relations_have_verbs(schema: tuple[SemanticModel, dict[str, Any]]) -> None:
    model, expected = schema
    verbs = {f"{join.left}.{join.columns[0][0]}": join.verbs for join in model.joins}
    wanted = expected.get("verbs", {})
    assert {path: verbs[path] for path in wanted} == wanted


def test_hierarchies_and_measures_are_offered(schema: tuple[SemanticModel, dict[str, Any]]) -> None:
    model, expected = schema
    if "hierarchies" in expected:
        found = [f"{hierarchy.table} {' > '.join(hierarchy.levels)}" for hierarchy in model.hierarchies]
        assert sorted(found) == sorted(expected["hierarchies"])
    for table, names in expected.get("measures", {}).items():
        assert [measure.name for measure in model.measures if measure.table == table] == names
