"""The data of the guard's tests: statements, known tables, and a locked database to run them on."""

from __future__ import annotations

from pathlib import Path

import duckdb
import yaml

DATA = Path(__file__).parent / "data"

SHOP = {
    "orders": [
        *("order_id", "customer_id", "product_id", "order_date", "ship_date", "region"),
        *("quantity", "amount", "discount", "status", "note", "created_at"),
    ],
    "customers": ["customer_id", "name", "segment", "city", "signup_date", "email"],
    "products": ["product_id", "product_name", "category", "price"],
    "employees": ["employee_id", "manager_id", "full_name", "department", "hired_on", "salary"],
}

BIGQUERY_SHOP = {
    "shop.orders": [
        *("order_id", "customer_id", "order_date", "ship_date", "region", "quantity", "amount"),
        *("discount", "status", "note", "created_at", "tags", "address", "name_of"),
    ],
    "shop.customers": ["customer_id", "name", "segment", "city", "email"],
    "my-project.shop.events": ["event_id", "order_id", "at"],
}


def statements(name: str) -> list[str]:
    """Return the statements of a file that has one a line and comments at the start of lines."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("-- ")]


def hostile(name: str) -> list[tuple[str, str]]:
    """Return (category, statement) pairs of a file of hostile statements."""
    groups = yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
    return [(group["category"], sql) for group in groups for sql in group["sql"]]


def locked_shop(folder: Path) -> duckdb.DuckDBPyConnection:
    """Make the shop's database and open it read-only, cut off and with its settings locked."""
    path = folder / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute((DATA / "shop.sql").read_text(encoding="utf-8"))
    connection = duckdb.connect(str(path), read_only=True)
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection
