"""Looking at releases: which there are, and what they say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from datacraft.contracts.errors import ReleaseInvalid
from datacraft.contracts.release import ReleaseMetadata
from datacraft.registry.newest import newest_first
from datacraft.registry.served import read_release
from datacraft.registry.store import ObjectStore


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
