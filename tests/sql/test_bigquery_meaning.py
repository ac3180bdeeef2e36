"""Known differences in meaning between DuckDB and BigQuery: what BigQuery's documentation asks for is written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from render_cases import shop

from datacraft.sql.guard import Guard
from datacraft.sql.render import render

CASES = shop.load_cases("../data/bigquery_meaning.yaml")
GUARD = Guard(
    {name: list(table.types) for name, table in shop.schema().tables.items()},
    dialect="bigquery",
    row_limit=10,
)


def one_line(text: str) -> str:
    """Return the text with no space but single ones between words."""
    return re.sub(r"\s*([(),])\s*", r"\1", " ".join(text.split()))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_plan_means_in_bigquery_what_it_means_in_duckdb(case: dict[str, Any]) -> None:
    sql = one_line(render(case["plan"], schema=shop.schema(), dialect="bigquery").sql)
    for text in case["has"]:
        assert one_line(text) in sql, sql
    for text in case.get("lacks", ()):
        assert one_line(text) not in sql, sql


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_guard_keeps_that_meaning(case: dict[str, Any]) -> None:
    rendered = render(case["plan"], schema=shop.schema(), dialect="bigquery")
    guarded = one_line(GUARD.check(rendered.sql).sql).replace("`", "")
    for text in case["has"]:
        assert one_line(text).replace("`", "") in guarded, guarded


def test_every_difference_names_its_source() -> None:
    text = (Path(__file__).parent / "data" / "bigquery_meaning.yaml").read_text()
    sources = re.findall(r"^  source: (\S+)", text, re.M)
    assert len(sources) == len(CASES)
    assert all("#" in source for source in sources)
