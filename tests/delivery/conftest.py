"""Registries, releases and deployments of the tests' own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from local_deployment import Deployment, deploying
from releases import NEW, Model, Shop, empty_shop

from datacraft.delivery.evidence import ReleaseEvidence, read_evidence


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """An empty registry, in a working folder without settings."""
    root = tmp_path / "registry"
    root.mkdir()
    return empty_shop(root)


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> ReleaseEvidence:
    """What a good release shows: 240 cases, 12 of them wrong but shown, nothing else amiss."""
    shop = empty_shop(tmp_path_factory.mktemp("good"))
    shop.publish(NEW, Model(wrong=frozenset(range(0, 240, 20))))
    return read_evidence(shop.store, NEW)


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    with deploying(tmp_path) as made:
        yield made
