"""Write a release: its evidence and reports first, its metadata last, so that it is there whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping

from datacraft.contracts.errors import RegistryError
from datacraft.contracts.release import ReleaseMetadata
from datacraft.registry.newest import split_name
from datacraft.registry.releases import digest_of
from datacraft.registry.served import METADATA_FILE
from datacraft.registry.store import ObjectExists, ObjectStore


def publish_release(store: ObjectStore, metadata: ReleaseMetadata, files: Mapping[str, bytes]) -> None:
    """Write `models/{release_id}/`. A release without metadata is never served, so that a torn one does no harm.

    The metadata get `files`: every other file with its SHA-256, by which the release can be verified.

    To write the same release again finishes one that was torn.

    Args:
        store: of the registry.
        metadata: of the release; names it.
        files: by path inside the release's folder.

    Raises:
        ObjectExists: there is another release of this name; nothing is overwritten.
        RegistryError: its name is none, or it could not be written.
    """
    name = metadata.release_id
    manifest = {path: digest_of(data) for path, data in sorted(files.items())}
    metadata = metadata.model_copy(update={"files": manifest})
    if split_name(name) is None:
        raise RegistryError(f"{name!r} is no name of a release.", hint="Name it {timestamp}_{commit}.")
    place = f"models/{name}/{METADATA_FILE}"
    document = metadata.model_dump_json(indent=1).encode()
    if store.exists(place) and store.read(place).data != document:
        raise ObjectExists(f"There is a release {name} already.", hint="Releases are never overwritten.")
    for path in sorted(files):
        store.create(f"models/{name}/{path}", files[path])
    store.create(place, document)
