"""Processes that outlive whoever started them: start, recognise again, end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from datacraft.delivery.targets.local.state import ProcessRecord

OWNER = "SUPERVISED_DEPLOYMENT"
"""Environment variable of everything that is started: the folder of its deployment."""
_SAME_S = 1.0
"""Start times of one process, read twice, differ by less: systems round them."""


def start(
    command: Sequence[str], *, log: Path, folder: Path, environment: Mapping[str, str], owner: Path
) -> ProcessRecord:
    """Start a process in a session of its own, so that it stays when its starter ends or gets a Ctrl-C.

    Args:
        command: with its arguments.
        log: takes all that it says.
        folder: to work in.
        environment: all of it.
        owner: the deployment that it belongs to; see `strays`.

    Raises:
        OSError: the program is not there, or may not be run.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={**environment, OWNER: str(owner)},
            start_new_session=True,
        )
    process.returncode = 0  # it is looked after by its record; nobody shall wait for the object
    return record_of(process.pid)


def record_of(pid: int) -> ProcessRecord:
    """Return how to recognise a process that is there."""
    try:
        return ProcessRecord(pid=pid, started=psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return ProcessRecord(pid=pid, started=0)


def is_alive(record: ProcessRecord) -> bool:
    """Tell whether this very process still runs."""
    return _process(record) is not None


def strays(owner: Path, known: Collection[int]) -> Iterator[ProcessRecord]:
    """Yield what a deployment has started and nobody has written down: its supervisor was killed in between."""
    for found in psutil.process_iter():
        try:
            family = {found.pid, *(parent.pid for parent in found.parents())}
            if found.environ().get(OWNER) == str(owner) and family.isdisjoint(known):
                yield record_of(found.pid)
        except psutil.Error:  # somebody else's, or gone
            continue


def send(record: ProcessRecord, number: signal.Signals) -> None:
    """Send a signal to the process, and to nobody who got its id later."""
    if process := _process(record):
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def kill(record: ProcessRecord) -> None:
    """End the process and its children at once."""
    if process := _process(record):
        with suppress(psutil.NoSuchProcess):
            for member in [*process.children(recursive=True), process]:
                with suppress(psutil.NoSuchProcess):
                    member.kill()


def reap() -> dict[int, int]:
    """Take the exit codes of own children that have ended; a negative one is the signal that ended it."""
    ended: dict[int, int] = {}
    with suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            ended[found[0]] = os.waitstatus_to_exitcode(found[1])
    return ended


def free_port(host: str, wanted: int | None = None, taken: frozenset[int] = frozenset()) -> int:
    """Return the wanted port if nobody listens there, else any free one that is not taken."""
    if wanted and wanted not in taken and can_listen(host, wanted):
        return wanted
    while True:
        with socket.socket() as probe:
            probe.bind((host, 0))
            port = int(probe.getsockname()[1])
        if port not in taken:
            return port


def can_listen(host: str, port: int) -> bool:
    """Tell whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def last_words(log: Path) -> str | None:
    """Return the last error that a log tells of, else its last line that says something."""
    lines = [line for line in tail(log, 20) if line.strip()]
    errors = [line.removeprefix("Error: ") for line in lines if line.startswith("Error: ")]
    return (errors or lines)[-1] if lines else None


def tail(log: Path, lines: int) -> list[str]:
    """Return the last lines of a file, without reading all of it."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 400 * (lines + 1)))
            return file.read().decode("utf-8", "replace").splitlines()[-lines:] if lines else []
    except OSError:
        return []


def _process(record: ProcessRecord) -> psutil.Process | None:
    try:
        process = psutil.Process(record.pid)
        if abs(process.create_time() - record.started) > _SAME_S or process.status() == psutil.STATUS_ZOMBIE:
            return None
    except psutil.NoSuchProcess:
        return None
    return process
