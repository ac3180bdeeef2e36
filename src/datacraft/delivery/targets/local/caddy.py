"""One process of Caddy with one server: kept running, and changed by its admin API.

The API is at a socket in the deployment's folder, which nobody but its user can enter: who reaches it can send
people anywhere. Its path is relative to that folder, as a socket's path may only have about a hundred bytes; so whoever
keeps Caddy works in that folder.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx

from datacraft.delivery.targets.errors import DeploymentError
from datacraft.delivery.targets.local import process
from datacraft.delivery.targets.local.proxy import LOOPBACK, Json
from datacraft.delivery.targets.local.revision import pause_after
from datacraft.delivery.targets.local.state import CaddyRecord, DeployFolder


def caddy_program() -> str | None:
    """Return where Caddy is: beside this Python, or on the path."""
    beside = Path(sys.executable).with_name("caddy")
    return str(beside) if beside.exists() else shutil.which("caddy")


class Caddy:
    """Keeps a process of Caddy running, with the server that it shall be."""

    def __init__(self, folder: DeployFolder, name: str, record: CaddyRecord) -> None:
        self.record = record
        self.loaded: Json = None
        self._folder = folder
        self._name = name
        self._admin: httpx.Client | None = None
        self._failures = 0
        self._next_start = 0.0

    def keep(self, server: Json, now: float) -> None:
        """Have it running as this server; whatever hinders it is in the record.

        Args:
            server: as Caddy's configuration says it.
            now: seconds since the epoch.
        """
        try:
            if self.record.process is None:
                if now >= self._next_start:
                    self._start(server)
            elif not process.is_alive(self.record.process):
                said = process.last_words(self._log)
                self._let_go()
                raise DeploymentError(f"Caddy died; the last it said: {said}")
            elif server != self.loaded and self._answers():
                self._load(server)
        except (DeploymentError, OSError) as error:
            self._failures += 1
            self._next_start = now + pause_after(self._failures)
            self.record = self.record.model_copy(update={"problem": str(error)})

    def open_requests(self) -> Mapping[int, int] | None:
        """Return how many requests and WebSockets are open, by port of their upstream; None: unknown now."""
        if self._admin is None:
            return None
        try:
            found = self._admin.get("/reverse_proxy/upstreams").raise_for_status().json()
        except (httpx.HTTPError, ValueError):
            return None
        return {int(one["address"].rpartition(":")[2]): int(one["num_requests"]) for one in found}

    def end(self) -> None:
        """Let it answer what is open, and end; called until its record has no process any more."""
        if self.record.process is not None and process.is_alive(self.record.process):
            process.send(self.record.process, signal.SIGTERM)
        else:
            self._let_go()

    @property
    def _socket(self) -> str:
        return f"{self._name}.sock"

    @property
    def _log(self) -> Path:
        return self._folder.logs / f"{self._name}.log"

    def _start(self, server: Json) -> None:
        program = caddy_program()
        if program is None:
            raise DeploymentError("Caddy is not installed; pip install '.[deliver]' brings it.")
        (self._folder.path / self._socket).unlink(missing_ok=True)
        file = self._write(server)
        started = process.start(
            [program, "run", "--config", file],
            log=self._log,
            folder=self._folder.path,
            environment=os.environ,
            owner=self._folder.path,
        )
        self.record = self.record.model_copy(update={"process": started})

    def _answers(self) -> bool:
        """Tell whether the admin API is up."""
        if self._admin is None:
            transport = httpx.HTTPTransport(uds=self._socket)
            self._admin = httpx.Client(transport=transport, base_url=f"http://{LOOPBACK}", timeout=10)
        try:
            return self._admin.get("/config/").status_code == 200
        except httpx.HTTPError:
            return False

    def _load(self, server: Json) -> None:
        """Let this server hold from now on; where it can't, the one before stays."""
        assert self._admin is not None
        try:
            response = self._admin.post("/load", json=self._config(server))
        except httpx.HTTPError as error:
            raise DeploymentError(f"Caddy does not answer: {error}.") from error
        if response.status_code != 200:
            raise DeploymentError(f"Caddy refuses its configuration: {_reason(response)}")
        self._write(server)
        self.loaded, self._failures = server, 0
        self.record = self.record.model_copy(update={"problem": None})

    def _write(self, server: Json) -> str:
        """Keep the configuration, to be started with; return the file's name."""
        file = f"{self._name}.json"
        self._folder.write(file, json.dumps(self._config(server), indent=1))
        return file

    def _config(self, server: Json) -> Json:
        return {
            "admin": {"listen": f"unix/{self._socket}", "config": {"persist": False}},
            "logging": {"logs": {"default": {"level": "WARN"}}},
            "apps": {"http": {"servers": {"only": server}}},
        }

    def _let_go(self) -> None:
        if self._admin is not None:
            self._admin.close()
        self._admin = self.loaded = None
        self.record = CaddyRecord()


def _reason(response: httpx.Response) -> str:
    try:
        return str(response.json()["error"])
    except (ValueError, KeyError, TypeError):
        return f"status {response.status_code}"
