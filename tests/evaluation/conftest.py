from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from stall import write_sales

from datacraft.warehouse import DuckDBWarehouse, open_data


@pytest.fixture(scope="session")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stall's file."""
    return write_sales(tmp_path_factory.mktemp("stall"))


@pytest.fixture(scope="session")
def warehouse(sales: Path) -> Iterator[DuckDBWarehouse]:
    with open_data([sales]) as opened:
        yield opened
