"""`Uploads`: files that people bring to ask about. Each is its owner's alone, and is gone after a while."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from datacraft.config import Settings
from datacraft.contracts.errors import InputError
from datacraft.http.bringing import Brought, NewFile, bring
from datacraft.http.datasets import DataSet, Restore, open_data_set
from datacraft.ingest.review import Decision, decide

MAX_UPLOADS = 20
KEPT_S = 2 * 3600.0
_ID_BYTES = 12


@dataclass(frozen=True, slots=True)
class Upload:
    """Files that somebody brought together, as one data set.

    Attributes:
        data: to ask about.
        brought: how the files were read, what was not, and where the tables lie.
    """

    data: DataSet
    brought: Brought


@dataclass(slots=True)
class _Kept:
    owner: str
    upload: Upload
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

    def add(
        self, owner: str, files: Sequence[NewFile], say: Callable[[str], None] = lambda _: None
    ) -> tuple[str, Upload]:
        """Load files and return their id and data. What can't be read of them is told, and hurts no other.

        Raises:
            InputError: all of them are empty, too large, or of a kind that can't be read.
            DataCraftError: see `ingest` and `build_handler`.
        """
        folder = Path(tempfile.mkdtemp(prefix="datacraft-upload-"))
        try:
            brought = bring(self._settings, folder, files, say)
            say("Understanding the data ...")
            upload = Upload(self._opened(brought), brought)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        key = secrets.token_hex(_ID_BYTES)
        with self._lock:
            self._kept[key] = _Kept(owner, upload, folder, monotonic())
            dropped = self._take_old()
        _drop(dropped)
        return key, upload

    def get(self, owner: str, key: str) -> Upload | None:
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
        return kept.upload if kept else None

    def review(self, owner: str, key: str, decisions: Sequence[Decision], who: str, reason: str) -> Upload:
        """Fill in what a person says of uncertain cells; questions are about the new tables from then on.

        Raises:
            InputError: the upload is gone, or a value does not fit its column.
        """
        found = self.get(owner, key)
        if found is None:
            raise InputError("These files are no longer here.", hint="Upload them again.")
        decide(found.brought.warehouse, decisions, who=who, reason=reason)
        fresh = replace(found, data=self._opened(found.brought))
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                kept.upload = fresh
        (found if kept is not None else fresh).data.close()
        return fresh

    def close(self) -> None:
        """Drop all."""
        with self._lock:
            dropped = list(self._kept.values())
            self._kept.clear()
        _drop(dropped)

    def _opened(self, brought: Brought) -> DataSet:
        data = open_data_set(
            self._settings, [brought.warehouse], restore=self._restore, own=True, name=brought.name
        )
        return replace(data, report=brought.load_report(data.report))

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


def _drop(kept: Sequence[_Kept]) -> None:
    for one in kept:
        one.upload.data.close()
        shutil.rmtree(one.folder, ignore_errors=True)
