"""Data in, SQL run: files of many kinds become one typed DuckDB database behind a locked, read-only connection.

What questions mean, and which SQL is allowed, is decided elsewhere.
"""

from datacraft.warehouse.duckdb_warehouse import DuckDBWarehouse
from datacraft.warehouse.model import (
    ColumnInfo,
    ForeignKey,
    ResultColumnInfo,
    ResultSet,
    TableInfo,
    Warehouse,
)
from datacraft.warehouse.opening import open_data
from datacraft.warehouse.report import Example, Finding, LoadReport, TableReport
from datacraft.warehouse.settings import WarehouseSettings

__all__ = [
    "ColumnInfo",
    "DuckDBWarehouse",
    "Example",
    "Finding",
    "ForeignKey",
    "LoadReport",
    "ResultColumnInfo",
    "ResultSet",
    "TableInfo",
    "TableReport",
    "Warehouse",
    "WarehouseSettings",
    "open_data",
]
