"""`RunFolder`: one pipeline's folder on this machine: who works in it, and how far it is."""

from __future__ import annotations

import datetime as dt
import fcntl
from pathlib import Path
from types import TracebackType
from typing import IO, Literal

from pydantic import BaseModel, Field, ValidationError

from datacraft.config import Settings
from datacraft.contracts.errors import DataCraftError
from datacraft.evaluation.running.checkpoint import RunInUse

RunStatus = Literal["running", "done", "no_winner", "failed", "stopped"]
STATE_FILE = "run.json"


class RunFolderError(DataCraftError):
    """The folder of a pipeline can't be written, or its state can't be read."""

    code = "run_folder"


class Request(BaseModel):
    """What was asked for, so that `resume` needs no options."""

    questions: str = Field(default="", description="As named on the command line.")
    data: list[str] = Field(default_factory=list, description="Paths; empty: what settings or set name.")
    models: list[str] = Field(default_factory=list, description="Model configs; empty: built-in variants.")
    tune: bool = True
    repeats: int = 1
    variants: int = 0
    max_cost_usd: float | None = None


class StepRecord(BaseModel):
    """How a step went the last time."""

    key: str = Field(description="What its output was made of.")
    digest: str | None = Field(default=None, description="Of its output; null where it failed.")
    seconds: float
    at: dt.datetime
    error: str | None = None


class RunState(BaseModel):
    """`run.json`: how far a pipeline is."""

    schema_version: Literal[1] = 1
    request: Request
    question_set: str = Field(description="Digest.")
    data: str = Field(description="Digest of what the tables hold.")
    commit: str
    status: RunStatus
    started_at: dt.datetime
    current: str | None = Field(default=None, description="The step at work, or the one that ended the run.")
    steps: dict[str, StepRecord] = Field(default_factory=dict)
    release_id: str | None = None


class RunFolder:
    """A pipeline's folder, for one process at a time.

    Args:
        path: made where it is missing.

    Raises:
        RunInUse: another process is at work in it.
        RunFolderError: it can't be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._lock = (path / "lock").open("a")
        except OSError as error:
            raise _unwritable(path, error) from error
        if not _locked(self._lock):
            self._lock.close()
            raise RunInUse(
                f"Another run is at work in {path}.",
                hint="Wait for it (`datacraft pipeline status` says how far it is), or set another state_dir.",
            )

    def __enter__(self) -> RunFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.close()

    def write(self, state: RunState) -> None:
        """Keep the state, whole or not at all.

        Raises:
            RunFolderError: it can't be written.
        """
        place = self.path / STATE_FILE
        partial = place.with_suffix(".partial")
        try:
            partial.write_text(state.model_dump_json(indent=1), encoding="utf-8")
            partial.replace(place)
        except OSError as error:
            raise _unwritable(place, error) from error


def run_folder(settings: Settings) -> Path:
    """Return the folder of the pipeline of these settings."""
    return settings.state_dir / "pipeline"


def read_state(folder: Path) -> RunState | None:
    """Return how far a pipeline is; None where none has run.

    Raises:
        RunFolderError: the state is damaged.
    """
    place = folder / STATE_FILE
    try:
        return RunState.model_validate_json(place.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise RunFolderError(
            f"{place} can't be read, so that it is unknown how far the run is.",
            hint="Remove it: steps are then made anew, and calls that were made are not made again.",
        ) from error


def is_at_work(folder: Path) -> bool:
    """Tell whether a process runs a pipeline in the folder."""
    try:
        with (folder / "lock").open("a") as lock:
            return not _locked(lock)
    except OSError:
        return False


def _locked(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _unwritable(place: Path, error: OSError) -> RunFolderError:
    return RunFolderError(
        f"{place} can't be written: {error.strerror}. What is finished is kept.",
        hint="Make room, or allow writing there; then `datacraft pipeline resume` goes on.",
    )
