"""A server for the tests that only ask."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from http_server import Running, running_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running_server(tmp_path_factory.mktemp("http"), **{"serve.max_body_bytes": 20_000}) as running:
        yield running


@pytest.fixture
def client(server: Running) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client
