"""Large results: by Arrow streams of the Storage API where they are permitted, else page by page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pyarrow as pa
from bigquery_storage_stub import Streams, reader, streaming
from bigquery_stub import DATASET, PROJECT, Script, serving
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from datacraft.warehouse.bigquery import BigQueryAddress, BigQueryLimits
from datacraft.warehouse.bigquery.warehouse import BigQueryWarehouse

ROWS = [[n, f"region {n % 7}"] for n in range(25_000)]
SQL = "SELECT orders.order_id, orders.region FROM orders LIMIT 30000"


@contextmanager
def opened(script: Script, streams: Streams) -> Iterator[BigQueryWarehouse]:
    with ExitStack() as stack:
        endpoint = stack.enter_context(serving(script))
        address = stack.enter_context(streaming(streams))
        client = bigquery.Client(
            PROJECT, credentials=AnonymousCredentials(), client_options={"api_endpoint": endpoint}
        )
        warehouse = BigQueryWarehouse(
            client, BigQueryAddress(PROJECT, DATASET), BigQueryLimits(), storage=lambda: reader(address)
        )
        yield stack.enter_context(warehouse)


def streams_of(rows: list[list[object]], *, permitted: bool = True) -> Streams:
    numbers, names = zip(*rows, strict=True)
    return Streams(pa.table({"order_id": numbers, "region": names}), permitted)


def test_a_large_result_is_streamed_from_its_result_table() -> None:
    script, streams = Script(rows=ROWS, page=5_000), streams_of(ROWS)
    with opened(script, streams) as warehouse:
        result = warehouse.execute(SQL, timeout_s=30, max_rows=30_000)
    assert sorted(result.rows) == ROWS
    assert not result.truncated
    assert streams.asked == [f"projects/{PROJECT}/datasets/_results/tables/anon1"]
    assert script.pages == 1  # the first one, which tells how many rows there are


def test_streams_are_cut_at_the_row_limit() -> None:
    with opened(Script(rows=ROWS, page=5_000), streams_of(ROWS)) as warehouse:
        result = warehouse.execute(SQL, timeout_s=30, max_rows=100)
    assert len(result.rows) == 100
    assert result.truncated


def test_where_streams_are_not_permitted_every_row_comes_once_by_pages() -> None:
    script, streams = Script(rows=ROWS, page=5_000), streams_of(ROWS, permitted=False)
    with opened(script, streams) as warehouse:
        result = warehouse.execute(SQL, timeout_s=30, max_rows=30_000)
    assert result.rows == ROWS
    assert streams.asked


def test_a_small_result_opens_no_stream() -> None:
    streams = streams_of(ROWS)
    with opened(Script(), streams) as warehouse:
        assert warehouse.execute(SQL, timeout_s=30, max_rows=100).rows == [[1, "north"], [2, "south"]]
    assert streams.asked == []
