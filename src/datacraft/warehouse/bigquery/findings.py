"""What a person should know about a data set before asking: unreadable views, large tables, credentials that write."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from google.cloud.bigquery.retry import DEFAULT_RETRY

from datacraft.contracts.errors import AccessDenied, DataCraftError, DataNotFound, QueryFailed
from datacraft.warehouse.bigquery.errors import typed_errors
from datacraft.warehouse.bigquery.schema import StoredTable
from datacraft.warehouse.report import Finding
from datacraft.warehouse.sizes import in_bytes

if TYPE_CHECKING:
    from google.cloud import bigquery

    from datacraft.warehouse.bigquery.address import BigQueryAddress

_CALL_S = 5.0
_WRITE_PERMISSIONS = ("bigquery.tables.updateData", "bigquery.tables.update", "bigquery.tables.delete")


def readable_tables(
    stored: Iterable[StoredTable], estimate: Callable[[str], int]
) -> tuple[list[StoredTable], list[Finding]]:
    """Find out by dry runs what views read, and leave out those that are broken or not permitted.

    Args:
        stored: tables and views.
        estimate: the bytes that a statement would read; raises a `DataCraftError`.
    """
    kept: list[StoredTable] = []
    left_out: list[Finding] = []
    for table in stored:
        name = table.report.table.name
        try:
            size = estimate(f"SELECT * FROM `{name}`") if table.is_view else table.size_bytes
        except (QueryFailed, AccessDenied, DataNotFound) as error:
            message = f"{name} can't be read and is left out. {error.message}"
            left_out.append(Finding(code="left_out", message=message))
        else:
            kept.append(replace(table, size_bytes=size))
    return kept, left_out


def note_large_tables(stored: Iterable[StoredTable], limit: int) -> None:
    """Add a finding to each table that is larger than `limit` bytes: it is not measured."""
    for table in stored:
        if table.size_bytes > limit:
            message = (
                f"This table holds {in_bytes(table.size_bytes)}, more than a query may read, so it is not "
                "measured: only its names and types are known. Raise gcp.maximum_bytes_billed to measure it."
            )
            table.report.findings.append(Finding(code="too_large", message=message))


def permissions_finding(client: bigquery.Client, address: BigQueryAddress, table: str) -> Finding:
    """Ask which writes these credentials are permitted on a table; nothing is written for that."""
    try:
        with typed_errors(_CALL_S):
            answer = client.test_iam_permissions(
                f"{address.project}.{address.dataset}.{table}",
                _WRITE_PERMISSIONS,
                retry=DEFAULT_RETRY.with_timeout(_CALL_S),
                timeout=_CALL_S,
            )
    except DataCraftError as error:
        message = f"Whether the credentials can only read could not be told. {error.message}"
        return Finding(code="permissions_unknown", severity="info", message=message)
    held = answer.get("permissions", [])
    if not held:
        return Finding(code="read_only", severity="info", message="The credentials can only read.")
    return Finding(
        code="writable_credentials",
        message=f"The credentials may also write ({', '.join(held)}). Nothing is written, "
        "but an account with the role BigQuery Data Viewer is safer.",
    )
