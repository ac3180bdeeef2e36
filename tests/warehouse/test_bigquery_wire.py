"""BigQuery over its wire: Google's client against a stub that answers as BigQuery does."""

from __future__ import annotations

import datetime as dt
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml
from bigquery_stub import COLUMNS, DATASET, PROJECT, Failure, Script, serving

from datacraft.contracts.errors import (
    BytesLimitExceeded,
    DataCraftError,
    DataNotFound,
    InputError,
    LimitExceeded,
    UnsafeQuery,
    WarehouseUnavailable,
)
from datacraft.contracts.semantic import ColumnType
from datacraft.profiles.bigquery_connection import BigQueryConnection
from datacraft.warehouse.bigquery import BigQueryAddress, BigQueryLimits, bigquery_address, open_bigquery
from datacraft.warehouse.bigquery.warehouse import BigQueryWarehouse

FAILURES = yaml.safe_load(Path(__file__).with_name("bigquery_failures.yaml").read_text())
SQL = "SELECT orders.order_id, orders.region FROM orders LIMIT 10001"
Open = Callable[..., BigQueryWarehouse]


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def opened(script: Script) -> Iterator[Open]:
    """Return what opens the data set that the script serves."""
    with ExitStack() as stack:
        endpoint = stack.enter_context(serving(script))

        def open_it(**limits: Any) -> BigQueryWarehouse:
            address = BigQueryAddress(PROJECT, DATASET)
            return stack.enter_context(
                open_bigquery(address, limits=BigQueryLimits(**limits), endpoint=endpoint)
            )

        yield open_it


def run(warehouse: BigQueryWarehouse, *, timeout_s: float = 20, max_rows: int = 100) -> Any:
    return warehouse.execute(SQL, timeout_s=timeout_s, max_rows=max_rows)


def test_the_schema_comes_from_information_schema_and_each_tables_metadata(opened: Open) -> None:
    (table,) = opened().tables()
    assert (table.name, table.row_count, table.primary_key) == ("orders", 1200, ["order_id"])
    assert [(c.name, c.type) for c in table.columns] == [
        ("order_id", ColumnType.INTEGER),
        ("region", ColumnType.TEXT),
        ("placed_at", ColumnType.TIMESTAMP),
    ]


def test_a_query_is_dry_run_before_it_runs_and_the_estimate_is_told(script: Script, opened: Open) -> None:
    script.dry_bytes = 2_500_000
    result = run(opened())
    assert result.estimated_bytes == 2_500_000
    assert result.rows == [[1, "north"], [2, "south"]]
    assert [bool(job["configuration"].get("dryRun")) for job in script.jobs[1:]] == [True, False]


def test_a_checked_query_is_not_dry_run_twice(script: Script, opened: Open) -> None:
    warehouse = opened()
    warehouse.explain(SQL)
    run(warehouse)
    assert len(script.configurations(dry=True)) == 1


def test_a_query_that_would_read_too_much_is_never_run(script: Script, opened: Open) -> None:
    script.dry_bytes = 3_200_000_000_000
    with pytest.raises(BytesLimitExceeded, match=r"3\.2 TB; a query may read 20\.0 MB"):
        run(opened(maximum_bytes_billed=20_000_000))
    assert script.configurations(dry=False) == []


def test_every_job_carries_its_limits_labels_and_data_set(script: Script, opened: Open) -> None:
    run(opened(maximum_bytes_billed=20_000_000), timeout_s=7)
    (sent,) = script.configurations(dry=False)
    assert sent["query"]["maximumBytesBilled"] == "20000000"
    assert sent["jobTimeoutMs"] == "7000"
    assert sent["labels"] == {"app": "datacraft"}
    assert sent["query"]["defaultDataset"] == {"projectId": PROJECT, "datasetId": DATASET}
    assert sent["query"]["useLegacySql"] is False


def test_a_query_that_takes_too_long_is_cancelled_in_bigquery(script: Script, opened: Open) -> None:
    script.hangs = True
    with pytest.raises(LimitExceeded, match=r"stopped after 0\.3 seconds"):
        run(opened(), timeout_s=0.3)
    (job,) = [job for job in script.jobs if job["configuration"].get("jobTimeoutMs") == "300"]
    assert script.cancelled == [job["jobReference"]["jobId"]]


def test_what_is_no_select_is_refused_after_the_dry_run(script: Script, opened: Open) -> None:
    script.statement_type = "DELETE"
    with pytest.raises(UnsafeQuery):
        run(opened())
    assert script.configurations(dry=False) == []


def test_results_of_several_pages_are_read_until_the_row_limit(script: Script, opened: Open) -> None:
    script.rows, script.page = [[n, "north"] for n in range(250)], 40
    result = run(opened(), max_rows=100)
    assert [row[0] for row in result.rows] == list(range(100))
    assert result.truncated
    assert script.pages <= 4  # the rest is never fetched


def test_values_become_cells(script: Script, opened: Open) -> None:
    script.schema = [
        ("a", "FLOAT"),
        ("b", "NUMERIC"),
        ("c", "TIMESTAMP"),
        ("d", "DATE"),
        ("e", "BOOLEAN"),
        ("f", "FLOAT"),
    ]
    script.rows = [["1.5", "2.25", "1700000000000000", "2023-11-14", "true", "NaN"], [None] * 6]
    result = run(opened())
    moment = dt.datetime(2023, 11, 14, 22, 13, 20)
    assert result.rows == [[1.5, 2.25, moment, dt.date(2023, 11, 14), True, None], [None] * 6]


@pytest.mark.parametrize("case", FAILURES, ids=lambda case: case["name"])
def test_bigquerys_errors_say_what_failed_and_what_to_do(
    case: dict[str, Any], script: Script, opened: Open
) -> None:
    warehouse = opened()
    failure = Failure(case["status"], case["reason"], case["message"])
    setattr(
        script,
        {"dry": "dry_failure", "job": "job_failure", "results": "result_failure"}[case["when"]],
        failure,
    )
    with pytest.raises(DataCraftError) as raised:
        run(warehouse)
    assert raised.value.code == case["code"]
    told = f"{raised.value.message} {raised.value.hint}"
    assert all(words in told for words in case["says"]), told
    assert "http" not in raised.value.message
    assert "Job ID" not in raised.value.message


def test_too_many_queries_at_once_heal_by_waiting(script: Script, opened: Open) -> None:
    warehouse = opened()
    script.job_failure = Failure(403, "rateLimitExceeded", "Exceeded rate limits.", times=1)
    assert run(warehouse).rows
    assert len(script.configurations(dry=False)) == 2


def test_waiting_for_a_rate_limit_has_an_end(script: Script, opened: Open) -> None:
    warehouse = opened()
    script.job_failure = Failure(429, "rateLimitExceeded", "Exceeded rate limits.")
    with pytest.raises(LimitExceeded) as raised:
        run(warehouse, timeout_s=0.5)
    assert raised.value.code == "quota_exceeded"


def test_credentials_that_may_write_are_warned_about(script: Script, opened: Open) -> None:
    script.permissions = ["bigquery.tables.updateData"]
    (finding,) = opened().report.findings
    assert (finding.code, finding.severity) == ("writable_credentials", "warning")
    assert "bigquery.tables.updateData" in finding.message


def test_credentials_that_can_only_read_are_told_without_a_warning(opened: Open) -> None:
    (finding,) = opened().report.findings
    assert (finding.code, finding.severity) == ("read_only", "info")


def test_a_table_that_wants_a_partition_filter_is_told(script: Script, opened: Open) -> None:
    script.table = {"requirePartitionFilter": True}
    assert [f.code for _, f in opened().report.warnings()] == ["partition_filter"]


def test_a_table_that_is_too_large_is_told_and_not_measured(script: Script, opened: Open) -> None:
    script.table = {"numBytes": "900000000000"}
    warehouse = opened()
    assert [(f.code, "900 GB" in f.message) for _, f in warehouse.report.warnings()] == [("too_large", True)]
    sql = BigQueryConnection(warehouse).translated('SELECT count("region") FROM "orders"')
    assert " ".join(sql.split()) == (
        "SELECT COUNT(`region`) FROM (SELECT CAST(NULL AS INT64) AS `order_id`, CAST(NULL AS STRING) AS `region`, "
        "CAST(NULL AS TIMESTAMP) AS `placed_at` LIMIT 0) AS `orders`"
    )


def test_a_view_that_cannot_be_read_is_left_out(
    script: Script, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bigquery_stub.COLUMNS", [("a_view", "n", "INT64"), *COLUMNS])
    script.views = {"a_view"}
    script.dry_failure = Failure(404, "notFound", "Not found: Table shop-project:shop.gone", times=1)
    warehouse = opened()
    assert [table.name for table in warehouse.tables()] == ["orders"]
    (finding, _) = warehouse.report.findings
    assert finding.code == "left_out"
    assert "a_view" in finding.message
    assert "shop.gone" in finding.message


def test_what_a_view_reads_is_known_from_a_dry_run(
    script: Script, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bigquery_stub.COLUMNS", [("a_view", "n", "INT64"), *COLUMNS])
    script.views, script.dry_bytes = {"a_view"}, 50_000_000_000
    assert [(table, f.code) for table, f in opened().report.warnings()] == [("a_view", "too_large")]


def test_a_server_that_is_not_there_is_said_calmly() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(WarehouseUnavailable, match="can't be reached"):
            open_bigquery(
                BigQueryAddress(PROJECT, DATASET), limits=BigQueryLimits(timeout_s=0.5), endpoint=endpoint
            )


def test_threads_share_one_warehouse(opened: Open) -> None:
    warehouse = opened()
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(run(warehouse).rows)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[[1, "north"], [2, "south"]]] * 8


@pytest.mark.parametrize(
    ("text", "project", "wanted"),
    [
        ("bigquery://my-project/sales", None, "bigquery://my-project/sales"),
        (Path("bigquery://my-project/sales"), None, "bigquery://my-project/sales"),
        ("bigquery:///sales", "my-project", "bigquery://my-project/sales"),
        ("sales.csv", "my-project", None),
    ],
)
def test_an_address_is_a_project_and_a_data_set(text: str, project: str | None, wanted: str | None) -> None:
    found = bigquery_address(text, project=project)
    assert (str(found) if found else None) == wanted


@pytest.mark.parametrize(
    "text", ["bigquery://", "bigquery:///sales", "bigquery://p/d/t", "bigquery://my-project/a`b"]
)
def test_half_an_address_is_an_error_that_shows_a_whole_one(text: str) -> None:
    with pytest.raises(InputError, match="names no data set") as raised:
        bigquery_address(text)
    assert "bigquery://PROJECT/DATASET" in str(raised.value.hint)


def test_an_empty_data_set_is_no_data(script: Script, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bigquery_stub.COLUMNS", [])
    with pytest.raises(DataNotFound, match="no tables"):
        opened()
