"""`Checkpoint`: every finished call on disk at once, so that a killed run goes on where it was."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from pydantic import ValidationError

from datacraft.contracts.errors import DataCraftError, InputError
from datacraft.contracts.evaluation import RunIdentity
from datacraft.contracts.judgement import CallRecord

CallKey = tuple[str, str, int]
"""Config id, case id, repeat."""


class CheckpointError(DataCraftError):
    """The checkpoint can't be written, or holds what can't be read."""

    code = "checkpoint"


class RunInUse(InputError):
    """Another process runs in this folder."""

    code = "run_in_use"


class RunChanged(InputError):
    """The folder holds results that are not comparable with what is to be run."""

    code = "run_changed"


class Checkpoint:
    """The calls of one run, in a folder that one process at a time may use.

    `run.json` says what the run is about; `calls.jsonl` holds one line per finished call, written whole and
    handed to the operating system before the next one starts. Of a call that was made again, the last line counts.

    Args:
        folder: made where it is missing.
        identity: what the results hold for.
    """

    def __init__(self, folder: Path, identity: RunIdentity) -> None:
        self.folder = folder
        self.records: dict[CallKey, CallRecord] = {}
        self._calls = folder / "calls.jsonl"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = (folder / "lock").open("a")
        except OSError as error:
            raise CheckpointError(
                f"{folder} can't be written: {error.strerror}.", hint="Choose another folder."
            ) from error
        try:
            self._take_lock()
            self._check(identity)
            self._read()
            self._file: BinaryIO = self._calls.open("ab", buffering=0)
        except BaseException:
            self._lock.close()
            raise

    def __enter__(self) -> Checkpoint:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._lock.close()

    def append(self, record: CallRecord) -> None:
        """Keep a finished call.

        Raises:
            CheckpointError: it can't be written; what is torn is cut off when the run goes on.
        """
        line = record.model_dump_json(exclude_defaults=True).encode() + b"\n"
        try:
            written = self._file.write(line)
            if written != len(line):
                raise OSError(28, os.strerror(28))  # a full disk takes a part, without an error of its own
        except OSError as error:
            raise CheckpointError(
                f"{self._calls} can't be written: {error.strerror}. Finished calls are kept.",
                hint="Make room, then run the same command again; it goes on from there.",
            ) from error
        self.records[key_of(record)] = record

    def _take_lock(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RunInUse(
                f"Another run is at work in {self.folder}.", hint="Wait for it, or choose another folder."
            ) from error

    def _check(self, identity: RunIdentity) -> None:
        path = self.folder / "run.json"
        try:
            known = RunIdentity.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            partial = path.with_suffix(".partial")
            partial.write_text(identity.model_dump_json(indent=1), encoding="utf-8")
            partial.replace(path)
            return
        except (OSError, ValidationError) as error:
            raise CheckpointError(
                f"{path} can't be read, so that it is unknown what its results hold for.",
                hint="Choose another folder, or remove this one.",
            ) from error
        for name, now in identity:
            before = getattr(known, name)
            if before != now:
                raise RunChanged(
                    f"{self.folder} holds results for another {name.replace('_', ' ')}: {before}, not {now}.",
                    hint="Choose another folder; results are only put together where all of this is the same.",
                )

    def _read(self) -> None:
        try:
            content = self._calls.read_bytes()
        except FileNotFoundError:
            return
        whole = content.rfind(b"\n") + 1
        for number, line in enumerate(content[:whole].splitlines(), start=1):
            try:
                record = CallRecord.model_validate_json(line)
            except ValidationError as error:
                raise CheckpointError(
                    f"{self._calls}:{number} is damaged.",
                    hint="Remove that line; its call is then made again.",
                ) from error
            self.records[key_of(record)] = record
        if whole < len(content):
            os.truncate(self._calls, whole)


def key_of(record: CallRecord) -> CallKey:
    """Return which call a record is of."""
    return (record.candidate, record.case, record.repeat)
