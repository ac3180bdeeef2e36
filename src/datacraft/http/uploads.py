"""`Uploads`: files that people bring to ask about. Each is its owner's alone, and is gone after a while."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from datacraft.config import Settings
from datacraft.contracts.errors import DataCraftError, InputError
from datacraft.http.datasets import DataSet, Restore, open_data_set

MAX_BYTES = 50_000_000
MAX_UPLOADS = 20
KEPT_S = 2 * 3600.0
_ID_BYTES = 12
FILE_TYPES = ("csv", "tsv", "txt", "xlsx", "xls", "parquet", "json", "jsonl")


@dataclass(slots=True)
class _Kept:
    owner: str
    data: DataSet
    folder: Path
    used_at: float


class Uploads:
    """Uploaded data sets by owner and id. Safe to use from several threads.

    What nobody asked about for two hours is closed and deleted, and so is the oldest beyond 20 uploads.

    Args:
        settings: that hold.
        restore: gives the earlier turns of a conversation.
    """

    def __init__(self, settings: Settings, restore: Restore) -> None:
        self._settings = settings
        self._restore = restore
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, owner: str, name: str, content: bytes) -> tuple[str, DataSet]:
        """Load a file and return its id and data.

        Raises:
            InputError: it is empty, too large, or of a kind that can't be read.
            DataCraftError: see `build_handler`.
        """
        _check(name, content)
        folder = Path(tempfile.mkdtemp(prefix="datacraft-upload-"))
        try:
            path = folder / Path(name).name
            path.write_bytes(content)
            data = open_data_set(self._settings, [path], restore=self._restore, own=True)
        except BaseException as error:
            shutil.rmtree(folder, ignore_errors=True)
            if isinstance(error, DataCraftError):  # its owner knows the file by its name alone
                error.message = error.message.replace(f"{folder}{os.sep}", "")
            raise
        key = secrets.token_hex(_ID_BYTES)
        with self._lock:
            self._kept[key] = _Kept(owner, data, folder, monotonic())
            dropped = self._take_old()
        _drop(dropped)
        return key, data

    def get(self, owner: str, key: str) -> DataSet | None:
        """Return an upload of the owner; None where it is gone, or is somebody else's."""
        with self._lock:
            dropped = self._take_old()
            kept = self._kept.get(key)
            if kept is not None and kept.owner == owner:
                kept.used_at = monotonic()
                self._kept.move_to_end(key)
            else:
                kept = None
        _drop(dropped)
        return kept.data if kept else None

    def close(self) -> None:
        """Drop all."""
        with self._lock:
            dropped = list(self._kept.values())
            self._kept.clear()
        _drop(dropped)

    def _take_old(self) -> list[_Kept]:
        """Take out what is too old or too much. Under the lock; what is taken is closed outside it."""
        taken: list[_Kept] = []
        now = monotonic()
        while self._kept:
            key, oldest = next(iter(self._kept.items()))
            if len(self._kept) <= MAX_UPLOADS and now - oldest.used_at < KEPT_S:
                break
            taken.append(self._kept.pop(key))
        return taken


def _check(name: str, content: bytes) -> None:
    suffix = Path(name).suffix.lower().lstrip(".")
    if suffix not in FILE_TYPES:
        raise InputError(
            f"{name} is no file of a kind that can be read.",
            hint=f"Upload one of: {', '.join(FILE_TYPES)}.",
        )
    if not content:
        raise InputError(f"{name} is empty.", hint="Upload a file with a header and rows.")
    if len(content) > MAX_BYTES:
        raise InputError(
            f"{name} has {len(content) / 1e6:,.0f} MB; at most {MAX_BYTES / 1e6:,.0f} MB can be uploaded.",
            hint="Upload a part of it, or start the server with --data.",
        )


def _drop(uploads: list[_Kept]) -> None:
    for upload in uploads:
        upload.data.close()
        shutil.rmtree(upload.folder, ignore_errors=True)
