from __future__ import annotations

from collections.abc import Iterator

import pytest
from shop import open_shop, shop_model

from datacraft.contracts.semantic import SemanticModel
from datacraft.warehouse import DuckDBWarehouse


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBWarehouse]:
    with open_shop(tmp_path_factory.mktemp("shop")) as opened:
        yield opened


@pytest.fixture(scope="session")
def model() -> SemanticModel:
    return shop_model()
