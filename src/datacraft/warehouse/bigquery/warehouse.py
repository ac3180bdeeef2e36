"""`BigQueryWarehouse`: every statement is dry-run, bounded in bytes and time, labelled, and cancelled when late."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from google.api_core.exceptions import GoogleAPICallError, PermissionDenied
from google.cloud import bigquery
from google.cloud.bigquery.retry import DEFAULT_RETRY

from datacraft.contracts.answer import Cell
from datacraft.contracts.errors import (
    BytesLimitExceeded,
    DataCraftError,
    DataNotFound,
    UnsafeQuery,
)
from datacraft.warehouse.bigquery.errors import typed_errors
from datacraft.warehouse.bigquery.findings import note_large_tables, permissions_finding, readable_tables
from datacraft.warehouse.bigquery.schema import columns_sql, stored_tables
from datacraft.warehouse.bigquery.types import cell_of, contract_type
from datacraft.warehouse.model import ResultColumnInfo, ResultSet, TableInfo
from datacraft.warehouse.report import LoadReport
from datacraft.warehouse.sizes import in_bytes

if TYPE_CHECKING:
    from google.cloud.bigquery.table import RowIterator

    from datacraft.warehouse.bigquery.address import BigQueryAddress
    from datacraft.warehouse.bigquery.opening import BigQueryLimits

StorageClient = Callable[[], Any]
_DRY_RUN_S = 20.0
_CANCEL_S = 5.0
_STORAGE_API_ROWS = 20_000
"""Beyond this many rows a stream of the Storage API is faster than pages of the REST API."""


class BigQueryWarehouse:
    """A data set of BigQuery, read within limits. Safe to call from several threads.

    Attributes:
        report: which tables there are, and what a person should know about them.
        identity: changes whenever the schema does. Not whenever the data does: to measure them costs money,
            so that is done again only when a person asks for it (`datacraft profile`).
    """

    dialect = "bigquery"

    def __init__(
        self,
        client: bigquery.Client,
        address: BigQueryAddress,
        limits: BigQueryLimits,
        *,
        storage: StorageClient | None,
    ) -> None:
        """Read the schema of the data set.

        Args:
            client: closed with the warehouse.
            address: of the data set.
            limits: of each query.
            storage: makes a client of the Storage API, for large results; None: all come by the REST API.

        Raises:
            AccessDenied, DataNotFound, QuotaExceeded, WarehouseUnavailable: it can't be read.
        """
        self.address = address
        self.limits = limits
        self._client = client
        self._storage = storage
        self._estimate = lru_cache(maxsize=256)(self._dry_run)
        columns = [(str(t), str(c), str(kind)) for t, c, kind in self.read(columns_sql(address))]
        if not columns:
            raise DataNotFound(
                f"{address} has no tables that these credentials may see.",
                hint="Check GCP_PROJECT_ID and BQ_DATASET, or choose another data set.",
            )
        with typed_errors(limits.timeout_s):
            stored = stored_tables(client, address, columns)
        stored, left_out = readable_tables(stored, self._estimate)
        if not stored:
            raise DataNotFound(f"{address} has no table that can be read.", hint=left_out[0].message)
        note_large_tables(stored, limits.maximum_bytes_billed)
        self.report = LoadReport(
            tables=[table.report for table in stored],
            findings=[*left_out, permissions_finding(client, address, stored[0].report.table.name)],
        )
        measured = [[t.report.table.name, [f.code for f in t.report.findings]] for t in stored]
        self.identity = f"bigquery-{_digest([str(address)])}-{_digest([columns, measured])}"

    def tables(self) -> list[TableInfo]:
        """Return every table of the data set, by name."""
        return [table.table for table in self.report.tables]

    def execute(self, sql: str, *, timeout_s: float, max_rows: int) -> ResultSet:
        """Dry-run one SELECT, run it, and return at most `max_rows` rows.

        Raises:
            UnsafeQuery: it is not exactly one SELECT.
            QueryFailed: the SQL is wrong for this data.
            LimitExceeded: it took more than `timeout_s` seconds, or would read more bytes than it may.
            AccessDenied, DataNotFound, WarehouseUnavailable: BigQuery did not let it run.
        """
        started = time.perf_counter()
        estimated = self.explain(sql)
        with typed_errors(timeout_s):
            result = self._run(sql, timeout_s, max_rows + 1)
            rows = [row for _, row in islice(self._pairs(result), max_rows + 1)]
        return ResultSet(
            columns=[
                ResultColumnInfo(field.name, contract_type(field.field_type, field.mode or "NULLABLE"))
                for field in result.schema
            ],
            rows=rows[:max_rows],
            truncated=len(rows) > max_rows,
            elapsed_ms=(time.perf_counter() - started) * 1000,
            estimated_bytes=estimated,
        )

    def explain(self, sql: str) -> int:
        """Check that one SELECT could run, by a dry run, which costs nothing; return the bytes it would read.

        Raises:
            UnsafeQuery: it is not exactly one SELECT.
            QueryFailed: it could not run.
            BytesLimitExceeded: it would read more than it may.
            AccessDenied, DataNotFound, WarehouseUnavailable: BigQuery did not let it run.
        """
        estimated = self._estimate(sql)
        limit = self.limits.maximum_bytes_billed
        if estimated > limit:
            raise BytesLimitExceeded(
                f"This would read {in_bytes(estimated)}; a query may read {in_bytes(limit)}. Nothing was run.",
                hint="Ask about a shorter period or fewer columns, or raise gcp.maximum_bytes_billed.",
            )
        return estimated

    def read(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a SELECT of our own making, without a dry run before it; return all rows, arrays as lists.

        Raises:
            DataCraftError: as `execute`.
        """
        timeout_s = self.limits.timeout_s
        with typed_errors(timeout_s):
            result = self._run(sql, timeout_s, None)
            lists = [field.mode == "REPEATED" for field in result.schema]
            return [
                tuple(
                    value if as_list else cell for value, cell, as_list in zip(raw, row, lists, strict=True)
                )
                for raw, row in self._pairs(result)
            ]

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()  # type: ignore[no-untyped-call]

    def __enter__(self) -> BigQueryWarehouse:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _dry_run(self, sql: str) -> int:
        with typed_errors(_DRY_RUN_S):
            config = self._config(dry_run=True, use_query_cache=False)
            job = self._client.query(
                sql,
                job_config=config,
                retry=DEFAULT_RETRY.with_timeout(_DRY_RUN_S),
                job_retry=None,
                timeout=_DRY_RUN_S,
            )
        if job.statement_type != "SELECT":
            raise UnsafeQuery(
                "Only one SELECT statement may be run.",
                hint="Send a single query that reads; nothing else is allowed.",
            )
        return int(job.total_bytes_processed or 0)

    def _run(self, sql: str, timeout_s: float, most: int | None) -> RowIterator:
        """Run a statement within its time; whatever ends the wait, the job ends too."""
        config = self._config(
            maximum_bytes_billed=self.limits.maximum_bytes_billed, job_timeout_ms=int(timeout_s * 1000)
        )
        deadline = time.monotonic() + timeout_s
        job = self._client.query(
            sql,
            job_config=config,
            retry=DEFAULT_RETRY.with_timeout(timeout_s),
            job_retry=None,
            timeout=timeout_s,
        )
        try:
            left = max(deadline - time.monotonic(), 0.001)
            found = job.result(
                max_results=None if self._storage else most,
                retry=DEFAULT_RETRY.with_timeout(left),
                job_retry=None,
                timeout=left,
            )
        except GoogleAPICallError:
            raise  # the job has ended
        except BaseException:
            self._cancel(job)
            raise
        return found

    def _cancel(self, job: bigquery.QueryJob) -> None:
        try:
            with typed_errors(_CANCEL_S):
                job.cancel(retry=None, timeout=_CANCEL_S)
        except DataCraftError:  # BigQuery stops it itself at `job_timeout_ms`
            return

    def _config(self, **options: Any) -> bigquery.QueryJobConfig:
        return bigquery.QueryJobConfig(
            default_dataset=f"{self.address.project}.{self.address.dataset}",
            labels={"app": "datacraft"},
            use_legacy_sql=False,
            **options,
        )

    def _pairs(self, result: RowIterator) -> Iterator[tuple[Sequence[Any], list[Cell]]]:
        """Yield rows as they came and as cells: by the Storage API where there are many, else page by page."""
        makers = [cell_of(field.field_type, field.mode or "NULLABLE") for field in result.schema]
        for values in self._values(result):
            cells = [
                None if value is None else make(value) for make, value in zip(makers, values, strict=True)
            ]
            yield values, cells

    def _values(self, result: RowIterator) -> Iterable[Sequence[Any]]:
        if self._storage is None or (result.total_rows or 0) < _STORAGE_API_ROWS:
            return (row.values() for row in result)
        batches = iter(result.to_arrow_iterable(bqstorage_client=self._storage()))
        try:
            first = next(batches, None)
        except PermissionDenied:  # to read streams is a permission of its own, and pages do as well
            assert result.job_id is not None  # it came from a job
            job = self._client.get_job(result.job_id, location=result.location)
            assert isinstance(job, bigquery.QueryJob)
            return (row.values() for row in job.result(job_retry=None, timeout=self.limits.timeout_s))
        return _rows_of(chain([first] if first is not None else [], batches))


def _rows_of(batches: Iterable[Any]) -> Iterator[Sequence[Any]]:
    """Yield the rows of Arrow batches."""
    for batch in batches:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:24]
