"""Plans rendered and run on a small shop, against rows that were worked out by hand."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
import sqlglot
from render_cases.shop import database, load_cases, schema

from datacraft.contracts.plan import QueryPlan
from datacraft.sql.render import render

FILES = ("grouping.yaml", "lists.yaml", "results.yaml")
CASES = [pytest.param(case, id=case["name"]) for file in FILES for case in load_cases(file)]


@pytest.fixture(scope="module")
def shop() -> Iterator[duckdb.DuckDBPyConnection]:
    with database() as connection:
        yield connection


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float | int) and not isinstance(value, bool):
        return None if math.isnan(value) else float(f"{float(value):.9g}")
    return value


def _rows(rows: list[Any], *, ordered: bool) -> list[list[Any]]:
    plain = [[_plain(value) for value in row] for row in rows]
    return plain if ordered else sorted(plain, key=repr)


@pytest.mark.parametrize("case", CASES)
def test_a_plan_gives_the_rows_worked_out_by_hand(
    case: dict[str, Any], shop: duckdb.DuckDBPyConnection
) -> None:
    query = render(case["plan"], schema=schema())
    result = shop.execute(query.sql)
    assert [column[0] for column in result.description] == [output.name for output in case["plan"].outputs]
    ordered = case.get("ordered", False)
    assert _rows(result.fetchall(), ordered=ordered) == _rows(case["rows"], ordered=ordered), query.sql
    if "sql" in case:
        assert query.sql == case["sql"].strip()


@pytest.mark.parametrize("case", CASES)
def test_a_plan_survives_json_and_renders_the_same_again(case: dict[str, Any]) -> None:
    plan = case["plan"]
    again = QueryPlan.model_validate_json(plan.model_dump_json())
    assert again == plan
    assert render(again, schema=schema()).sql == render(plan, schema=schema()).sql


@pytest.mark.parametrize("dialect", ["duckdb", "bigquery"])
@pytest.mark.parametrize("case", CASES)
def test_the_text_parses_back_to_what_it_was_written_from(case: dict[str, Any], dialect: str) -> None:
    query = render(case["plan"], schema=schema(), dialect=dialect)
    parsed = sqlglot.parse_one(query.sql, dialect=dialect)
    assert parsed.sql(dialect=dialect, pretty=True) == query.sql
    plain = query.expression.sql(dialect=dialect, unsupported_level=sqlglot.ErrorLevel.RAISE)
    assert parsed.sql(dialect=dialect) == plain
