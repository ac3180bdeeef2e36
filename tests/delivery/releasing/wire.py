"""`Wire`: a TCP connection between two parts that a test can cut and mend."""

from __future__ import annotations

import select
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_RESET = struct.pack("ii", 1, 0)  # linger for no time: closing is a reset


class Wire:
    """Listens on loopback and passes everything on, both ways, unless it is cut."""

    def __init__(self, port: int) -> None:
        self._to = ("127.0.0.1", port)
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listening.getsockname()[1]
        self.is_cut = False
        self.turned_away = 0
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """End all connections, in the middle of whatever they carry, and let nobody connect."""
        with self._lock:
            self.is_cut = True
            ended, self._open = self._open, set()
        for one in ended:
            _reset(one)

    def mend(self) -> None:
        self.is_cut = False

    def close(self) -> None:
        self._listening.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            if self.is_cut:
                self.turned_away += 1
                _reset(near)
                continue
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        with suppress(OSError, ValueError), socket.create_connection(self._to) as far, near:
            with self._lock:
                if self.is_cut:
                    return
                self._open |= {near, far}
            while True:
                for one in select.select([near, far], [], [])[0]:
                    data = one.recv(65_536)
                    if not data:
                        return
                    (far if one is near else near).sendall(data)


def _reset(one: socket.socket) -> None:
    with suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@contextmanager
def wired(port: int) -> Iterator[Wire]:
    """Put a wire before a port."""
    wire = Wire(port)
    try:
        yield wire
    finally:
        wire.close()
