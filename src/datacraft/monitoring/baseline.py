"""What the data of production are compared with.

That is the profile in the release, made when it was chosen. Where the data have changed for good, somebody says so:
`monitoring/{channel}/baselines/{release}.json` then holds another profile, with who set it and why. It is of that
release alone; the next one brings its own.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from datacraft.contracts.errors import RegistryError
from datacraft.contracts.profile import DataProfile
from datacraft.contracts.release import ReleaseMetadata
from datacraft.registry import ObjectMissing, ObjectStore
from datacraft.registry.documents import parse_document, write_document
from datacraft.registry.served import read_release


class SetBaseline(BaseModel):
    """A baseline that somebody set."""

    model_config = ConfigDict(frozen=True)

    schema_version: int = 1
    release_id: str
    at: dt.datetime = Field(description="UTC.")
    by: str
    reason: str
    profile: DataProfile


@dataclass(frozen=True, slots=True)
class Baseline:
    """A profile, and where it is from.

    Attributes:
        name: for a person.
        profile: of the data.
        set_by: whoever set it; None: it came with the release.
    """

    name: str
    profile: DataProfile
    set_by: SetBaseline | None


def read_baseline(store: ObjectStore, channel: str, release_id: str) -> Baseline | None:
    """Return what data are compared with while a release serves; None: the release holds no profile.

    Raises:
        RegistryError: it can't be read.
    """
    path = _path(channel, release_id)
    try:
        found = parse_document(store.read(path).data, path, SetBaseline, 1, RegistryError)
    except ObjectMissing:
        pass
    else:
        return Baseline(f"baseline of {found.at:%Y-%m-%d} by {found.by}", found.profile, found)
    profile = profile_in_release(store, read_release(store, release_id))
    return Baseline(release_id, profile, None) if profile is not None else None


def profile_in_release(store: ObjectStore, metadata: ReleaseMetadata) -> DataProfile | None:
    """Return the profile of the data that a release was chosen on; None: it holds none.

    Raises:
        RegistryError: it can't be read.
    """
    if metadata.data_profile is None:
        return None
    path = f"models/{metadata.release_id}/{metadata.data_profile}"
    try:
        return DataProfile.model_validate_json(store.read(path).data)
    except ValidationError as error:
        raise RegistryError(f"{path} is no data profile: {error.errors()[0]['msg']}.") from error


def set_baseline(store: ObjectStore, channel: str, baseline: SetBaseline) -> None:
    """Let data be compared with another profile while the release serves.

    Raises:
        RegistryError: it can't be written.
    """
    path = _path(channel, baseline.release_id)
    try:
        generation = store.read(path).generation
    except ObjectMissing:
        generation = 0
    store.replace(path, write_document(baseline), generation=generation)


def _path(channel: str, release_id: str) -> str:
    return f"monitoring/{channel}/baselines/{release_id}.json"
