"""The supervisor: makes what is wanted so, and writes what is. One process for each deployment folder.

When it is killed, what it started goes on; the next one, started by any command that changes the deployment,
recognises the processes and takes over.
"""

from __future__ import annotations

import logging
import os
import secrets
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from datacraft.delivery.targets.errors import DeploymentError
from datacraft.delivery.targets.local import process
from datacraft.delivery.targets.local.front import Front
from datacraft.delivery.targets.local.proxy import Arm
from datacraft.delivery.targets.local.revision import end, keep_running
from datacraft.delivery.targets.local.state import DeployFolder, Desired, Observed, RevisionRecord, Wanted

log = logging.getLogger(__name__)

_TICK_S = 0.1
_PAUSE_S = 1.0
_LOCK_PATIENCE_S = 5.0


class Supervisor:
    """Carries out one deployment folder's wishes, tick by tick."""

    def __init__(self, folder: DeployFolder) -> None:
        self._folder = folder
        self._observed = self._written = folder.observed()
        self._front = Front(folder, self._observed.proxy, _secret(folder))

    def run(self) -> None:
        """Work until the deployment is stopped."""
        known = {os.getpid(), *(record.pid for record in self._observed.processes)}
        for stray in process.strays(self._folder.path, known):
            process.kill(stray)
        ended = False
        while not ended:
            try:
                ended = self.tick(time.time())
            except DeploymentError as error:
                # A full disk, a broken file: what runs goes on, and it is tried again.
                log.error("%s %s", error.message, error.hint or "")
                time.sleep(_PAUSE_S)
            time.sleep(_TICK_S)

    def tick(self, now: float) -> bool:
        """Do what is to be done now; tell whether the deployment has ended."""
        process.reap()
        desired = self._folder.desired()
        records = self._observed.revisions
        if not desired.running:
            gone = self._front.end()
            # Revisions end after the proxy: it may still be waiting for their answers.
            after = {name: end(record, now) if gone else record for name, record in records.items()}
            self._write(desired, after)
            return gone and all(record.process is None for record in after.values())
        draining = any(wanted.goal == "drain" for wanted in desired.revisions)
        still_open = self._front.open_requests() if draining else None
        after = {wanted.name: self._attend(desired, wanted, still_open, now) for wanted in desired.revisions}
        used = frozenset(record.port for record in after.values() if record.port)
        self._front.keep(desired.address, _arms(desired, after), used | {desired.address.port}, now)
        self._write(desired, after)
        return False

    def _attend(
        self, desired: Desired, wanted: Wanted, still_open: Mapping[int, int] | None, now: float
    ) -> RevisionRecord:
        records = self._observed.revisions
        record = records.get(wanted.name, RevisionRecord())
        if wanted.goal == "stop":
            return end(record, now)
        if wanted.goal == "drain":
            return self._drain(desired, wanted, record, still_open, now)
        if record.state in ("stopped", "draining", "standby"):  # it is gone back to
            record = _revived(record)
        others = {one.port for name, one in records.items() if name != wanted.name and one.port}
        taken = frozenset({*others, self._front.port or 0, desired.address.port})
        return keep_running(self._folder, wanted, record, taken, now)

    def _drain(
        self,
        desired: Desired,
        wanted: Wanted,
        record: RevisionRecord,
        still_open: Mapping[int, int] | None,
        now: float,
    ) -> RevisionRecord:
        """Let its sessions end; send who is left elsewhere after a while; then end it, or keep it at hand."""
        if record.state == "stopped" or record.process is None or not process.is_alive(record.process):
            return end(record, now)
        if record.drain_until is None:
            return record.model_copy(update={"state": "draining", "drain_until": now + desired.drain_s})
        unused = still_open is not None and still_open.get(record.port or 0, 0) == 0
        over = now > record.drain_until
        if not record.leaving:
            moved = self._front.record.traffic == desired.traffic
            return record.model_copy(update={"leaving": over or (unused and moved)})
        if self._front.passes_on_to(record.port) or not (unused or over or record.state == "standby"):
            return record
        # A rollback, which must be quick, leads to the last one that served.
        if desired.former[-1:] == (wanted.name,) and (unused or record.state == "standby"):
            return record.model_copy(update={"state": "standby"})
        return end(record, now)

    def _write(self, desired: Desired, records: Mapping[str, RevisionRecord]) -> None:
        # Kept before it is written, which may fail: what has been started must not be started twice.
        self._observed = Observed(number=desired.number, proxy=self._front.record, revisions=dict(records))
        if self._observed != self._written:
            self._folder.write_observed(self._observed)
            self._written = self._observed


def _arms(desired: Desired, records: Mapping[str, RevisionRecord]) -> dict[str, Arm]:
    """Return whom requests may be sent to: who gets new sessions, and who keeps those that it has."""
    arms = {}
    for wanted in desired.revisions:
        record, share = records[wanted.name], desired.traffic.get(wanted.name, 0)
        # One that is being started again keeps its place: its requests wait for it.
        keeps = wanted.served and record.state == "draining" and not record.leaving
        if record.port is not None and (share or keeps):
            arms[wanted.name] = Arm(record.port, share)
    return arms


def _revived(record: RevisionRecord) -> RevisionRecord:
    """Return the record of a revision that shall run again; one that still runs goes on."""
    if record.process is None or not process.is_alive(record.process):
        return RevisionRecord(port=record.port, restarts=record.restarts)
    if record.stop_sent_at is not None:
        return record  # it is ending; the next one is started when it has
    state = (
        "ready" if record.state == "draining" else "starting"
    )  # who stood by is asked whether it still can
    return record.model_copy(update={"state": state, "drain_until": None, "leaving": False})


def _secret(folder: DeployFolder) -> str:
    """Return what makes cookies unguessable; the same for as long as the deployment lives."""
    place = folder.path / "cookie.secret"
    with suppress(OSError):
        if known := place.read_text(encoding="utf-8"):
            return known
    folder.write(place.name, made := secrets.token_urlsafe(32))
    return made


def main(path: Path) -> int:
    """Supervise the deployment in a folder, unless somebody does."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    folder = DeployFolder(path)
    os.chdir(path)  # see `caddy`
    deadline = time.monotonic() + _LOCK_PATIENCE_S
    while time.monotonic() < deadline:
        with folder.supervising() as had:
            if had:
                Supervisor(folder).run()
                return 0
        time.sleep(0.05)  # somebody may only have been asking whether there is one
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
