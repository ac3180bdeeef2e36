from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres_server import NoPostgres, postgres

from datacraft.access import HistoryStore

sys.path.append(str(Path(__file__).parent.parent))  # for the module that all tests share
from real_parts import missing_part


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    if importlib.util.find_spec("psycopg") is None:
        missing_part("the PostgreSQL driver psycopg is not installed")
    try:
        with postgres() as url:
            yield url
    except NoPostgres as error:
        missing_part(str(error))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/state/history.db"
        return
    server: str = request.getfixturevalue("postgres_url")
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS public CASCADE")
        connection.execute("CREATE SCHEMA public")
    yield server


@pytest.fixture
def store(url: str) -> Iterator[HistoryStore]:
    opened = HistoryStore(url)
    yield opened
    opened.close()
