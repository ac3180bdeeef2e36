"""Why an answer is wrong is told from parsed queries; other spellings of one meaning are no mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from datacraft.evaluation.judging.mistakes import mistakes_of

CASES = yaml.safe_load((Path(__file__).parent / "mistakes.yaml").read_text(encoding="utf-8"))

SPELLINGS = [
    (
        "SELECT sum(amount) FROM sales WHERE year(sold_on) = 2022",
        "SELECT SUM(sales.amount) AS total FROM sales WHERE sales.sold_on >= CAST('2022-01-01' AS DATE) "
        "AND sales.sold_on < CAST('2023-01-01' AS DATE)",
    ),
    (
        "SELECT sum(amount) FROM sales WHERE year(sold_on) = 2022",
        "SELECT SUM(amount) FROM sales WHERE sold_on BETWEEN '2022-01-01' AND '2022-12-31'",
    ),
    (
        "SELECT count(*) FROM sales WHERE region <> 'North'",
        "SELECT COUNT(1) FROM sales AS s WHERE s.region <> 'North' OR s.region IS NULL",
    ),
    (
        "SELECT count(*) FROM sales WHERE region IN ('North', 'South')",
        "SELECT count(*) FROM sales WHERE region = 'South' OR region = 'North'",
    ),
    ("SELECT count(*) FROM sales WHERE quantity > 3", "SELECT count(*) FROM sales WHERE 3 < quantity"),
    (
        "SELECT count(*) FROM sales WHERE region IN ('North')",
        "SELECT count(*) FROM sales WHERE region = 'North'",
    ),
    (
        "SELECT count(*) FROM sales WHERE NOT region = 'North'",
        "SELECT count(*) FROM sales WHERE region <> 'North'",
    ),
    (
        "SELECT year(sold_on) AS y, sum(amount) FROM sales GROUP BY y",
        "SELECT EXTRACT(YEAR FROM sales.sold_on) AS year, SUM(amount) FROM sales GROUP BY 1",
    ),
    (
        "SELECT product, sum(amount) AS a FROM sales GROUP BY product ORDER BY a DESC LIMIT 1",
        "WITH grouped AS (SELECT product, SUM(amount) AS total FROM sales GROUP BY product) SELECT product, total "
        "FROM grouped QUALIFY RANK() OVER (ORDER BY total DESC) <= 1 ORDER BY total DESC, product",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_a_wrong_query_makes_the_mistakes_that_the_cases_say(case: dict[str, Any]) -> None:
    found = mistakes_of(case["given"], [case["gold"]], dialect="duckdb")
    assert sorted(mistake.kind for mistake in found) == sorted(case["kinds"]), found


@pytest.mark.parametrize(("first", "second"), SPELLINGS)
def test_another_spelling_of_the_same_is_no_mistake(first: str, second: str) -> None:
    for gold, given in ((first, second), (second, first)):
        found = mistakes_of(given, [gold], dialect="duckdb")
        assert [mistake.kind for mistake in found] == ["other"], found


def test_the_gold_that_comes_closest_is_compared() -> None:
    golds = ["SELECT region, avg(quantity) FROM sales GROUP BY region", "SELECT sum(amount) FROM sales"]
    (found,) = mistakes_of("SELECT sum(amount) FROM sales WHERE region = 'North'", golds, dialect="duckdb")
    assert found.kind == "extra_filter"
    assert "North" in found.detail


def test_order_is_only_a_mistake_where_it_counts() -> None:
    gold = "SELECT region, sum(amount) FROM sales GROUP BY region ORDER BY region"
    given = "SELECT region, sum(amount) AS t FROM sales GROUP BY region ORDER BY t"
    assert [mistake.kind for mistake in mistakes_of(given, [gold], dialect="duckdb")] == ["other"]
    assert [m.kind for m in mistakes_of(given, [gold], dialect="duckdb", ordered=True)] == ["wrong_order"]
