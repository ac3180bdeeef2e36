"""`TelemetryTable`: a row per record, by day."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from datacraft.contracts.errors import DataNotFound, QueryFailed
from datacraft.warehouse.bigquery.client import bigquery_client, require_bigquery

if TYPE_CHECKING:
    from types import TracebackType

    from google.cloud import bigquery

_TIMEOUT_S = 30.0
_DAY_MS = 86_400_000


class TelemetryTable:
    """A table of records; it is made when the first one comes. The data set must be there.

    Args:
        name: as `project.dataset.table`.
        endpoint: of an emulator, which needs no credentials; None: Google's own.
        keep_days: days that records are kept after theirs; None: for ever. Holds where the table is made here.

    Raises:
        ConfigError: Google's client is not installed.
        AccessDenied: there are no credentials.
    """

    def __init__(self, name: str, *, endpoint: str | None = None, keep_days: int | None = None) -> None:
        require_bigquery("telemetry.table")
        from datacraft.warehouse.bigquery.errors import typed_errors

        self.name = name
        self._keep_days = keep_days
        self._errors = typed_errors
        self._is_made = False
        with self._errors(_TIMEOUT_S):
            self._client = bigquery_client(name.split(".", 1)[0], endpoint)

    def insert(self, writer: str, lines: Sequence[bytes]) -> int:
        """Add records; return how many of them BigQuery would not take.

        Sent again, a record may be there twice; `between` returns it once.

        Args:
            writer: name of the process that wrote them.
            lines: at most some hundreds, of JSON.

        Raises:
            DataCraftError: the table can't be reached or written.
        """
        rows = [_row(writer, line) for line in lines]
        names = [hashlib.sha256(line).hexdigest()[:32] for line in lines]
        with self._errors(_TIMEOUT_S):
            if not self._is_made:
                self._make()
            refused = self._client.insert_rows_json(
                self.name, rows, row_ids=names, skip_invalid_rows=True, timeout=_TIMEOUT_S
            )
        return len({one["index"] for one in refused})

    def between(
        self, start: dt.datetime, end: dt.datetime, without: Collection[str]
    ) -> Iterator[tuple[dt.date, str]]:
        """Yield the records of a time, the earliest first, each with its day (UTC).

        Args:
            start: inclusive; UTC.
            end: exclusive; UTC.
            without: names of writers whose records are not wanted.

        Raises:
            DataCraftError: the table can't be reached or read. One that is not there yet holds nothing.
        """
        query = (
            f"SELECT record, MIN(asked_at) AS first FROM `{self.name}` "
            "WHERE asked_at >= @start AND asked_at < @end AND writer NOT IN UNNEST(@without) "
            "GROUP BY record ORDER BY first"
        )
        given = [
            self._scalar("start", start),
            self._scalar("end", end),
            self._array("without", sorted(without) or [""]),
        ]
        try:
            for row in self._run(query, given).result():
                yield row["first"].astimezone(dt.UTC).date(), str(row["record"])
        except DataNotFound:
            return

    def forget(self, sessions: Collection[str]) -> int:
        """Remove all questions of some sessions, and the thumbs on them; return how many records that were.

        Raises:
            QueryFailed: BigQuery can't remove what came in the last 90 minutes.
            DataCraftError: the table can't be reached or written.
        """
        query = (
            f"DELETE FROM `{self.name}` WHERE session IN UNNEST(@sessions) OR question_id IN "
            f"(SELECT question_id FROM `{self.name}` WHERE session IN UNNEST(@sessions))"
        )
        try:
            job = self._run(query, [self._array("sessions", sorted(sessions))])
        except DataNotFound:
            return 0
        except QueryFailed as error:
            if "streaming buffer" not in error.message:
                raise
            raise QueryFailed(
                f"{self.name} can't let go of what it got in the last 90 minutes.", hint="Run it again then."
            ) from error
        return int(job.num_dml_affected_rows or 0)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()  # type: ignore[no-untyped-call]

    def __enter__(self) -> TelemetryTable:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _make(self) -> None:
        from google.cloud import bigquery

        field = bigquery.SchemaField
        table = bigquery.Table(
            self.name,
            schema=[
                field("asked_at", "TIMESTAMP", "REQUIRED"),
                field("writer", "STRING", "REQUIRED"),
                field("session", "STRING"),
                field("question_id", "STRING"),
                field("record", "STRING", "REQUIRED"),
            ],
        )
        kept = None if self._keep_days is None else (self._keep_days + 1) * _DAY_MS
        table.time_partitioning = bigquery.TimePartitioning(field="asked_at", expiration_ms=kept)
        self._client.create_table(table, exists_ok=True, timeout=_TIMEOUT_S)
        self._is_made = True

    def _run(self, query: str, given: Sequence[Any]) -> bigquery.QueryJob:
        """Run a statement to its end."""
        from google.cloud import bigquery

        with self._errors(_TIMEOUT_S):
            job = self._client.query(
                query, job_config=bigquery.QueryJobConfig(query_parameters=list(given)), timeout=_TIMEOUT_S
            )
            job.result(timeout=_TIMEOUT_S)
        return job

    @staticmethod
    def _scalar(name: str, value: dt.datetime) -> bigquery.ScalarQueryParameter:
        from google.cloud import bigquery

        return bigquery.ScalarQueryParameter(name, "TIMESTAMP", value)

    @staticmethod
    def _array(name: str, values: Sequence[str]) -> bigquery.ArrayQueryParameter:
        from google.cloud import bigquery

        return bigquery.ArrayQueryParameter(name, "STRING", list(values))


def _row(writer: str, line: bytes) -> dict[str, str | None]:
    record = from_json(line)
    return {
        "asked_at": record["at"],
        "writer": writer,
        "session": record.get("session"),
        "question_id": record.get("question_id"),
        "record": line.decode().rstrip("\n"),
    }
