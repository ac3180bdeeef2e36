"""The tables of a data set: columns from INFORMATION_SCHEMA, sizes and keys from each table's metadata."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datacraft.warehouse.bigquery.types import contract_type
from datacraft.warehouse.model import ColumnInfo, ForeignKey, TableInfo
from datacraft.warehouse.report import Finding, TableReport

if TYPE_CHECKING:
    from google.cloud import bigquery

    from datacraft.warehouse.bigquery.address import BigQueryAddress

_AT_ONCE = 8
_CALL_S = 30.0


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table or view with what only BigQuery knows of it; of a view, `size_bytes` is not known yet."""

    report: TableReport
    size_bytes: int
    is_view: bool


def columns_sql(address: BigQueryAddress) -> str:
    """Return the query that lists every column; its rows are (table, column, type), in order."""
    return (
        "SELECT c.table_name, c.column_name, c.data_type "
        f"FROM `{address.project}.{address.dataset}.INFORMATION_SCHEMA.COLUMNS` AS c "
        "ORDER BY c.table_name, c.ordinal_position"
    )


def stored_tables(
    client: bigquery.Client, address: BigQueryAddress, columns: Sequence[tuple[str, str, str]]
) -> list[StoredTable]:
    """Return the tables that questions may touch, and leave out those that can't be read as a whole."""
    by_table: dict[str, list[ColumnInfo]] = {}
    for table, column, native in columns:
        info = ColumnInfo(name=column, header=column, type=contract_type(native), native_type=native)
        by_table.setdefault(table, []).append(info)

    def read(name: str) -> bigquery.Table:
        return client.get_table(f"{address.project}.{address.dataset}.{name}", timeout=_CALL_S)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        metadata = list(pool.map(read, by_table))
    return [_stored(table, by_table[table.table_id], address) for table in metadata]


def _stored(table: bigquery.Table, columns: list[ColumnInfo], address: BigQueryAddress) -> StoredTable:
    keys = table.table_constraints
    info = TableInfo(
        name=table.table_id,
        source=str(address),
        row_count=table.num_rows or 0,
        columns=columns,
        primary_key=list(keys.primary_key.columns) if keys and keys.primary_key else [],
        foreign_keys=[_foreign_key(key) for key in (keys.foreign_keys or ()) if keys] if keys else [],
    )
    findings = []
    if table.require_partition_filter:
        findings.append(_partition_finding())
    report = TableReport(table=info, findings=findings)
    return StoredTable(report, table.num_bytes or 0, is_view=table.table_type in ("VIEW", "EXTERNAL"))


def _foreign_key(key: bigquery.table.ForeignKey) -> ForeignKey:
    references = key.column_references
    return ForeignKey(
        columns=[reference.referencing_column for reference in references],
        table=key.referenced_table.table_id,
        referenced=[reference.referenced_column for reference in references],
    )


def _partition_finding() -> Finding:
    return Finding(
        code="partition_filter",
        message="This table takes only queries with a filter on its partition, so it is not measured; "
        "questions about it must name a period.",
    )
