"""An empty registry for each test, and the emulator that holds the buckets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from registries import Clock, Registry, bucket_registry, folder_registry
from storage_emulator import running_storage_emulator


@pytest.fixture(scope="session")
def gcs_endpoint() -> Iterator[str]:
    """The address of a running emulator."""
    with running_storage_emulator() as address:
        yield address


@pytest.fixture
def folder(tmp_path: Path) -> Registry:
    """An empty registry in a folder."""
    root = tmp_path / "registry"
    root.mkdir()
    return folder_registry(root)


@pytest.fixture(params=["folder", "gcs"])
def registry(request: pytest.FixtureRequest) -> Registry:
    """An empty registry, once in a folder and once in a bucket."""
    if request.param == "folder":
        registry: Registry = request.getfixturevalue("folder")
        return registry
    return bucket_registry(request.getfixturevalue("gcs_endpoint"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def _no_settings_of_the_person(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Run in an empty folder, without the variables that would change what is read."""
    monkeypatch.chdir(tmp_path)
    for name in (
        "GCS_BUCKET_NAME",
        "BEST_MODEL_NAME",
        "STORAGE_EMULATOR_HOST",
        "DATACRAFT_CONFIG",
        "DATACRAFT_CHANNEL",
    ):
        monkeypatch.delenv(name, raising=False)
