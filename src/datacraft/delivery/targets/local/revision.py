"""One revision under supervision: what its process needs next. Decides and acts; keeps nothing of its own."""

from __future__ import annotations

import json
import os
import signal
import urllib.error
import urllib.request
from collections.abc import Mapping

from datacraft.config.sources import PREFIX, PUBLIC_NAMES
from datacraft.delivery.targets.local import process
from datacraft.delivery.targets.local.proxy import LOOPBACK
from datacraft.delivery.targets.local.state import DeployFolder, LocalSpec, RevisionRecord, Wanted

MOST_FAILURES = 5
"""A revision that has never been ready is given up after so many deaths; one that has been never is."""
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 30.0
_STEADY_S = 60.0  # who has been ready for so long has recovered
_KILL_AFTER_S = 20.0  # twice what the server gives those whom it is answering
_PROBE_S = 2.0


def pause_after(failures: int) -> float:
    """Return how long to wait before the next start, in seconds: doubled each time, up to a bound."""
    return min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2.0 ** min(failures - 1, 10))


def keep_running(
    folder: DeployFolder, wanted: Wanted, record: RevisionRecord, ports: frozenset[int], now: float
) -> RevisionRecord:
    """Start the process where there is none, and see whether it is ready.

    Args:
        folder: where its log goes.
        wanted: the revision.
        record: how it was.
        ports: of the other revisions.
        now: seconds since the epoch.
    """
    if record.state == "failed":
        return record
    if record.process is not None and not process.is_alive(record.process):
        record = _died(folder, wanted, record, now)
    if record.process is None:
        return record if now < record.next_start_at else _started(folder, wanted, record, ports, now)
    if record.state == "starting":
        return _probed(record, now)
    if record.failures and record.ready_at is not None and now - record.ready_at > _STEADY_S:
        return record.model_copy(update={"failures": 0, "problem": None})
    return record


def end(record: RevisionRecord, now: float) -> RevisionRecord:
    """Tell the process to finish what it is answering and end; make it, where it doesn't."""
    if record.process is None or not process.is_alive(record.process):
        return record.model_copy(update={"state": "stopped", "process": None, "stop_sent_at": None})
    if record.stop_sent_at is None:
        process.send(record.process, signal.SIGTERM)
        return record.model_copy(update={"stop_sent_at": now})
    if now - record.stop_sent_at > _KILL_AFTER_S:
        process.kill(record.process)
    return record


def environment_of(spec: LocalSpec, inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a revision's process.

    Settings are those of the spec alone: what the supervisor happens to have been started with says nothing.
    """
    others = {
        name: value
        for name, value in inherited.items()
        if not name.startswith(PREFIX) and name not in PUBLIC_NAMES
    }
    return {**others, **spec.environment, f"{PREFIX}CHANNEL": spec.channel, "PYTHONUNBUFFERED": "1"}


def _started(
    folder: DeployFolder, wanted: Wanted, record: RevisionRecord, ports: frozenset[int], now: float
) -> RevisionRecord:
    # The port stays the same where it can: sessions know their revision by it.
    port = process.free_port(LOOPBACK, record.port, ports)
    spec = wanted.spec
    try:
        started = process.start(
            [*spec.program, "serve", *spec.arguments, "--host", LOOPBACK, "--port", str(port)],
            log=folder.logs / f"{wanted.name}.log",
            folder=spec.folder,
            environment=environment_of(spec, os.environ),
            owner=folder.path,
        )
    except OSError as error:
        problem = f"{spec.program[0]} can't be started: {error.strerror or error}."
        return _failed(record, problem, now)
    return record.model_copy(
        update={"state": "starting", "port": port, "process": started, "stop_sent_at": None}
    )


def _died(folder: DeployFolder, wanted: Wanted, record: RevisionRecord, now: float) -> RevisionRecord:
    said = process.last_words(folder.logs / f"{wanted.name}.log")
    problem = f"It died; the last it said: {said}" if said else "It died without a word."
    return _failed(record.model_copy(update={"restarts": record.restarts + 1}), problem, now)


def _failed(record: RevisionRecord, problem: str, now: float) -> RevisionRecord:
    failures = record.failures + 1
    given_up = failures >= MOST_FAILURES and not record.has_been_ready
    return record.model_copy(
        update={
            "state": "failed" if given_up else "starting",
            "process": None,
            "failures": failures,
            "next_start_at": now + pause_after(failures),
            "problem": problem,
        }
    )


def _probed(record: RevisionRecord, now: float) -> RevisionRecord:
    problem = _why_not_ready(record.port)
    if problem is None:
        update = {"state": "ready", "has_been_ready": True, "ready_at": now, "problem": None}
        return record.model_copy(update=update)
    return record.model_copy(update={"problem": problem})


def _why_not_ready(port: int | None) -> str | None:
    """Ask the process whether it can answer questions; None: it can."""
    try:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/ready", timeout=_PROBE_S):
            return None
    except urllib.error.HTTPError as error:
        try:
            return str(json.loads(error.read())["error"]["message"])
        except (ValueError, KeyError, TypeError):
            return f"/ready answers {error.code}."
    except OSError:
        return "It does not listen yet."
