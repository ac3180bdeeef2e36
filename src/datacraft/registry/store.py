"""`ObjectStore`: what a registry asks of a place that keeps named bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit
from urllib.request import url2pathname

from datacraft.contracts.errors import ConfigError, RegistryError


class ObjectMissing(RegistryError):
    """There is no object of this name."""

    code = "object_missing"


class ObjectExists(RegistryError):
    """There is another object of this name already; nothing in a registry is overwritten."""

    code = "object_exists"


class ObjectChanged(RegistryError):
    """The object is no longer what it was when it was read; nothing was written."""

    code = "object_changed"


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object's bytes and its generation, which changes with its bytes and is never 0."""

    data: bytes
    generation: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A part of one folder's own level: names without the folder's, each sorted.

    `complete` is False where more names of the range follow; `last` is then the name to go on after.
    """

    files: tuple[str, ...]
    folders: tuple[str, ...]
    complete: bool

    @property
    def last(self) -> str:
        """The last name that was listed."""
        return max(self.files[-1:] + self.folders[-1:])


class ObjectStore(Protocol):
    """A registry's storage. Paths are relative, with `/`. Every failure is a `RegistryError`."""

    @property
    def url(self) -> str:
        """Where it is, for a person."""

    def read(self, path: str) -> StoredObject:
        """Return an object.

        Raises:
            ObjectMissing: there is none.
            RegistryError: it could not be read.
        """

    def exists(self, path: str) -> bool:
        """Tell whether there is an object of this name."""

    def list(self, folder: str, *, start: str = "", end: str = "", limit: int = 200) -> Listing:
        """Return names of one level in `start` <= name < `end` (empty: no bound), in order.

        At most about `limit` of them; of a folder that is not there, none.
        """

    def create(self, path: str, data: bytes) -> None:
        """Write an object that is not there yet, whole or not at all; to write the same again changes nothing.

        Raises:
            ObjectExists: there is one of this name with other bytes.
            RegistryError: it could not be written.
        """

    def replace(self, path: str, data: bytes, *, generation: int) -> int:
        """Write an object that is still what it was, whole or not at all; return its generation.

        Args:
            path: of the object.
            data: its new bytes.
            generation: that it had when it was read; 0: there was none.

        Raises:
            ObjectChanged: it has another generation by now.
            RegistryError: it could not be written.
        """

    def delete(self, path: str) -> None:
        """Remove an object; one that is not there is no error.

        Raises:
            RegistryError: it could not be removed.
        """


def walk(store: ObjectStore, folder: str) -> Iterator[str]:
    """Yield the path of every object below a folder, in any depth, without the folder's own name."""
    start = ""
    while True:
        page = store.list(folder, start=start)
        yield from page.files
        for name in page.folders:
            yield from (f"{name}/{path}" for path in walk(store, f"{folder}/{name}"))
        if page.complete:
            return
        start = f"{page.last}\0"


def open_store(url: str, project_id: str | None = None, *, endpoint: str | None = None) -> ObjectStore:
    """Open the store at `file:///folder` or `gs://bucket`.

    Args:
        url: Where it is.
        project_id: The Google Cloud project; only for `gs://`.
        endpoint: The address of a storage emulator; only for `gs://`.

    Raises:
        ConfigError: the address is of neither kind, or `gs://` lacks Google's client.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.netloc in ("", "localhost") and parts.path:
        from datacraft.registry.folder import FolderStore

        return FolderStore(url2pathname(parts.path))
    if parts.scheme == "gs" and parts.netloc and parts.path in ("", "/"):
        from datacraft.registry.gcs import GcsStore

        return GcsStore(parts.netloc, project_id=project_id, endpoint=endpoint)
    raise ConfigError(
        f"{url!r} is not the address of a registry.", hint="Write file:///absolute/folder or gs://bucket."
    )
