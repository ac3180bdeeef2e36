"""What is wanted and what is: two files in the deployment's folder, each with one writer, replaced whole."""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from datacraft.contracts.deployment import RevisionState
from datacraft.delivery.targets.errors import DeploymentError

_LOCK_PATIENCE_S = 10.0
_Document = TypeVar("_Document", bound=BaseModel)


class _Part(BaseModel):
    # A supervisor may be older than the command that writes to it: what it does not know, it leaves alone.
    model_config = ConfigDict(extra="ignore", frozen=True)


class LocalSpec(_Part):
    """All that it takes to start a revision, now or when it is gone back to."""

    program: tuple[str, ...] = Field(description="Command of the product, before its arguments.")
    version: str
    arguments: tuple[str, ...] = Field(description='What follows "serve", without host and port.')
    folder: Path = Field(description="Working folder.")
    environment: dict[str, str] = Field(description="Settings that hold, as environment variables.")
    channel: str
    release_id: str | None


class Wanted(_Part):
    """A revision that there shall be, or was."""

    name: str
    tag: str
    spec: LocalSpec
    created_at: dt.datetime
    goal: Literal["run", "drain", "stop"] = Field(
        default="run", description="drain: ends once nobody uses it; stop: ends at once."
    )
    served: bool = Field(default=False, description="It has had traffic, and can be gone back to.")


class Address(_Part):
    """Where people connect to."""

    host: str = "127.0.0.1"
    port: int = 0


class Desired(_Part):
    """What commands want. The number rises with each change."""

    schema_version: Literal[1] = 1
    number: int = 0
    made: int = Field(default=0, description="How many revisions were ever made.")
    running: bool = True
    address: Address = Address()
    drain_s: float = Field(default=600, description="How long open sessions may stay with an old revision.")
    revisions: tuple[Wanted, ...] = ()
    traffic: dict[str, int] = Field(default_factory=dict)
    former: tuple[str, ...] = Field(default=(), description="What had the traffic before, the latest last.")

    def find(self, name: str) -> Wanted | None:
        """Return a revision by name or tag; of two with one tag, the newer."""
        return next((one for one in reversed(self.revisions) if name in (one.name, one.tag)), None)


class ProcessRecord(_Part):
    """A process; its start time tells it from a later one with the same id."""

    pid: int
    started: float = Field(description="Seconds since the epoch.")


class RevisionRecord(_Part):
    """A revision as it is."""

    state: RevisionState = "starting"
    port: int | None = None
    process: ProcessRecord | None = None
    has_been_ready: bool = False
    restarts: int = 0
    failures: int = Field(default=0, description="Deaths in a row.")
    ready_at: float | None = None
    next_start_at: float = 0
    drain_until: float | None = None
    leaving: bool = Field(default=False, description="Sessions of it are sent elsewhere from now on.")
    stop_sent_at: float | None = None
    problem: str | None = None


class CaddyRecord(_Part):
    """A process of Caddy as it is."""

    process: ProcessRecord | None = None
    problem: str | None = None


class ProxyRecord(_Part):
    """What people's requests go through, as it is."""

    door: CaddyRecord = CaddyRecord()
    splitter: CaddyRecord = CaddyRecord()
    splitter_port: int | None = None
    traffic: dict[str, int] = Field(default_factory=dict, description="As it is split now.")

    @property
    def problem(self) -> str | None:
        """What hinders it."""
        return self.door.problem or self.splitter.problem


class Observed(_Part):
    """What is, as the supervisor sees it."""

    schema_version: Literal[1] = 1
    number: int = Field(default=0, description="Of the wish that this is the outcome of.")
    proxy: ProxyRecord = ProxyRecord()
    revisions: dict[str, RevisionRecord] = Field(default_factory=dict)

    @property
    def processes(self) -> list[ProcessRecord]:
        """Every process of the deployment but the supervisor."""
        proxy = [self.proxy.door.process, self.proxy.splitter.process]
        revisions = [record.process for record in self.revisions.values()]
        return [record for record in (*proxy, *revisions) if record is not None]


class DeployFolder:
    """The folder of a deployment. Only its user may read it: environment variables may hold secrets."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.logs = path / "logs"

    def make(self) -> None:
        """Create what is not there yet.

        Raises:
            DeploymentError: it can't be written.
        """
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
            self.path.chmod(0o700)
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def desired(self) -> Desired:
        """Return what is wanted."""
        return self._read("desired.json", Desired)

    def observed(self) -> Observed:
        """Return what is."""
        return self._read("observed.json", Observed)

    def write_desired(self, desired: Desired) -> None:
        """Replace what is wanted; only within `changing`."""
        self.write("desired.json", desired.model_dump_json(indent=1))

    def write_observed(self, observed: Observed) -> None:
        """Replace what is; only the supervisor does."""
        self.write("observed.json", observed.model_dump_json(indent=1))

    def write(self, name: str, text: str) -> None:
        """Replace a file whole: whoever reads it sees the old or the new one.

        Raises:
            DeploymentError: it can't be written.
        """
        partial = self.path / f".{name}.{os.getpid()}.partial"
        try:
            with open(partial, "w", encoding="utf-8", opener=_private) as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(self.path / name)
        except OSError as error:
            raise _unwritable(self.path / name, error) from error
        finally:
            partial.unlink(missing_ok=True)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the lock of those who want something; one after the other.

        Raises:
            DeploymentError: another process holds it for too long.
        """
        self.make()
        deadline = time.monotonic() + _LOCK_PATIENCE_S
        with (self.path / "desired.lock").open("a") as lock:
            while not _locked(lock.fileno()):
                if time.monotonic() > deadline:
                    raise DeploymentError(
                        f"Another command is changing the deployment in {self.path}.", hint="Try again."
                    )
                time.sleep(0.02)
            yield

    @contextmanager
    def supervising(self) -> Iterator[bool]:
        """Hold the supervisor's lock while there is one; yields whether it could be had."""
        with (self.path / "supervisor.lock").open("a") as lock:
            yield _locked(lock.fileno())

    def is_supervised(self) -> bool:
        """Tell whether a supervisor is at work."""
        try:
            with self.supervising() as had:
                return not had
        except OSError:
            return False

    def _read(self, name: str, kind: type[_Document]) -> _Document:
        place = self.path / name
        try:
            return kind.model_validate_json(place.read_bytes())
        except FileNotFoundError:
            return kind()
        except (OSError, ValidationError) as error:
            raise DeploymentError(
                f"{place} can't be read, so that it is unknown what is deployed.",
                hint="Restore it, or end the processes of this deployment and remove the folder.",
            ) from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _unwritable(place: Path, error: OSError) -> DeploymentError:
    return DeploymentError(
        f"{place} can't be written: {error.strerror or error}.",
        hint="Check that there is room and that the folder may be written.",
    )
