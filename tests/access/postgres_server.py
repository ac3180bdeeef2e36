"""Real databases for the tests of this layer: SQLite, and PostgreSQL started for one test run."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root


class NoPostgres(Exception):
    """PostgreSQL can't be started here; the message says why."""


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
        if not newest:
            raise NoPostgres(f"PostgreSQL's {name} is not installed")
        found = str(newest[-1])
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgres() -> Iterator[str]:
    """Start a PostgreSQL server on loopback and give its URL; it is gone afterwards.

    Raises:
        NoPostgres: it is not installed or does not start.
    """
    initdb, server = _program("initdb"), _program("postgres")
    user = _UNPRIVILEGED if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    data, port = folder / "data", _free_port()
    try:
        if user is not None:
            shutil.chown(folder, user)
        made = subprocess.run(
            [initdb, "-D", data, "-U", "tester", "-A", "trust", "-N", "-E", "UTF8", "--locale=C"],
            user=user, cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode:
            raise NoPostgres(f"initdb failed: {made.stderr.strip()[-300:]}")
        options = ["-c", "fsync=off", "-c", f"unix_socket_directories={folder}", "-c", "timezone=Asia/Tokyo"]
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(
                [server, "-D", data, "-h", "127.0.0.1", "-p", str(port), *options],
                user=user, cwd=folder, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        try:
            _wait_for(port, process, folder / "log")
            yield f"postgresql://tester@127.0.0.1:{port}/postgres"
        finally:
            process.terminate()
            process.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if "ready to accept connections" in log.read_text(errors="replace"):
            return
        time.sleep(0.05)
    raise NoPostgres(f"PostgreSQL on port {port} did not start: {log.read_text(errors='replace')[-300:]}")
