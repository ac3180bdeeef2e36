"""A query that is right by luck on one data set is found out on its variants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from test_verdict import TOTAL, answered

from datacraft.contracts.errors import InputError
from datacraft.contracts.question_set import Case
from datacraft.evaluation.data import LoadedData
from datacraft.evaluation.judging.variants import variants_of
from datacraft.evaluation.judging.verdict import Judge
from datacraft.evaluation.questions.gold import run_gold
from datacraft.warehouse import DuckDBWarehouse


@pytest.fixture(scope="module")
def variants(stall_data: LoadedData) -> Iterator[list[DuckDBWarehouse]]:
    with variants_of(stall_data, 3, seed=1) as made:
        yield made


def test_variants_have_the_same_tables_and_other_rows(
    stall_data: LoadedData, variants: list[DuckDBWarehouse]
) -> None:
    for variant in variants:
        assert [table.name for table in variant.tables()] == ["sales"]
        rows = run_gold("SELECT count(*), count(DISTINCT sale_id), sum(amount) FROM sales", variant).rows[0]
        assert 100 < int(str(rows[0])) < 240
        assert rows[0] == rows[1], "keys stay keys"
    totals = [run_gold("SELECT sum(amount) FROM sales", one).rows[0][0] for one in variants]
    assert len(set(totals)) == 3


def test_the_same_seed_gives_the_same_variants(
    stall_data: LoadedData, variants: list[DuckDBWarehouse]
) -> None:
    query = "SELECT * FROM sales ORDER BY ALL"
    with variants_of(stall_data, 1, seed=1) as again:
        assert run_gold(query, again[0]).rows == run_gold(query, variants[0]).rows


def test_a_right_query_is_right_on_every_variant(
    stall_data: LoadedData, variants: list[DuckDBWarehouse]
) -> None:
    judged = Judge(stall_data.warehouse, variants).judge(TOTAL, answered(TOTAL.gold[0], stall_data.warehouse))
    assert (judged.right, judged.variants, judged.variants_right) == (True, 3, 3)


def test_a_lucky_query_is_wrong(stall_data: LoadedData, variants: list[DuckDBWarehouse]) -> None:
    value = run_gold(TOTAL.gold[0], stall_data.warehouse).rows[0][0]
    lucky = f"SELECT {value} AS total"
    judged = Judge(stall_data.warehouse, variants).judge(TOTAL, answered(lucky, stall_data.warehouse))
    assert (judged.right, judged.gold, judged.variants_right) == (False, 0, 0)
    assert judged.difference is not None
    assert "luck" in judged.difference
    assert judged.mistakes


def test_a_filter_that_happens_to_change_nothing_is_found_out(
    stall_data: LoadedData, variants: list[DuckDBWarehouse]
) -> None:
    most = run_gold("SELECT max(amount) FROM sales", stall_data.warehouse).rows[0][0]
    case = Case(id="n", question="how many?", gold=("SELECT count(*) FROM sales",))
    needless = f"SELECT count(*) FROM sales WHERE amount <= {most}"
    assert Judge(stall_data.warehouse).judge(case, answered(needless, stall_data.warehouse)).right
    assert (
        not Judge(stall_data.warehouse, variants).judge(case, answered(needless, stall_data.warehouse)).right
    )


def test_a_warehouse_of_others_is_not_copied(stall_data: LoadedData) -> None:
    theirs = replace(stall_data, warehouse=object())  # type: ignore[arg-type]
    with pytest.raises(InputError, match="files that DataCraft has read itself"), variants_of(theirs, 1):
        pass
