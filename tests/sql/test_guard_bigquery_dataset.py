"""The guard over a BigQuery data set: bare names of its own tables, and nothing beside them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from datacraft.contracts.errors import UnsafeQuery
from datacraft.sql.guard import Guard

HOSTILE = yaml.safe_load((Path(__file__).parent / "data" / "hostile_bigquery_dataset.yaml").read_text())
GUARD = Guard({"orders": ["order_id", "region"], "customers": ["id"]}, dialect="bigquery", row_limit=10)


@pytest.mark.parametrize("sql", HOSTILE)
def test_nothing_but_reading_the_data_sets_own_tables_passes(sql: str) -> None:
    with pytest.raises(UnsafeQuery):
        GUARD.check(sql)


def test_its_own_tables_pass_and_get_a_row_limit() -> None:
    query = GUARD.check("SELECT o.region, COUNT(*) AS n FROM orders AS o GROUP BY o.region")
    assert query.tables == ("orders",)
    assert query.sql.endswith("LIMIT 11")
