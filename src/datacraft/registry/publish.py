"""Write a release: its evidence and reports first, its metadata last, so that it is there whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping

from datacraft.contracts.errors import RegistryError
from datacraft.contracts.release import ReleaseMetadata
from datacraft.registry.documents import write_document
from datacraft.registry.integrity import MANIFEST_FILE, manifest_of
from datacraft.registry.newest import split_name
from datacraft.registry.served import METADATA_FILE
from datacraft.registry.store import ObjectExists, ObjectStore


def publish_release(store: ObjectStore, metadata: ReleaseMetadata, files: Mapping[str, bytes]) -> None:
    """Write `models/{release_id}/`. A release without metadata is never served, so that a torn one does no harm.

    The manifest, with the SHA-256 of every other file, goes just before the metadata: what is whole can be
    verified. To write the same release again finishes one that was torn.

    Args:
        store: of the registry.
        metadata: of the release; names it.
        files: by path inside the release's folder.

    Raises:
        ObjectExists: there is another release of this name; nothing is overwritten.
        RegistryError: its name is none, or it could not be written.
    """
    name = metadata.release_id
    if split_name(name) is None:
        raise RegistryError(f"{name!r} is no name of a release.", hint="Name it {timestamp}_{commit}.")
    folder, document = f"models/{name}", write_document(metadata)
    place = f"{folder}/{METADATA_FILE}"
    if store.exists(place) and store.read(place).data != document:
        raise ObjectExists(f"There is a release {name} already.", hint="Releases are never overwritten.")
    for path in sorted(files):
        store.create(f"{folder}/{path}", files[path])
    store.create(f"{folder}/{MANIFEST_FILE}", manifest_of(name, {**files, METADATA_FILE: document}))
    store.create(place, document)
