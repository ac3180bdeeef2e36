"""A real server on loopback: the API over a small shop, answered by the real engine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

import httpx
import uvicorn

from datacraft.config import Settings, load_settings
from datacraft.contracts.proposal import Proposal, Turn
from datacraft.engines import Engine, Notice, Trial, unheard
from datacraft.http.app import api_app
from datacraft.http.datasets import DataSet, Restore, open_data_set
from datacraft.http.server import bind
from datacraft.http.service import Service
from datacraft.serving import QueryHandler

SALES = """order_id,order_date,region,product,revenue
1,2023-01-05,North,Chair,100
2,2023-01-20,South,Table,250
3,2023-02-11,North,Table,300
4,2023-03-02,West,Chair,120
5,2023-03-15,South,Lamp,40
6,2024-01-09,West,Lamp,55
7,2024-02-17,North,Chair,110
8,2024-02-21,East,Table,260
"""


class Gated:
    """The real engine behind a gate that a test can close, to keep questions in flight."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.name = engine.name
        self.patient = False
        self.gate = threading.Event()
        self.gate.set()

    def propose(
        self, question: str, history: Sequence[Turn], trial: Trial | None = None, notice: Notice = unheard
    ) -> Proposal:
        self.gate.wait(30)
        return self.engine.propose(question, history)


class Running:
    """A server that runs, and the service behind it."""

    def __init__(self, url: str, service: Service, gates: list[Gated]) -> None:
        self.url = url
        self.service = service
        self._gates = gates

    @property
    def gated(self) -> Gated:
        return self._gates[0]

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=30)


def write_sales(folder: Path) -> Path:
    path = folder / "sales.csv"
    path.write_text(SALES, encoding="utf-8")
    return path


@contextmanager
def running_server(
    folder: Path, data: Path | Literal["sales"] | None = "sales", **arguments: object
) -> Iterator[Running]:
    """Run the API in a thread; `data` is a file, or None for a server that has none."""
    settings = load_settings(arguments={"state_dir": folder / "state", **arguments}, environ={})
    paths = [write_sales(folder)] if data == "sales" else [data] if data else []
    gates: list[Gated] = []

    def open_gated(settings: Settings, paths: Sequence[Path | str], *, restore: Restore) -> DataSet:
        data = open_data_set(settings, paths, restore=restore)
        real = data.handler
        gated = Gated(real._engine)
        gates.append(gated)
        handler = QueryHandler(
            gated, real.warehouse, real.model, served=real._served, telemetry=real._telemetry,
            sessions=real.sessions, limits=real.limits, resources=real._resources,
        )  # fmt: skip
        return replace(data, handler=handler)

    service = Service(settings, paths, open_data=open_gated)
    with bind("127.0.0.1", 0) as bound:
        server = uvicorn.Server(uvicorn.Config(api_app(service), log_config=None, lifespan="on"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        until(lambda: server.started and not service.loading)
        try:
            yield Running(f"http://127.0.0.1:{bound.getsockname()[1]}", service, gates)
        finally:
            for gated in gates:
                gated.gate.set()
            server.should_exit = True
            thread.join(20)


def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come to that in time"
        time.sleep(0.01)
