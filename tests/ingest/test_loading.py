"""Loading: whole or not at all, once, in three modes; every row traced; every version kept."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from datacraft.contracts.errors import DataLoadError, InputError
from datacraft.ingest import IngestOptions, ingest
from datacraft.ingest.rollback import roll_back
from datacraft.ingest.store import difference_between, read_store
from datacraft.ingest.tracing import traced_rows
from datacraft.ingest.workspace import load_workspace
from datacraft.warehouse import open_data

FIRST = "id,name,sales\n1,Ann,10\n2,Ben,20\n3,Cid,30\n"
SECOND = "id,name,sales\n3,Cid,33\n4,Dee,40\n"


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(FIRST)
    return path


def test_a_file_becomes_a_table_that_can_be_asked_about(orders, load, warehouse):
    report = load(orders)
    assert report.status == "loaded"
    assert [(table.name, table.rows_after) for table in report.tables] == [("orders", 3)]
    with open_data([warehouse]) as opened:
        assert [table.name for table in opened.tables()] == ["orders"]
        assert opened.execute("SELECT sum(sales) FROM orders", timeout_s=9, max_rows=9).rows == [[60]]


def test_the_same_again_changes_nothing(orders, load, warehouse):
    first = load(orders)
    again = load(orders)
    assert (again.status, again.load_id) == ("unchanged", first.load_id)
    with read_store(warehouse) as store:
        assert len(store.loads()) == 1


def test_a_file_loaded_before_is_loaded_again_when_another_took_its_place(orders, load, rows):
    load(orders)
    orders.write_text(SECOND)
    load(orders)
    orders.write_text(FIRST)
    assert load(orders).status == "loaded"
    assert len(rows("orders")) == 3


def test_rows_are_replaced_appended_or_updated_by_key(orders, load, rows):
    load(orders)
    orders.write_text(SECOND)
    load(orders, mode="append")
    assert [row[0] for row in rows("orders")] == [1, 2, 3, 3, 4]
    orders.write_text("id,name,sales\n3,Cid,99\n5,Eva,50\n")
    load(orders, mode="upsert", key=("id",))
    assert rows("orders", "id, sales") == [(1, 10), (2, 20), (3, 99), (4, 40), (5, 50)]
    orders.write_text(SECOND)
    load(orders, mode="replace")
    assert rows("orders", "id, sales") == [(3, 33), (4, 40)]


def test_appending_the_same_file_twice_does_not_double_it(orders, load, rows):
    load(orders, mode="append")
    other = orders.with_name("more.csv")
    other.write_text(SECOND)
    load(other, mode="append", table="orders")
    assert load(orders, mode="append").status == "unchanged"
    load(orders, other, mode="append", table="orders")
    assert len(rows("orders")) == 5


def test_of_several_new_rows_with_one_key_the_last_one_stays(orders, load, rows):
    load(orders)
    orders.write_text("id,name,sales\n1,Ann,11\n1,Ann,12\n")
    report = load(orders, mode="upsert", key=("id",))
    assert report.tables[0].rows_after == 3
    assert rows("orders", "id, sales") == [(1, 12), (2, 20), (3, 30)]


def test_an_unknown_key_is_refused_and_nothing_changes(orders, load, rows):
    load(orders)
    orders.write_text(SECOND)
    with pytest.raises(InputError, match="no column nummer"):
        load(orders, mode="upsert", key=("nummer",))
    assert len(rows("orders")) == 3


def test_new_columns_and_wider_types_are_taken_up(orders, load, rows):
    load(orders)
    orders.write_text("id,sales,city\n4,4.5,Rome\n")
    load(orders, mode="append")
    assert rows("orders", "id, name, sales, city") == [
        (1, "Ann", 10.0, None),
        (2, "Ben", 20.0, None),
        (3, "Cid", 30.0, None),
        (4, None, 4.5, "Rome"),
    ]


def test_every_row_is_traced_to_load_file_and_line(orders, load, warehouse):
    orders.write_text('Export of May\n\nid,name,note\n1,Ann,"two\nlines"\n2,Ben,x\n')
    load(orders)
    orders.write_text("id,name,note\n3,Cid,y\n")
    load(orders, mode="append")
    traced = [(row["_load"], Path(str(row["_source"])).name, row["_line"], row["id"]) for row in
              traced_rows(warehouse, "orders", most=9)]  # fmt: skip
    assert traced == [(1, "orders.csv", 4, 1), (1, "orders.csv", 6, 2), (2, "orders.csv", 2, 3)]
    assert len(traced_rows(warehouse, "orders", most=9, where="name = 'Ben' OR id > 2")) == 2


@pytest.mark.parametrize("condition", ["id = (SELECT 1)", "id = 1; DROP TABLE x", "secret = 1", "read_text('/etc/passwd') = ''",
                                       "id = 1 LIMIT 1", "id ="])  # fmt: skip
def test_a_condition_is_over_the_columns_and_nothing_else(orders, load, warehouse, condition):
    load(orders)
    with pytest.raises(InputError):
        traced_rows(warehouse, "orders", most=9, where=condition)


def test_history_difference_and_the_way_back(orders, load, rows, warehouse):
    load(orders)
    orders.write_text(SECOND)
    load(orders)
    with read_store(warehouse) as store:
        first, second = store.history("orders")
        found = difference_between(store, first, second)
    assert (found.added_rows, found.removed_rows) == (2, 3)
    assert found.added_examples == [[3, "Cid", 33], [4, "Dee", 40]]
    version = roll_back(warehouse, "orders", None)
    assert (version.kind, version.restores, version.row_count) == ("rollback", 1, 3)
    assert [row[0] for row in rows("orders")] == [1, 2, 3]
    assert roll_back(warehouse, "orders", 2).row_count == 2
    with read_store(warehouse) as store:
        assert [version.kind for version in store.history("orders")] == [
            "replace",
            "replace",
            "rollback",
            "rollback",
        ]


def test_after_going_back_the_file_can_be_loaded_anew(orders, load, warehouse):
    load(orders)
    orders.write_text(SECOND)
    load(orders)
    roll_back(warehouse, "orders", 1)
    assert load(orders).status == "loaded"


def test_one_bad_file_of_several_named_loads_none(orders, load, rows, tmp_path):
    load(orders)
    orders.write_text(SECOND)
    bad = tmp_path / "bad.parquet"
    bad.write_bytes(b"PAR1 and nothing else")
    with pytest.raises(DataLoadError, match="bad"):
        load(orders, bad)
    assert len(rows("orders")) == 3


def test_a_source_that_changes_while_it_is_read_is_not_loaded(orders, load, warehouse):
    def write_on(said: str) -> None:
        if said.startswith("Checking and writing"):
            orders.write_text(FIRST + "4,Dee,40\n")

    with pytest.raises(DataLoadError, match="changed while it was read"):
        load(orders, say=write_on)
    with pytest.raises((InputError, DataLoadError)):
        traced_rows(warehouse, "orders", most=1)


def test_two_loads_at_once_both_arrive_one_after_the_other(tmp_path, warehouse, rows):
    failures: list[BaseException] = []

    def run(number: int) -> None:
        path = tmp_path / f"part_{number}.csv"
        path.write_text("id,number\n" + "".join(f"{n},{number}\n" for n in range(500)))
        try:
            ingest([path], IngestOptions(warehouse, mode="append", table="both"))
        except BaseException as error:  # noqa: BLE001 - told to the test
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(rows("both")) == 2_000


def test_a_database_of_somebody_else_is_left_alone(orders, tmp_path):
    theirs = tmp_path / "theirs.duckdb"
    with duckdb.connect(str(theirs)) as connection:
        connection.execute("CREATE TABLE precious AS SELECT 1 AS x")
    before = theirs.read_bytes()
    with pytest.raises(DataLoadError, match="did not make"):
        ingest([orders], IngestOptions(theirs))
    assert theirs.read_bytes() == before


def test_a_warehouse_that_is_no_database_says_so(orders, tmp_path):
    broken = tmp_path / "broken.duckdb"
    broken.write_bytes(b"this is no database at all" * 500)
    with pytest.raises(DataLoadError, match="can't be opened"):
        ingest([orders], IngestOptions(broken))


def test_no_load_sweeps_away_the_folder_that_another_one_is_just_making(tmp_path):
    gone: list[int] = []

    def work(number: int) -> None:
        for _ in range(150):
            with load_workspace(tmp_path) as folder:
                (folder / "data").write_text("x")
                if not (folder / "data").exists():
                    gone.append(number)

    with ThreadPoolExecutor(4) as pool:
        for outcome in [pool.submit(work, number) for number in range(4)]:
            outcome.result()
    assert gone == []
    assert list(tmp_path.iterdir()) == []
