from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the clinic, its settings and what is kept between tests."""
    return tmp_path_factory.mktemp("clinic")
