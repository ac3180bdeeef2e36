"""The statistical profile: right numbers, bins that add up, a hash that follows content and not order."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest

from datacraft.contracts.profile import ColumnKind, ColumnProfile, DataProfile
from datacraft.profiles import profile_data

NOW = dt.datetime(2024, 1, 2, tzinfo=dt.UTC)
TABLE = """
CREATE TABLE t AS SELECT i AS id, CASE WHEN i % 10 = 0 THEN NULL ELSE i * 1.5 END AS amount, ['a', 'b', 'c'][1 + i % 3] AS kind,
    DATE '2024-01-01' + (i % 7)::INT AS day, [i, i] AS pair, NULL::INTEGER AS nothing FROM range(1000) r(i)
"""


def profile(sql: str) -> DataProfile:
    with duckdb.connect() as connection:
        connection.execute(sql)
        return profile_data(connection, NOW)


@pytest.fixture(scope="module")
def columns() -> dict[str, ColumnProfile]:
    return {column.name: column for column in profile(TABLE).tables[0].columns}


def test_counts_bounds_and_moments_are_right(columns: dict[str, ColumnProfile]) -> None:
    amount = columns["amount"]
    assert (amount.rows, amount.nulls, amount.distinct) == (1000, 100, 900)
    assert (amount.minimum, amount.maximum) == (1.5, 1498.5)
    assert amount.mean == pytest.approx(750.0)
    assert amount.quantiles["0.5"] == pytest.approx(750.0)


def test_bins_hold_every_number_once(columns: dict[str, ColumnProfile]) -> None:
    amount = columns["amount"]
    assert len(amount.bin_edges) == len(amount.bin_counts) + 1
    assert sum(amount.bin_counts) == 900
    assert amount.bin_edges == sorted(amount.bin_edges)


def test_frequent_values_are_counted_and_the_rest_added_up(columns: dict[str, ColumnProfile]) -> None:
    assert columns["kind"].top_values == {"a": 334, "b": 333, "c": 333}
    assert columns["day"].top_values["2024-01-01"] == 143


def test_values_that_are_new_in_every_row_are_known_by_their_number_alone(
    columns: dict[str, ColumnProfile],
) -> None:
    assert (columns["id"].kind, columns["id"].distinct, columns["id"].top_values) == (ColumnKind.ID, 1000, {})


def test_empty_and_nested_columns_are_profiled_too(columns: dict[str, ColumnProfile]) -> None:
    assert (columns["nothing"].nulls, columns["nothing"].distinct, columns["nothing"].bin_counts) == (
        1000,
        0,
        [],
    )
    assert columns["pair"].rows == 1000


def test_equal_data_have_equal_hashes_whatever_the_order_of_rows() -> None:
    same = profile(TABLE.replace("FROM range(1000) r(i)", "FROM range(1000) r(i) ORDER BY hash(i)"))
    assert profile(TABLE).data_hash == same.data_hash


def test_one_changed_cell_name_or_type_changes_the_hash() -> None:
    base = profile(TABLE).data_hash
    assert profile(TABLE + "; UPDATE t SET kind = 'z' WHERE id = 7").data_hash != base
    assert profile(TABLE + "; ALTER TABLE t RENAME kind TO sort").data_hash != base
    assert profile(TABLE + "; ALTER TABLE t ALTER id TYPE INTEGER").data_hash != base


def test_numbers_that_are_not_finite_spoil_nothing() -> None:
    table = profile("CREATE TABLE t AS SELECT unnest(['nan'::DOUBLE, 'inf'::DOUBLE, 1.0, 3.0]) AS x").tables[
        0
    ]
    assert table.columns[0].mean == pytest.approx(2.0)


def test_a_table_without_rows_has_a_profile() -> None:
    table = profile("CREATE TABLE t (a INTEGER, b VARCHAR)").tables[0]
    assert (table.rows, [column.distinct for column in table.columns]) == (0, [0, 0])
