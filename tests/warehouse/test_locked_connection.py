"""The connection alone, without the SQL guard, lets nothing but SELECTs over the data through."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from datacraft.contracts.errors import DataCraftError, LimitExceeded, QueryFailed, UnsafeQuery
from datacraft.warehouse import WarehouseSettings, open_data

OUTSIDE = [
    "COPY numbers TO '{folder}/out.csv'",
    "COPY (SELECT 1) TO '{folder}/out.parquet' (FORMAT parquet)",
    "COPY numbers FROM '{folder}/numbers.csv'",
    "EXPORT DATABASE '{folder}/dump'",
    "ATTACH '{folder}/other.duckdb'",
    "ATTACH ':memory:' AS m",
    "DETACH data",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD json",
    "FORCE INSTALL excel FROM community",
    "SELECT * FROM read_csv('{folder}/numbers.csv')",
    "SELECT * FROM '{folder}/numbers.csv'",
    "SELECT * FROM read_parquet('{folder}/x.parquet')",
    "SELECT * FROM read_json('{folder}/x.json')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM sniff_csv('{folder}/numbers.csv')",
    "SELECT * FROM parquet_metadata('{folder}/x.parquet')",
    "SELECT * FROM read_csv('https://example.com/x.csv')",
    "SELECT getenv('HOME')",
    "SELECT * FROM in_python",
    "SET threads = 1",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "SET GLOBAL memory_limit = '100GB'",
    "SET VARIABLE a = 1",
    "RESET memory_limit",
    "PRAGMA threads = 4",
    "PRAGMA database_list",
    "USE memory",
    "CALL pragma_version()",
    "CREATE TABLE t (a INT)",
    "CREATE TEMP TABLE t AS SELECT 1",
    "CREATE VIEW v AS SELECT 1",
    "CREATE MACRO f(x) AS x",
    "CREATE SECRET s (TYPE s3)",
    "CREATE OR REPLACE SEQUENCE s",
    "INSERT INTO numbers VALUES (1, 'x')",
    "UPDATE numbers SET n = 0",
    "DELETE FROM numbers",
    "TRUNCATE numbers",
    "DROP TABLE numbers",
    "ALTER TABLE numbers ADD COLUMN x INT",
    "WITH gone AS (DELETE FROM numbers RETURNING *) SELECT * FROM gone",
    "CHECKPOINT",
    "VACUUM",
    "BEGIN TRANSACTION",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "EXPLAIN ANALYZE SELECT 1",
    "SELECT 1; SELECT 2",
    "SELECT 1; DROP TABLE numbers",
    "",
    "-- nothing",
]

BOMBS = [
    "SELECT count(*) FROM numbers a, numbers b, numbers c, numbers d WHERE a.n + b.n + c.n + d.n = 7",
    "SELECT count(*) FROM range(100000000000) r(i) WHERE i % 7 = 8",
    "WITH RECURSIVE r AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM r) SELECT count(*) FROM r",
    "SELECT a.t || b.t || c.t AS k FROM numbers a, numbers b, numbers c ORDER BY k DESC",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("locked")
    rows = "\n".join(f"{i},text {i}" for i in range(20_000))
    (path / "numbers.csv").write_text(f"n,t\n{rows}\n")
    return path


@pytest.fixture(scope="module")
def warehouse(folder):
    with open_data(
        [folder / "numbers.csv"], settings=WarehouseSettings(memory_mb=300, spill_mb=100)
    ) as opened:
        yield opened


@pytest.mark.parametrize("sql", OUTSIDE)
def test_nothing_outside_the_data_can_be_reached_or_changed(warehouse, folder, sql):
    in_python = [1]  # noqa: F841 - DuckDB would otherwise find Python's variables
    before = sorted(path.name for path in folder.iterdir())
    with pytest.raises((UnsafeQuery, QueryFailed)):
        warehouse.execute(sql.format(folder=folder), timeout_s=10, max_rows=10)
    assert sorted(path.name for path in folder.iterdir()) == before
    assert warehouse.execute("SELECT count(*) FROM numbers", timeout_s=10, max_rows=1).rows == [[20_000]]


@pytest.mark.parametrize("sql", BOMBS)
def test_a_bomb_is_stopped_in_time(warehouse, sql):
    started = time.monotonic()
    with pytest.raises(LimitExceeded):
        warehouse.execute(sql, timeout_s=0.5, max_rows=10)
    assert time.monotonic() - started < 5


def test_a_query_without_end_is_cut_while_rows_are_fetched(warehouse):
    result = warehouse.execute("SELECT a.n FROM numbers a, numbers b", timeout_s=20, max_rows=1000)
    assert len(result.rows) == 1000
    assert result.truncated


def test_too_much_memory_is_a_limit_and_not_a_crash(warehouse):
    with pytest.raises(LimitExceeded, match="memory"):
        warehouse.execute("SELECT list(a.t || b.t) FROM numbers a, numbers b", timeout_s=60, max_rows=10)


def test_stopping_one_query_leaves_the_others_alone(warehouse):
    outcome = []

    def bomb():
        try:
            warehouse.execute(BOMBS[0], timeout_s=0.5, max_rows=1)
        except DataCraftError as error:
            outcome.append(error.code)

    thread = threading.Thread(target=bomb)
    thread.start()
    while thread.is_alive():
        assert warehouse.execute("SELECT max(n) FROM numbers", timeout_s=10, max_rows=1).rows == [[19_999]]
    assert outcome == ["limit_exceeded"]


def test_threads_do_not_mix_their_results(warehouse):
    def ask(i):
        return warehouse.execute(
            f"SELECT {i}, count(*) FROM numbers WHERE n < {i}", timeout_s=30, max_rows=5
        ).rows

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(1, 200))) == [[[i, i]] for i in range(1, 200)]


def test_results_come_in_the_contracts_types(warehouse):
    result = warehouse.execute(
        "SELECT 1 AS i, 1.5::DECIMAL(9, 2) AS d, 1 / 0.0 AS inf, 'NaN'::DOUBLE AS nan, DATE '2021-01-02' AS day, "
        "TIMESTAMP '2021-01-02 03:04:05' AS t, [1, 2] AS l, {'a': 1} AS s, INTERVAL 3 DAY AS span, NULL AS nothing, "
        "170141183460469231731687303715884105727 AS huge, '\\xAA'::BLOB AS b, TIMESTAMPTZ '2021-01-02 03:00:00+01' AS z",
        timeout_s=10,
        max_rows=5,
    )
    assert [column.type for column in result.columns] == [
        "integer", "number", "number", "number", "date", "timestamp", "other", "other", "other", "text", "integer",
        "other", "timestamp",
    ]  # fmt: skip
    row = dict(zip([column.name for column in result.columns], result.rows[0], strict=True))
    assert (row["i"], row["d"], row["inf"], row["nan"], row["l"], row["s"]) == (
        1,
        1.5,
        None,
        None,
        "[1, 2]",
        '{"a": 1}',
    )
    assert row["z"].isoformat() == "2021-01-02T02:00:00"
    assert row["span"] == "3 days, 0:00:00"


def test_explain_tells_wrong_sql_without_running_it(warehouse):
    warehouse.explain("SELECT count(*) FROM numbers a, numbers b, numbers c, numbers d")
    for sql, said in [
        ("SELECT missing FROM numbers", "missing"),
        ("SELECT * FROM nowhere", "nowhere"),
        ("SELECT sum(t) FROM numbers", "sum"),
        ("SELEC 1", "syntax"),
    ]:
        with pytest.raises(QueryFailed, match=said):
            warehouse.explain(sql)
    with pytest.raises(UnsafeQuery):
        warehouse.explain("SELECT 1; DROP TABLE numbers")


def test_ctrl_c_during_a_query_is_a_keyboard_interrupt(warehouse):
    timer = threading.Timer(0.5, os.kill, [os.getpid(), signal.SIGINT])  # to the process, as a terminal does
    timer.start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        warehouse.execute("SELECT count(*) FROM range(100000) a, range(10000000) b", timeout_s=60, max_rows=1)
    timer.join()
    assert time.monotonic() - started < 50, "the time limit ended it, and only then Ctrl-C was seen"
