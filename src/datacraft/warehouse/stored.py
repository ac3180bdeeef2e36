"""The load report inside the database file that it is about."""

from __future__ import annotations

import duckdb

from datacraft.warehouse.report import LoadReport

_SCHEMA = "_datacraft"


def store_report(connection: duckdb.DuckDBPyConnection, catalog: str, report: LoadReport) -> None:
    """Write the report into the database attached as `catalog`."""
    connection.execute(f"CREATE SCHEMA {catalog}.{_SCHEMA}")
    connection.execute(f"CREATE TABLE {catalog}.{_SCHEMA}.load_report (content VARCHAR)")
    connection.execute(f"INSERT INTO {catalog}.{_SCHEMA}.load_report VALUES (?)", [report.model_dump_json()])


def stored_report(connection: duckdb.DuckDBPyConnection) -> LoadReport:
    """Read the report back.

    Raises:
        duckdb.Error: the database holds none.
        pydantic.ValidationError: it was written by a version whose reports differ.
    """
    row = connection.execute(f"SELECT content FROM {_SCHEMA}.load_report").fetchone()
    return LoadReport.model_validate_json(row[0] if row else "null")
