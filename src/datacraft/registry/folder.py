"""A folder as an object store: `file://`."""

from __future__ import annotations

import fcntl
import hashlib
import os
import random
import threading
import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from datacraft.contracts.errors import RegistryError
from datacraft.registry.store import Listing, ObjectChanged, ObjectExists, ObjectMissing, StoredObject

_SETTLED_NS = 2_000_000_000
"""A folder that changed less than this long before it was scanned may change again under the same time stamp
(file systems stamp in ticks), so that scan is not kept."""
_PARTIAL = ".partial"
_LOCK_PATIENCE_S = 10.0
"""A write takes milliseconds; who holds the lock for longer hangs."""


@dataclass(frozen=True, slots=True)
class _Scan:
    """What a folder held; holds for as long as the folder's identity and time stamp do."""

    stamp: tuple[int, int]
    settled: bool
    names: list[str]
    folders: frozenset[str]


class FolderStore:
    """Objects as files under `root`.

    Listing reads a folder's names once, and again only after the folder has changed: its time stamp tells.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)
        self._scans: dict[str, _Scan] = {}
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """The folder as `file://` address."""
        return self.root.absolute().as_uri()

    def read(self, path: str) -> StoredObject:
        """Return a file; its generation is a digest: time stamps repeat when two writes are close."""
        place = self._place(path)
        try:
            data = place.read_bytes()
            return StoredObject(data, _generation(data))
        except FileNotFoundError as error:
            raise ObjectMissing(f"{place} does not exist.") from error
        except OSError as error:
            raise _unreadable(place, error) from error

    def exists(self, path: str) -> bool:
        """Tell whether there is a file of this name."""
        return self._place(path).is_file()

    def list(self, folder: str, *, start: str = "", end: str = "", limit: int = 200) -> Listing:
        """Return names of one level of a folder; see `ObjectStore.list`."""
        scan = self._scan(folder)
        first = bisect_left(scan.names, start)
        after = bisect_left(scan.names, end) if end else len(scan.names)
        names = scan.names[first : min(after, first + limit)]
        return Listing(
            files=tuple(name for name in names if name not in scan.folders),
            folders=tuple(name for name in names if name in scan.folders),
            complete=after - first <= limit,
        )

    def create(self, path: str, data: bytes) -> None:
        """Write a file that is not there yet; see `ObjectStore.create`."""
        place = self._place(path)
        try:
            with _written(place, data) as partial:
                os.link(partial, place)  # unlike a rename, it never replaces what is there
        except FileExistsError as error:
            if place.is_file() and place.read_bytes() == data:
                return
            raise ObjectExists(
                f"{place} is there already.", hint="Nothing in a registry is overwritten."
            ) from error
        except OSError as error:
            raise _unwritable(place, error) from error

    def replace(self, path: str, data: bytes, *, generation: int) -> int:
        """Write a file that is still what it was; see `ObjectStore.replace`."""
        place = self._place(path)
        try:
            with _locked(place):
                known = _generation(place.read_bytes()) if place.exists() else 0
                if known != generation:
                    raise ObjectChanged(f"{place} was changed meanwhile.", hint="Read it again.")
                with _written(place, data) as partial:
                    partial.replace(place)
        except OSError as error:
            raise _unwritable(place, error) from error
        return _generation(data)

    def delete(self, path: str) -> None:
        """Remove a file, and the folders that are empty without it."""
        place = self._place(path)
        try:
            place.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(place, error) from error
        with suppress(OSError):  # a folder that is not empty stays
            for folder in [place.parents[depth] for depth in range(path.count("/"))]:
                for torn in folder.glob(f".*{_PARTIAL}"):
                    torn.unlink()
                folder.rmdir()

    def _scan(self, folder: str) -> _Scan:
        place = self._place(folder)
        try:
            status = place.stat()
            stamp = (status.st_ino, status.st_mtime_ns)
            with self._lock:
                known = self._scans.get(folder)
                if known is None or known.stamp != stamp or not known.settled:
                    settled = time.time_ns() - status.st_mtime_ns > _SETTLED_NS
                    with os.scandir(place) as entries:
                        kinds = {one.name: one.is_dir() for one in entries if not _is_partial(one.name)}
                    folders = frozenset(name for name, is_folder in kinds.items() if is_folder)
                    known = self._scans[folder] = _Scan(stamp, settled, sorted(kinds), folders)
                return known
        except FileNotFoundError:
            return _Scan((0, 0), settled=False, names=[], folders=frozenset())
        except OSError as error:
            raise _unreadable(place, error) from error

    def _place(self, path: str) -> Path:
        if any(part in ("", ".", "..") or "\0" in part for part in path.split("/")):
            raise RegistryError(f"{path!r} is not a path inside the registry.")
        return self.root / path


def _generation(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=7).digest()) + 1


def _is_partial(name: str) -> bool:
    """Tell whether a file is a write that was killed, or has not ended: no object yet."""
    return name.startswith(".") and name.endswith(_PARTIAL)


@contextmanager
def _written(place: Path, data: bytes) -> Iterator[Path]:
    """Write `data` beside `place`, to be moved there; what is left of it is removed."""
    partial = place.with_name(f".{place.name}.{os.getpid()}.{threading.get_ident()}{_PARTIAL}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield partial
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def _locked(place: Path) -> Iterator[None]:
    """Hold the lock of a file. The system lets it go when its holder is killed."""
    place.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + _LOCK_PATIENCE_S
    # The lock's own file stays: who removed it would let two in.
    with place.with_name(f".{place.name}.lock").open("a") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > deadline:
                    raise RegistryError(
                        f"{place} is locked by another process for more than {_LOCK_PATIENCE_S:g} s.",
                        hint="Look for a datacraft process that hangs, and end it.",
                    ) from error
                time.sleep(random.uniform(0.001, 0.01))
        yield


def _unwritable(place: Path, error: OSError) -> RegistryError:
    return RegistryError(
        f"{place} can't be written: {error.strerror or error}.",
        hint="Check that there is room and that the folder may be written.",
    )


def _unreadable(place: Path, error: OSError) -> RegistryError:
    return RegistryError(
        f"{place} can't be read: {error.strerror or error}.",
        hint="Check that the folder is there and readable.",
    )
