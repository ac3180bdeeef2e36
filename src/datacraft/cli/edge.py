"""Exit codes, and what happens with an error that nobody foresaw."""

from __future__ import annotations

import datetime as dt
import os
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path

from datacraft.contracts.errors import DataCraftError, ErrorInfo

EXIT_ANSWERED = 0
EXIT_INSIDE = 1
EXIT_UNKNOWN = 3
EXIT_PARTLY = 4
EXIT_REJECTED = 10
EXIT_DRIFTED = 11
EXIT_GATES_REJECTED = 10
EXIT_WORSE = 11
EXIT_WAITS = 13
EXIT_NO_CANDIDATE = 14


def exit_code_of(error: ErrorInfo | None) -> int:
    """Return what a command ends with that shows this error; 0 without one."""
    if error is None:
        return EXIT_ANSWERED
    codes = {kind.code: kind.exit_code for kind in _kinds(DataCraftError)}
    return codes.get(error.code, EXIT_INSIDE)


def _kinds(base: type[DataCraftError]) -> Iterator[type[DataCraftError]]:
    yield base
    for kind in base.__subclasses__():
        yield from _kinds(kind)


def report_unexpected(error: Exception) -> None:
    """Tell in a sentence that something failed inside, and write all of it to a file."""
    kind = type(error).__name__
    try:
        place = f"The details are in {_write_details(error)}."
    except OSError as unwritable:
        place = f"The details could not be written: {unwritable}."
    sys.stderr.write(
        f"Error: something failed inside that should not ({kind}). {place}\n"
        "Hint: `datacraft doctor` shows what is missing on this machine; else please report it with that file.\n"
    )


def _write_details(error: Exception) -> Path:
    path = _log_folder() / "errors.log"
    with path.open("a", encoding="utf-8") as log:
        log.write(f"{dt.datetime.now(dt.UTC).isoformat(timespec='seconds')} datacraft {_command()}\n")
        log.write("".join(traceback.format_exception(error)) + "\n")
    return path


def _log_folder() -> Path:
    """Return the state folder where one can be written, else the folder for temporary files."""
    from datacraft.config import load_settings

    try:
        folder = load_settings().state_dir
        folder.mkdir(parents=True, exist_ok=True)
    except (DataCraftError, OSError):
        return Path(tempfile.gettempdir())
    return folder if os.access(folder, os.W_OK) else Path(tempfile.gettempdir())


def _command() -> str:
    """Return the name of the command alone: its arguments may hold what is nobody's business."""
    return next((word for word in sys.argv[1:] if not word.startswith("-")), "")
