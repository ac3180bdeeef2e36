"""A deployment of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from local_deployment import Deployment, deploying


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    with deploying(tmp_path) as made:
        yield made
