"""Who calls: an unguessable id in a cookie, and conversations that belong to it alone."""

from __future__ import annotations

import hashlib
import re
import secrets

COOKIE = "datacraft_owner"
COOKIE_AGE_S = 365 * 24 * 3600

_OWNER = re.compile(r"[A-Za-z0-9_-]{43}")
_SESSION = re.compile(r"api_[A-Za-z0-9_-]{43}")


def new_owner() -> str:
    """Return an id that nobody can guess (256 bits)."""
    return secrets.token_urlsafe(32)


def read_owner(cookie: str | None) -> str | None:
    """Return the owner that a cookie names; None for anything that we never issued."""
    return cookie if cookie and _OWNER.fullmatch(cookie) else None


def api_session(owner: str, wanted: str | None) -> str:
    """Return the conversation that a caller of the API means.

    Ids that answers returned are unguessable, so whoever has one may go on with it. Any other name is the
    caller's own: the same name of two callers is two conversations. Without a name there is a new one.
    """
    if wanted is None:
        return f"api_{secrets.token_urlsafe(32)}"
    if _SESSION.fullmatch(wanted):
        return wanted
    return f"api_{hashlib.sha256(f'{owner}:{wanted}'.encode()).hexdigest()[:43]}"
