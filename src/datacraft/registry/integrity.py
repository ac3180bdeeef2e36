"""Whether a release is still, to the byte, what was published."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from datacraft.contracts.errors import ReleaseInvalid
from datacraft.contracts.release import FileRecord, ReleaseManifest
from datacraft.registry.documents import parse_manifest, write_document
from datacraft.registry.served import METADATA_FILE
from datacraft.registry.store import ObjectMissing, ObjectStore, walk

MANIFEST_FILE = "manifest.json"


def digest_of(data: bytes) -> str:
    """Return the SHA-256 of bytes, as hex."""
    return hashlib.sha256(data).hexdigest()


def manifest_of(release_id: str, files: Mapping[str, bytes]) -> bytes:
    """Return the manifest of a release's other files, as it is written."""
    records = {path: FileRecord(sha256=digest_of(data), bytes=len(data)) for path, data in files.items()}
    return write_document(ReleaseManifest(release_id=release_id, files=dict(sorted(records.items()))))


def manifest_digest(store: ObjectStore, release_id: str) -> str | None:
    """Return the SHA-256 of a release's manifest, by which all of the release is known; None without one.

    Raises:
        RegistryError: the registry can't be read.
    """
    try:
        return digest_of(store.read(f"models/{release_id}/{MANIFEST_FILE}").data)
    except ObjectMissing:
        return None


def release_problems(store: ObjectStore, release_id: str) -> list[str]:
    """Return what of a release is missing, was added, or is not as it was published; nothing where all is well.

    Raises:
        ReleaseInvalid: there is no such release, or it was never completed.
        RegistryError: the registry can't be read.
    """
    folder = f"models/{release_id}"
    found = set(walk(store, folder))
    if METADATA_FILE not in found:
        raise ReleaseInvalid(
            f"{folder}/{METADATA_FILE} does not exist in {store.url}: the release was deleted or never completed.",
            hint="`datacraft releases list` shows which there are.",
        )
    if MANIFEST_FILE not in found:
        return [f"{folder}/{MANIFEST_FILE} is missing, so that nothing can be compared."]
    place = f"{folder}/{MANIFEST_FILE}"
    try:
        manifest = parse_manifest(store.read(place).data, place)
    except ReleaseInvalid as error:
        return [error.message]
    return list(_differences(store, release_id, manifest, found - {MANIFEST_FILE}))


def _differences(
    store: ObjectStore, release_id: str, manifest: ReleaseManifest, found: set[str]
) -> Iterator[str]:
    folder = f"models/{release_id}"
    if manifest.release_id != release_id:
        yield f"{folder}/{MANIFEST_FILE} is of the release {manifest.release_id}."
    for path in sorted(found | manifest.files.keys()):
        record = manifest.files.get(path)
        if record is None:
            yield f"{folder}/{path} was added after it was published."
            continue
        try:
            data = store.read(f"{folder}/{path}").data
        except ObjectMissing:
            yield f"{folder}/{path} is missing."
            continue
        if record != FileRecord(sha256=digest_of(data), bytes=len(data)):
            yield f"{folder}/{path} is not what was published."
