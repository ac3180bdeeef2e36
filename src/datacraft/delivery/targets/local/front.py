"""`Front`: the two processes of Caddy that people's requests go through; see `proxy`."""

from __future__ import annotations

import json
from collections.abc import Mapping

from datacraft.delivery.targets.local import process
from datacraft.delivery.targets.local.caddy import Caddy
from datacraft.delivery.targets.local.proxy import LOOPBACK, Arm, door, splitter
from datacraft.delivery.targets.local.state import Address, DeployFolder, ProxyRecord


class Front:
    """Keeps the proxy running and its split as it should be."""

    def __init__(self, folder: DeployFolder, record: ProxyRecord, secret: str) -> None:
        self._secret = secret
        self._door = Caddy(folder, "door", record.door)
        self._splitter = Caddy(folder, "splitter", record.splitter)
        self._splitter_port = record.splitter_port
        self._traffic = record.traffic

    @property
    def record(self) -> ProxyRecord:
        """The proxy as it is."""
        return ProxyRecord(
            door=self._door.record,
            splitter=self._splitter.record,
            splitter_port=self._splitter_port,
            traffic=self._traffic,
        )

    @property
    def port(self) -> int | None:
        """Where it listens on loopback, besides people's address."""
        return self._splitter_port

    def keep(self, address: Address, arms: Mapping[str, Arm], used: frozenset[int], now: float) -> None:
        """Have it running, and splitting so, as far as can be; whatever hinders it is in the record.

        Args:
            address: that people connect to.
            arms: see `splitter`.
            used: ports that it must not take.
            now: seconds since the epoch.
        """
        if self._splitter.record.process is None:
            self._splitter_port = process.free_port(LOOPBACK, self._splitter_port, used)
        assert self._splitter_port is not None
        wanted = splitter(self._splitter_port, arms, self._secret)
        self._splitter.keep(wanted, now)
        if self._splitter.loaded == wanted:
            self._traffic = {name: arm.weight for name, arm in arms.items() if arm.weight}
        host = f"[{address.host}]" if ":" in address.host else address.host
        self._door.keep(door(f"{host}:{address.port}", self._splitter_port), now)

    def open_requests(self) -> Mapping[int, int] | None:
        """Return how many requests are open by port of their revision; None: that is not known now."""
        return self._splitter.open_requests()

    def passes_on_to(self, port: int | None) -> bool:
        """Tell whether requests may still be sent to a revision."""
        loaded = self._splitter.loaded
        return loaded is None or f'"{LOOPBACK}:{port}"' in json.dumps(loaded)

    def end(self) -> bool:
        """Let what is open be answered, and end, the door first; tell whether it has."""
        self._door.end()
        if self._door.record.process is None:
            self._splitter.end()
        if self._splitter.record.process is not None or self._door.record.process is not None:
            return False
        self._traffic = {}
        return True
