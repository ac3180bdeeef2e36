"""What the tests of loading share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datacraft.ingest import IngestOptions, IngestReport, ingest
from datacraft.ingest.store import read_store

Load = Callable[..., IngestReport]
Rows = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """The warehouse file, in a folder of its own."""
    return tmp_path / "warehouse" / "data.duckdb"


@pytest.fixture
def load(warehouse: Path) -> Load:
    """Load paths with options by name."""

    def run(*paths: Path, **options: Any) -> IngestReport:
        return ingest(paths, IngestOptions(warehouse, **options))

    return run


@pytest.fixture
def rows(warehouse: Path) -> Rows:
    """Return the rows of a table as it stands, in the order of all columns."""

    def read(table: str, columns: str = "*") -> list[tuple[Any, ...]]:
        with read_store(warehouse) as store:
            return store.connection.execute(
                f"SELECT {columns} FROM store.main.{table} ORDER BY ALL"
            ).fetchall()

    return read
