"""The supervisor: makes what is wanted so, and writes what is. One process for each deployment folder.

When it is killed, what it started goes on; the next one, started by any command that changes the deployment,
recognises the processes and takes over.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from datacraft.delivery.targets.errors import DeploymentError
from datacraft.delivery.targets.local import process
from datacraft.delivery.targets.local.proxy import LOOPBACK, Admin, Arm, Json, caddy_config, caddy_program
from datacraft.delivery.targets.local.revision import end, keep_running, pause_after
from datacraft.delivery.targets.local.state import DeployFolder, Desired, RevisionRecord, Wanted

log = logging.getLogger(__name__)

_TICK_S = 0.1
_PAUSE_S = 1.0
_LOCK_PATIENCE_S = 5.0


class Supervisor:
    """Carries out one deployment folder's wishes, tick by tick."""

    def __init__(self, folder: DeployFolder) -> None:
        self._folder = folder
        self._observed = folder.observed()
        self._written = self._observed
        self._admin: Admin | None = None
        self._loaded: dict[str, Json] | None = None
        self._proxy_failures = 0
        self._proxy_next_start = 0.0
        self._open: dict[int, int] = {}
        self._secret = _secret(folder)

    def run(self) -> None:
        """Work until the deployment is stopped."""
        ended = False
        while not ended:
            try:
                ended = self.tick(time.time())
            except (
                DeploymentError
            ) as error:  # a full disk, a broken file: what runs goes on, and it is tried again
                log.error("%s %s", error.message, error.hint or "")
                time.sleep(_PAUSE_S)
            time.sleep(_TICK_S)

    def tick(self, now: float) -> bool:
        """Do what is to be done now; tell whether the deployment has ended."""
        process.reap()
        desired = self._folder.desired()
        self._look_at_proxy(desired)
        records = {wanted.name: self._attend(desired, wanted, now) for wanted in desired.revisions}
        self._observed = self._observed.model_copy(update={"revisions": records})
        if desired.running:
            self._keep_proxy(desired, now)
            self._split(desired)
        else:
            self._end_proxy()
        self._write(desired)
        return not desired.running and self._all_ended()

    def _attend(self, desired: Desired, wanted: Wanted, now: float) -> RevisionRecord:
        record = self._observed.revisions.get(wanted.name, RevisionRecord())
        if not desired.running or wanted.goal == "stop":
            return end(record, now)
        if wanted.goal == "drain":
            return self._drain(desired, record, now)
        if record.state in ("stopped", "draining"):  # it is gone back to
            record = _revived(record)
        taken = {desired.port, self._observed.admin_port}
        taken |= {one.port for name, one in self._observed.revisions.items() if name != wanted.name}
        ports = frozenset(port for port in taken if port)
        return keep_running(self._folder, wanted, record, ports, now)

    def _drain(self, desired: Desired, record: RevisionRecord, now: float) -> RevisionRecord:
        """Let its sessions end; send who is left elsewhere after a while; then end it."""
        if record.state == "stopped":
            return record
        if record.process is None or not process.is_alive(record.process):
            return end(record, now)
        if record.drain_until is None:
            return record.model_copy(update={"state": "draining", "drain_until": now + desired.drain_s})
        still_open = self._open.get(record.port or 0, 0)
        if not record.leaving:
            # What may be new in the pool of the proxy is not known yet; one round later it is.
            leaving = (still_open == 0 and self._splits_as(desired)) or now > record.drain_until
            return record.model_copy(update={"leaving": leaving})
        overdue = now > record.drain_until
        if (still_open == 0 or overdue) and not self._is_in_pool(record):
            return end(record, now)
        return record

    def _is_in_pool(self, record: RevisionRecord) -> bool:
        return f'"{LOOPBACK}:{record.port}"' in json.dumps(self._loaded)

    def _splits_as(self, desired: Desired) -> bool:
        return self._loaded is not None and self._observed.traffic == desired.traffic

    def _look_at_proxy(self, desired: Desired) -> None:
        if self._admin is None or all(wanted.goal != "drain" for wanted in desired.revisions):
            return
        try:
            self._open = self._admin.open_requests()
        except DeploymentError:
            self._open = {}  # Caddy has died, and with it what was open

    def _keep_proxy(self, desired: Desired, now: float) -> None:
        """Have Caddy running, with the admin API at hand."""
        if self._observed.proxy is not None and process.is_alive(self._observed.proxy):
            if self._admin is None and self._observed.admin_port is not None:
                admin = Admin(self._observed.admin_port)
                if admin.answers():
                    self._admin, self._proxy_failures = admin, 0
                    self._note(proxy_problem=None)
                else:
                    admin.close()
            return
        self._drop_admin()
        if self._observed.proxy is not None:
            self._proxy_failures += 1
            self._proxy_next_start = now + pause_after(self._proxy_failures)
            said = process.last_line(self._folder.logs / "caddy.log") or "nothing"
            self._note(proxy=None, proxy_problem=f"Caddy died; the last it said: {said}")
        if now >= self._proxy_next_start:
            self._start_proxy(desired)

    def _start_proxy(self, desired: Desired) -> None:
        program = caddy_program()
        if program is None:
            self._note(proxy_problem="Caddy is not installed.")
            return
        ports = frozenset(one.port for one in self._observed.revisions.values() if one.port)
        admin_port = process.free_port(LOOPBACK, self._observed.admin_port, ports | {desired.port})
        self._note(admin_port=admin_port)
        config = self._config(desired, admin_port)
        self._folder.write("caddy.json", json.dumps(config, indent=1))
        try:
            started = process.start(
                [program, "run", "--config", str(self._folder.caddy_file)],
                log=self._folder.logs / "caddy.log",
                folder=self._folder.path,
                environment=os.environ,
            )
        except OSError as error:
            self._note(proxy_problem=f"{program} can't be started: {error.strerror or error}.")
            return
        self._note(proxy=started)

    def _split(self, desired: Desired) -> None:
        """Let Caddy split traffic as wanted, once those that shall have some are ready."""
        if self._admin is None or self._observed.admin_port is None:
            return
        config = self._config(desired, self._observed.admin_port)
        if config == self._loaded:
            return
        try:
            self._admin.load(config)
        except DeploymentError as error:
            self._note(proxy_problem=error.message)
            return
        self._folder.write("caddy.json", json.dumps(config, indent=1))
        self._loaded = config
        self._note(traffic=desired.traffic, proxy_problem=None)

    def _config(self, desired: Desired, admin_port: int) -> dict[str, Json]:
        arms: dict[str, Arm] = {}
        for wanted in desired.revisions:
            record = self._observed.revisions.get(wanted.name)
            if record is None or record.port is None:
                continue
            share = desired.traffic.get(wanted.name, 0)
            # One that is being started again keeps its place: its requests wait for it.
            if share or (wanted.served and record.state == "draining" and not record.leaving):
                arms[wanted.name] = Arm(record.port, share)
        return caddy_config(f"{desired.host}:{desired.port}", admin_port, arms, self._secret)

    def _end_proxy(self) -> None:
        """End Caddy; what it is passing on is passed on first."""
        if self._observed.proxy is None:
            return
        if process.is_alive(self._observed.proxy):
            process.send(self._observed.proxy, signal.SIGTERM)
        else:
            self._drop_admin()
            self._note(proxy=None, traffic={})

    def _drop_admin(self) -> None:
        if self._admin is not None:
            self._admin.close()
        self._admin = self._loaded = None

    def _all_ended(self) -> bool:
        ended = all(record.process is None for record in self._observed.revisions.values())
        return ended and self._observed.proxy is None

    def _note(self, **changes: object) -> None:
        self._observed = self._observed.model_copy(update=changes)

    def _write(self, desired: Desired) -> None:
        self._note(number=desired.number)
        if self._observed != self._written:
            self._folder.write_observed(self._observed)
            self._written = self._observed


def _revived(record: RevisionRecord) -> RevisionRecord:
    """Return the record of a revision that shall run again; one that still runs goes on."""
    alive = record.process is not None and record.stop_sent_at is None
    if alive and record.process is not None and process.is_alive(record.process):
        return record.model_copy(update={"state": "ready", "drain_until": None, "leaving": False})
    if record.process is not None and process.is_alive(record.process):
        return record  # it is ending; the next one is started when it has
    return RevisionRecord(port=record.port, restarts=record.restarts)


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
