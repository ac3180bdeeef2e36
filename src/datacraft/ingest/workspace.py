"""A folder for the files of one load, beside the warehouse; those of killed loads are swept away."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from datacraft.contracts.errors import InputError

_PREFIX = ".ingest-"
_ALIVE = "alive"


@contextmanager
def load_workspace(beside: Path) -> Iterator[Path]:
    """Give an empty folder in `beside` that is gone afterwards.

    Raises:
        InputError: it can't be made.
    """
    try:
        beside.mkdir(parents=True, exist_ok=True)
        with _alone_in(beside):
            _sweep(beside)
            folder = Path(tempfile.mkdtemp(dir=beside, prefix=_PREFIX))
            alive = (folder / _ALIVE).open("w")
            fcntl.flock(alive, fcntl.LOCK_EX)  # let go of by the system when this process dies
    except OSError as error:
        raise InputError(
            f"The folder {beside} can't be written: {error.strerror}.", hint="Choose another with --into."
        ) from error
    try:
        with alive:
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _alone_in(beside: Path) -> Iterator[None]:
    """Between the making of a folder and its lock nobody else may sweep: it would look like a dead load's."""
    folder = os.open(beside, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _sweep(beside: Path) -> None:
    for folder in beside.glob(f"{_PREFIX}*"):
        try:
            with (folder / _ALIVE).open("r+") as alive:
                fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:  # killed before it was begun, or ending just now
            pass
        except OSError:  # at work
            continue
        shutil.rmtree(folder, ignore_errors=True)
