"""Signatures of releases: of the manifest, and so of every byte; beside the release, one for each key.

`signatures/{release_id}/{key_id}.minisig`. Without the registry's own word it can be checked who published a release:
`minisign -V -m manifest.json -x KEY_ID.minisig -P PUBLIC_KEY`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from datacraft.config.secrets import read_secret
from datacraft.contracts.errors import MoveRefused
from datacraft.registry.integrity import MANIFEST_FILE, release_problems
from datacraft.registry.minisign import (
    PublicKey,
    SecretKey,
    SignatureInvalid,
    read_public_key,
    read_secret_key,
)
from datacraft.registry.store import ObjectMissing, ObjectStore

SIGNING_KEY = "DATACRAFT_SIGNING_KEY"
"""The environment variable that holds the secret key; with `_FILE` at its end, the path of the key's file."""


def signing_key() -> SecretKey | None:
    """Return the key of the environment; None where there is none.

    Raises:
        ConfigError: it can't be used.
    """
    text = read_secret(SIGNING_KEY)
    return None if text is None else read_secret_key(text)


def sign_release(store: ObjectStore, release_id: str, key: SecretKey, by: str, at: dt.datetime) -> str:
    """Sign a release that is whole; return the signature's path. What this key has signed already stays as it is.

    Raises:
        MoveRefused: the release is not as it was published.
        ReleaseInvalid: there is no such release.
        RegistryError: the registry can't be read or written.
    """
    if problems := release_problems(store, release_id):
        raise MoveRefused(
            f"{release_id} is not as it was published: {problems[0]}", hint="Nobody should vouch for it."
        )
    manifest = store.read(f"models/{release_id}/{MANIFEST_FILE}").data
    place = _place(release_id, key.key_id)
    if _flaw(store, release_id, manifest, key.public) is not None:
        comment = " ".join(f"release {release_id} signed {at:%Y-%m-%dT%H:%M:%SZ} by {by}".split())
        store.create(place, key.sign(manifest, comment))
    return place


def signature_problems(store: ObjectStore, release_id: str, signers: Sequence[str]) -> list[str]:
    """Return why none of the signers vouches for a release; nothing where one does, or none is wanted.

    Args:
        store: of the registry.
        release_id: of a release whose files are as its manifest says (`release_problems`).
        signers: public keys, as minisign writes them.

    Raises:
        ConfigError: one is no such key, or what checks signatures is not installed.
        RegistryError: the registry can't be read.
    """
    keys = [read_public_key(text) for text in signers]
    if not keys:
        return []
    try:
        manifest = store.read(f"models/{release_id}/{MANIFEST_FILE}").data
    except ObjectMissing:
        return [f"{release_id} has no manifest that could be signed."]
    flaws = [_flaw(store, release_id, manifest, key) for key in keys]
    return [] if None in flaws else [flaw for flaw in flaws if flaw is not None]


def _flaw(store: ObjectStore, release_id: str, manifest: bytes, key: PublicKey) -> str | None:
    """Return why a key does not vouch for a manifest; None where it does."""
    place = _place(release_id, key.key_id)
    try:
        key.check(manifest, store.read(place).data)
    except ObjectMissing:
        return f"{place} is missing: {release_id} was not signed by this key."
    except SignatureInvalid as error:
        return f"{place} {error}."
    return None


def _place(release_id: str, key_id: str) -> str:
    return f"signatures/{release_id}/{key_id}.minisig"
