"""What data are measured on: a connection that takes DuckDB's SQL, of DuckDB itself or translated for another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from datacraft.warehouse import DuckDBWarehouse, Warehouse


class Rows(Protocol):
    """Rows of one statement."""

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the next row, or None."""
        ...

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""
        ...

    def fetchmany(self, size: int = 1) -> list[Any]:
        """Return at most `size` rows."""
        ...


class Connection(Protocol):
    """Runs SELECTs in DuckDB's dialect. DuckDB's own connection is one."""

    def execute(self, query: str, parameters: Any = None) -> Rows:
        """Run a statement."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


@runtime_checkable
class DescribedConnection(Connection, Protocol):
    """A connection whose tables are known already, since reading them costs time or money."""

    def described(self) -> dict[str, Sequence[tuple[str, str]]]:
        """Return (column, DuckDB type) of every table, in order."""
        ...


def measuring_connection(warehouse: Warehouse) -> Connection:
    """Return a connection that measures the data of a warehouse; to be closed by the caller.

    Raises:
        TypeError: nothing measures a warehouse of that kind.
    """
    if isinstance(warehouse, DuckDBWarehouse):
        return warehouse._connection.cursor()
    from datacraft.profiles.bigquery_connection import BigQueryConnection
    from datacraft.warehouse.bigquery.warehouse import BigQueryWarehouse

    if isinstance(warehouse, BigQueryWarehouse):
        return BigQueryConnection(warehouse)
    raise TypeError(f"nothing measures a {type(warehouse).__name__}")
