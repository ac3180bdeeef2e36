"""Looking at releases: which there are, what they say, whether they are still what was published."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from datacraft.contracts.errors import ReleaseInvalid
from datacraft.contracts.release import ReleaseMetadata
from datacraft.registry.newest import newest_first
from datacraft.registry.served import read_release
from datacraft.registry.store import ObjectMissing, ObjectStore


@dataclass(frozen=True, slots=True)
class ListedRelease:
    """A release's folder; `metadata` is None where it is not whole, and `problem` says why."""

    name: str
    metadata: ReleaseMetadata | None
    problem: str | None = None


def list_releases(store: ObjectStore, now: dt.datetime) -> Iterator[ListedRelease]:
    """Yield the releases, the newest first, with those that are not whole.

    Raises:
        RegistryError: the registry can't be read.
    """
    for name in newest_first(store, "models", now):
        try:
            yield ListedRelease(name, read_release(store, name))
        except ReleaseInvalid as error:
            yield ListedRelease(name, None, error.message)


def release_problems(store: ObjectStore, release_id: str) -> list[str]:
    """Return what of a release is missing or not as it was published; nothing where all is well.

    Raises:
        ReleaseInvalid: there is no such release, or its metadata can't be read.
        RegistryError: the registry can't be read.
    """
    metadata = read_release(store, release_id)
    files = getattr(metadata, "files", None)
    if not isinstance(files, dict):
        return ["Its metadata name no files, so that nothing can be compared."]
    found = [_problem(store, f"models/{release_id}/{path}", str(digest)) for path, digest in files.items()]
    return [problem for problem in found if problem is not None]


def _problem(store: ObjectStore, path: str, digest: str) -> str | None:
    try:
        data = store.read(path).data
    except ObjectMissing:
        return f"{path} is missing."
    return None if digest_of(data) == digest else f"{path} is not what was published."


def digest_of(data: bytes) -> str:
    """Return the SHA-256 of a file, as hex."""
    return hashlib.sha256(data).hexdigest()
