"""Signatures as minisign writes them (https://jedisct1.github.io/minisign/, "Signature format"): Ed25519.

Every part is base64 of fixed-length fields. A signature file has four lines: an untrusted comment, the signature
of the content's BLAKE2b-512, a trusted comment, and the signature of signature and trusted comment together.
Whoever has `minisign` can check ours, and we check theirs. Needs `cryptography` (extra `deliver`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datacraft.contracts.errors import ConfigError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ALGORITHM, _HASHED, _UNENCRYPTED, _CHECKSUM = b"Ed", b"ED", b"\0\0", b"B2"
_PUBLIC_LENGTH, _SECRET_LENGTH, _SIGNATURE_LENGTH = 42, 158, 74
_UNTRUSTED, _TRUSTED = "untrusted comment: ", "trusted comment: "


class SignatureInvalid(ValueError):
    """It is no signature of this content by this key; the message says why, as the end of a sentence."""


@dataclass(frozen=True)
class SecretKey:
    """What signs.

    Attributes:
        key_id: 16 hex digits that name the pair of keys, as minisign shows them.
    """

    key_id: str
    _seed: bytes = field(repr=False)

    @property
    def public(self) -> PublicKey:
        """The other half, which may be shown."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        raw = self._private().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return PublicKey(self.key_id, raw)

    def sign(self, content: bytes, comment: str) -> bytes:
        """Return the signature file of content.

        Args:
            content: that is signed.
            comment: of one line; it is signed too.
        """
        private = self._private()
        signature = private.sign(hashlib.blake2b(content).digest())
        whole = private.sign(signature + comment.encode())
        lines = (
            f"{_UNTRUSTED}signature of a DataCraft release",
            base64.b64encode(_HASHED + _raw_id(self.key_id) + signature).decode(),
            f"{_TRUSTED}{comment}",
            base64.b64encode(whole).decode(),
        )
        return ("\n".join(lines) + "\n").encode()

    def _private(self) -> Ed25519PrivateKey:
        _require_cryptography()
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self._seed)


@dataclass(frozen=True)
class PublicKey:
    """What checks signatures."""

    key_id: str
    raw: bytes

    @property
    def text(self) -> str:
        """The key as minisign writes it."""
        return base64.b64encode(_ALGORITHM + _raw_id(self.key_id) + self.raw).decode()

    def check(self, content: bytes, signature_file: bytes) -> str:
        """Return the trusted comment of a signature that is of this content and by this key.

        Raises:
            SignatureInvalid: it is not.
        """
        from cryptography.exceptions import InvalidSignature

        algorithm, key_id, signature, comment, whole = _parts(signature_file)
        if key_id != self.key_id:
            raise SignatureInvalid(f"is by the key {key_id}, not by {self.key_id}")
        signed = hashlib.blake2b(content).digest() if algorithm == _HASHED else content
        try:
            self._public().verify(signature, signed)
        except InvalidSignature as error:
            raise SignatureInvalid("is not of this content") from error
        try:
            self._public().verify(whole, signature + comment.encode())
        except InvalidSignature as error:
            raise SignatureInvalid("has another comment than was signed") from error
        return comment

    def _public(self) -> Ed25519PublicKey:
        _require_cryptography()
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        return Ed25519PublicKey.from_public_bytes(self.raw)


def read_secret_key(text: str) -> SecretKey:
    """Read a secret key file of `minisign -G -W`, or its second line.

    Raises:
        ConfigError: it is none, is damaged, or is locked with a password.
    """
    data = _decoded(text, _SECRET_LENGTH, "secret key")
    algorithm, locked_by, checksum = data[:2], data[2:4], data[4:6]
    if algorithm != _ALGORITHM or checksum != _CHECKSUM:
        raise ConfigError("This is no secret key of minisign.", hint="Make one: minisign -G -W")
    if locked_by != _UNENCRYPTED:
        raise ConfigError(
            "The secret key is locked with a password.",
            hint="Keep one without in a secret store: minisign -G -W makes it.",
        )
    pair = data[62:126]
    key = SecretKey(_shown_id(data[54:62]), pair[:32])
    if key.public.raw != pair[32:]:  # minisign leaves the checksum of an unlocked key empty
        raise ConfigError("The secret key is damaged.", hint="Copy it again, whole.")
    return key


def read_public_key(text: str) -> PublicKey:
    """Read a public key file of minisign, or its second line.

    Raises:
        ConfigError: it is none.
    """
    data = _decoded(text, _PUBLIC_LENGTH, "public key")
    if data[:2] != _ALGORITHM:
        raise ConfigError("This is no public key of minisign.", hint="It starts with RW.")
    return PublicKey(_shown_id(data[2:10]), data[10:])


def key_id_of(signature_file: bytes) -> str:
    """Return which key a signature says that it is by.

    Raises:
        SignatureInvalid: it is no signature.
    """
    return _parts(signature_file)[1]


def _parts(signature_file: bytes) -> tuple[bytes, str, bytes, str, bytes]:
    """Return algorithm, key id, signature, trusted comment and the signature of both."""
    try:
        untrusted, first, trusted, second = signature_file.decode().removesuffix("\n").split("\n")
        data = base64.b64decode(first, validate=True)
        whole = base64.b64decode(second, validate=True)
    except (ValueError, binascii.Error) as error:
        raise SignatureInvalid("is not written as minisign writes signatures") from error
    # Base64 leaves bits over at its end; one signature is to have one spelling.
    spelt = base64.b64encode(data).decode() == first and base64.b64encode(whole).decode() == second
    well = spelt and untrusted.startswith(_UNTRUSTED) and trusted.startswith(_TRUSTED) and len(whole) == 64
    if not well or len(data) != _SIGNATURE_LENGTH or data[:2] not in (_ALGORITHM, _HASHED):
        raise SignatureInvalid("is not written as minisign writes signatures")
    return data[:2], _shown_id(data[2:10]), data[10:], trusted.removeprefix(_TRUSTED), whole


def _decoded(text: str, length: int, what: str) -> bytes:
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    try:
        data = base64.b64decode(lines[-1] if lines else "", validate=True)
    except (ValueError, binascii.Error):
        data = b""
    if len(data) != length:
        raise ConfigError(
            f"This is no {what} of minisign.", hint="Copy its file whole, or the second line of it."
        )
    return data


def _shown_id(raw: bytes) -> str:
    return (
        raw[::-1].hex().upper()
    )  # minisign shows it as a number, of which the file holds the least byte first


def _raw_id(shown: str) -> bytes:
    return bytes.fromhex(shown)[::-1]


def _require_cryptography() -> None:
    from importlib.util import find_spec

    if find_spec("cryptography") is None:
        raise ConfigError(
            "Signatures need cryptography, which is not installed.",
            hint="Install it in the project's folder with: pip install '.[deliver]'",
        )
