from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from stall import write_sales

from datacraft.config import Settings
from datacraft.evaluation.data import DataLoader, LoadedData
from datacraft.warehouse import DuckDBWarehouse, open_data


@pytest.fixture(scope="session")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stall's file."""
    return write_sales(tmp_path_factory.mktemp("stall"))


@pytest.fixture(scope="session")
def warehouse(sales: Path) -> Iterator[DuckDBWarehouse]:
    with open_data([sales]) as opened:
        yield opened


@pytest.fixture(scope="session")
def stall_data(sales: Path) -> Iterator[LoadedData]:
    settings = Settings.model_validate({"data": {"paths": [sales], "cache": False}})
    with DataLoader(settings).load() as data:
        yield data
