"""What an API key looks like: `datacraft_{id}_{secret}`.

The secret is 256 random bits, and only its SHA-256 is kept. A slow hash, as passwords need, would add nothing:
slowness protects secrets that can be guessed, and of 2^256 equally likely ones none can be, however fast a guess
is; while every request would pay for it.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

_KEY = re.compile(r"datacraft_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A key in the hands of its holder. It has no representation, so that no log line ever shows it."""

    id: str
    value: str

    @property
    def text(self) -> str:
        """The whole key, to be shown once."""
        return f"datacraft_{self.id}_{self.value}"

    @property
    def hash(self) -> str:
        """What is kept of it."""
        return hashlib.sha256(self.value.encode("ascii")).hexdigest()


def new_secret() -> Secret:
    """Return a key that nobody has."""
    return Secret(secrets.token_hex(6), secrets.token_urlsafe(32))


def read_secret(text: str) -> Secret | None:
    """Return the key that a text is; None for any other text."""
    found = _KEY.fullmatch(text.strip())
    return Secret(found[1], found[2]) if found else None
