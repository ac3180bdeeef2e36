from __future__ import annotations

from typing import Any

import pytest
from render_cases.shop import load_cases, schema

from datacraft.sql.guard import Guard
from datacraft.sql.render import render

CASES = [
    pytest.param(case, id=case["name"])
    for file in ("grouping.yaml", "lists.yaml", "results.yaml")
    for case in load_cases(file)
]


@pytest.mark.parametrize("dialect", ["duckdb", "bigquery"])
@pytest.mark.parametrize("case", CASES)
def test_every_rendered_plan_passes_as_text_and_as_a_tree(case: dict[str, Any], dialect: str) -> None:
    tables = {name: list(table.types) for name, table in schema().tables.items()}
    guard = Guard(tables, dialect=dialect, row_limit=1_000)
    query = render(case["plan"], schema=schema(), dialect=dialect)
    assert guard.check(query.sql).tables == guard.check_expression(query.expression).tables
