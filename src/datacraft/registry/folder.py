"""A folder as an object store: `file://`."""

from __future__ import annotations

import os
import threading
import time
from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path

from datacraft.contracts.errors import RegistryError
from datacraft.registry.store import Listing, ObjectExists, ObjectMissing, StoredObject

_SETTLED_NS = 2_000_000_000
"""A folder that changed less than this long before it was scanned may change again under the same time stamp
(file systems stamp in ticks), so that scan is not kept."""


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
        """Return a file; its generation is the time of its last change, in nanoseconds."""
        place = self._place(path)
        try:
            with place.open("rb") as file:
                return StoredObject(file.read(), os.fstat(file.fileno()).st_mtime_ns)
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
        partial = place.with_name(f".{place.name}.{os.getpid()}.{threading.get_ident()}.partial")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.link(partial, place)  # unlike a rename, it never replaces what is there
        except FileExistsError as error:
            if place.is_file() and place.read_bytes() == data:
                return
            raise ObjectExists(
                f"{place} is there already.", hint="Nothing in a registry is overwritten."
            ) from error
        except OSError as error:
            raise RegistryError(
                f"{place} can't be written: {error.strerror or error}.",
                hint="Check that there is room and that the folder may be written.",
            ) from error
        finally:
            partial.unlink(missing_ok=True)

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
                        kinds = {entry.name: entry.is_dir() for entry in entries}
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


def _unreadable(place: Path, error: OSError) -> RegistryError:
    return RegistryError(
        f"{place} can't be read: {error.strerror or error}.",
        hint="Check that the folder is there and readable.",
    )
