"""A deployment on this machine, for real, in a folder of the test's own."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from datacraft.contracts.deployment import DeployRequest, Revision
from datacraft.contracts.errors import DataCraftError
from datacraft.delivery.targets.local.process import free_port
from datacraft.delivery.targets.local.state import Address, DeployFolder, LocalSpec
from datacraft.delivery.targets.local.target import LocalOptions, LocalTarget
from datacraft.delivery.targets.target import roll_out

PRODUCT = (sys.executable, "-P", "-m", "datacraft.cli")
READY_S = 60


@dataclass
class Deployment:
    """A target, and what its next revision is to be."""

    folder: Path
    port: int
    data: Path
    drain_s: float = 60
    program: tuple[str, ...] = PRODUCT
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def files(self) -> DeployFolder:
        return DeployFolder(self.folder / "deploy")

    @property
    def target(self) -> LocalTarget:
        return LocalTarget(LocalOptions(self.files.path, Address(port=self.port), self.drain_s, self.spec))

    def spec(self, request: DeployRequest) -> LocalSpec:
        return LocalSpec(
            program=self.program,
            version="1",
            arguments=("--data", str(self.data)),
            folder=self.folder,
            environment={"DATACRAFT_STATE_DIR": str(self.folder / "state"), **self.environment},
            channel=request.channel,
            release_id=request.release_id,
        )

    def roll_out(self, *, percent: int | None = None, **request: object) -> Revision:
        request = {"channel": "production", "again": True, **request}
        target = self.target
        return roll_out(
            target, target.plan(DeployRequest.model_validate(request)), timeout_s=READY_S, percent=percent
        )

    def state(self, revision: str) -> str:
        found = self.target.status().revision(revision)
        assert found is not None
        return found.state

    def pid(self, revision: str) -> int:
        process = self.files.observed().revisions[revision].process
        assert process is not None
        return process.pid

    def pids(self) -> list[int]:
        return [record.pid for record in self.files.observed().processes]

    def supervisors(self) -> list[psutil.Process]:
        return [one for one in psutil.process_iter() if _is_supervisor(one, self.files.path)]

    def ask(self) -> httpx.Response:
        return httpx.post(
            f"http://127.0.0.1:{self.port}/api/ask", json={"question": "total revenue"}, timeout=60
        )


@contextmanager
def deploying(folder: Path) -> Iterator[Deployment]:
    """Yield a deployment with nothing in it; end every process of it afterwards."""
    (folder / "sales.csv").write_text("region,revenue\nNorth,100\nSouth,250\n")
    deployment = Deployment(folder, free_port("127.0.0.1"), folder / "sales.csv")
    try:
        yield deployment
    finally:
        try:
            deployment.target.stop()
        except DataCraftError:
            _end_by_force(deployment)


def _end_by_force(deployment: Deployment) -> None:
    for supervisor in deployment.supervisors():
        os.kill(supervisor.pid, signal.SIGKILL)
    try:
        observed = deployment.files.observed()
    except DataCraftError:
        return
    for record in observed.processes:
        if psutil.pid_exists(record.pid):
            os.kill(record.pid, signal.SIGKILL)


def _is_supervisor(process: psutil.Process, folder: Path) -> bool:
    try:
        words = process.cmdline()
    except psutil.Error:
        return False
    return words[-1:] == [str(folder)] and "datacraft.delivery.targets.local.supervisor" in words


def is_there(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and that nobody has waited for doesn't."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come to that in time"
        time.sleep(0.05)
