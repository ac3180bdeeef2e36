"""`GradingPlace`: gradings of a channel, in the registry: `monitoring/{channel}/graded/{time}_{release}/grading.json`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import islice

from datacraft.contracts.errors import RegistryError
from datacraft.contracts.monitoring import Grading
from datacraft.registry import ObjectStore
from datacraft.registry.documents import parse_document, write_document
from datacraft.registry.newest import format_time, newest_first

_MOST = 90


@dataclass(frozen=True, slots=True)
class GradingPlace:
    """Where gradings of one channel are kept."""

    store: ObjectStore
    channel: str

    def write(self, grading: Grading) -> str:
        """Write a grading; return its path.

        Raises:
            RegistryError: it could not be written, or there is one of the same second.
        """
        path = self._path(f"{format_time(grading.at)}_{grading.release_id}")
        self.store.create(path, write_document(grading))
        return path

    def read(self, release_id: str, now: dt.datetime, most: int = _MOST) -> list[Grading]:
        """Return the latest gradings in a row that are of a release, the latest first.

        Raises:
            RegistryError: they can't be read.
        """
        found: list[Grading] = []
        for name in islice(newest_first(self.store, self._folder, now), most):
            if not name.endswith(f"_{release_id}"):
                break
            path = self._path(name)
            found.append(parse_document(self.store.read(path).data, path, Grading, 1, RegistryError))
        return found

    @property
    def _folder(self) -> str:
        return f"monitoring/{self.channel}/graded"

    def _path(self, name: str) -> str:
        return f"{self._folder}/{name}/grading.json"
