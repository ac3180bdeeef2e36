"""The sample is believable, consistent, and the same for the same seed."""

import duckdb
import pytest

from datacraft.contracts.errors import InputError
from datacraft.warehouse import open_data
from datacraft.warehouse.sample import COLUMNS, DEFAULT_ROWS, make_orders


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return make_orders(tmp_path_factory.mktemp("sample") / "orders_processed.parquet")


@pytest.fixture(scope="module")
def ask(sample):
    connection = duckdb.connect()
    connection.execute(f"CREATE VIEW o AS SELECT * FROM '{sample}'")
    yield lambda sql: connection.execute(sql).fetchall()
    connection.close()


def test_it_has_the_shape_of_the_well_known_table(ask):
    assert ask("SELECT count(*) FROM o") == [(DEFAULT_ROWS,)]
    assert [row[0] for row in ask("DESCRIBE o")] == COLUMNS
    assert len(COLUMNS) == 24
    orders, customers, products, countries, regions, markets = ask(
        "SELECT count(DISTINCT order_id), count(DISTINCT customer_id), count(DISTINCT product_id), "
        "count(DISTINCT country), count(DISTINCT region), count(DISTINCT market) FROM o"
    )[0]
    assert orders == pytest.approx(25_000, rel=0.05)
    assert customers == pytest.approx(1_590, rel=0.01)
    assert products == pytest.approx(3_700, rel=0.05)
    assert countries > 135
    assert (regions, markets) == (13, 7)
    assert ask("SELECT count(DISTINCT category), count(DISTINCT sub_category) FROM o") == [(3, 17)]
    assert ask("SELECT min(year(order_date)), max(year(order_date)) FROM o") == [(2020, 2023)]


@pytest.mark.parametrize(
    ("key", "attribute"),
    [
        ("customer_id", "customer_name"), ("customer_name", "customer_id"), ("product_id", "product_name"),
        ("product_name", "product_id"), ("product_id", "sub_category"), ("sub_category", "category"), ("city", "state"),
        ("state", "country"), ("state", "region"), ("country", "market"), ("customer_id", "segment"),
        ("order_id", "customer_id"), ("order_id", "order_date"), ("order_id", "ship_date"), ("order_id", "ship_mode"),
        ("order_id", "city"), ("order_id", "order_priority"),
    ],
)  # fmt: skip
def test_what_belongs_together_stays_together(ask, key, attribute):
    assert ask(
        f"SELECT count(*) FROM (SELECT {key} FROM o GROUP BY 1 HAVING count(DISTINCT {attribute}) > 1)"
    ) == [(0,)]


def test_rows_and_orders_are_numbered_and_small(ask):
    assert ask("SELECT min(row_id), max(row_id), count(DISTINCT row_id) FROM o") == [
        (1, DEFAULT_ROWS, DEFAULT_ROWS)
    ]
    assert ask("SELECT max(n) <= 10 FROM (SELECT count(*) n FROM o GROUP BY order_id)") == [(True,)]


def test_nothing_is_shipped_before_it_is_ordered_and_faster_modes_are_faster(ask):
    assert ask("SELECT min(ship_date - order_date) >= 0 FROM o") == [(True,)]
    by_mode = ask("SELECT ship_mode FROM o GROUP BY 1 ORDER BY avg(ship_date - order_date)")
    assert [row[0] for row in by_mode] == ["Same Day", "First Class", "Second Class", "Standard Class"]


def test_business_grows_has_seasons_and_loses_money_on_discounts(ask):
    by_year = [
        row[0] for row in ask("SELECT sum(sales) FROM o GROUP BY year(order_date) ORDER BY year(order_date)")
    ]
    assert by_year == sorted(by_year)
    best = ask("SELECT month(order_date) FROM o GROUP BY 1 ORDER BY sum(sales) DESC LIMIT 2")
    assert {row[0] for row in best} == {11, 12}
    lossy, fine = ask(
        "SELECT avg((profit < 0)::INT) FILTER (discount >= 0.3), avg((profit < 0)::INT) FILTER (discount = 0) FROM o"
    )[0]
    assert lossy > 0.8
    assert fine < 0.05
    assert ask("SELECT corr(sales, shipping_cost) > 0.5 FROM o") == [(True,)]


def test_postal_codes_are_text_of_american_rows_only(ask):
    assert ask("SELECT count(*) FROM o WHERE postal_code IS NOT NULL AND country <> 'United States'") == [
        (0,)
    ]
    assert ask("SELECT min(length(postal_code)), max(length(postal_code)) FROM o") == [(5, 5)]
    assert ask("SELECT count(*) > 0 FROM o WHERE postal_code LIKE '0%'") == [(True,)]
    assert 0.1 < ask("SELECT count(postal_code) / count(*) FROM o")[0][0] < 0.3


def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not(sample, tmp_path):
    again = make_orders(tmp_path / "again.parquet")
    other = make_orders(tmp_path / "other.parquet", seed=5)
    assert again.read_bytes() == sample.read_bytes()
    assert other.read_bytes() != sample.read_bytes()


def test_the_drifted_variant_differs_where_it_says(ask, tmp_path):
    drifted = make_orders(tmp_path / "drifted.parquet", drifted=True)
    query = (
        "SELECT count(*) FILTER (region = 'Oceania'), count(*) FILTER (ship_mode = 'Express Air'), "
        "avg((category = 'Technology')::INT), count(postal_code), avg(sales) FROM {}"
    )
    before, after = ask(query.format("o"))[0], ask(query.format(f"'{drifted}'"))[0]
    assert before[0] > 0 and after[0] == 0
    assert before[1] == 0 and after[1] > 0
    assert after[2] > before[2] * 1.2
    assert after[3] < before[3] * 0.9
    assert after[4] > before[4] * 1.05


@pytest.mark.parametrize("rows", [1, 7, 1000])
def test_any_number_of_rows_can_be_made(tmp_path, rows):
    path = make_orders(tmp_path / "few.csv", rows=rows)
    assert duckdb.sql(f"SELECT count(*) FROM read_csv('{path}')").fetchall() == [(rows,)]


def test_chunks_join_without_a_seam(tmp_path, monkeypatch):
    monkeypatch.setattr("datacraft.warehouse.sample.make._CHUNK_ROWS", 500)
    path = make_orders(tmp_path / "many.parquet", rows=2300)
    assert duckdb.sql(f"SELECT count(*), count(DISTINCT row_id), max(row_id) FROM '{path}'").fetchall() == [
        (2300,) * 3
    ]
    assert duckdb.sql(
        f"SELECT count(*) FROM (SELECT order_id FROM '{path}' GROUP BY 1 HAVING count(DISTINCT customer_id) > 1)"
    ).fetchall() == [(0,)]


def test_the_csv_is_read_back_with_the_same_types(tmp_path):
    path = make_orders(tmp_path / "orders_processed.csv", rows=2000)
    with open_data([path]) as warehouse:
        types = {column.name: column.type.value for column in warehouse.tables()[0].columns}
    assert [name for name, kind in types.items() if kind == "date"] == ["order_date", "ship_date"]
    assert [name for name, kind in types.items() if kind == "number"] == [
        "sales",
        "discount",
        "profit",
        "shipping_cost",
    ]
    assert [name for name, kind in types.items() if kind == "integer"] == ["row_id", "quantity"]
    assert types["postal_code"] == "text"


@pytest.mark.parametrize(("name", "rows"), [("x.xlsx", 10), ("x.csv", 0), ("x.csv", -1)])
def test_wrong_wishes_are_input_errors(tmp_path, name, rows):
    with pytest.raises(InputError):
        make_orders(tmp_path / name, rows=rows)
