"""`Sessions`: who signed in on the page. The cookie holds 256 random bits, the database their SHA-256."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Callable
from typing import Literal

from sqlalchemy import Engine, delete, insert, select

from datacraft.access.database import told_failures
from datacraft.access.database.tables import sessions

SessionKind = Literal["key", "oidc"]

LASTS = dt.timedelta(hours=12)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_WHAT = "The store of sessions"


class Sessions:
    """Sessions end by signing out, or after 12 hours; one that began with a key counts as long as the key.

    Args:
        engine: of the state database.
        clock: returns the present in UTC.
    """

    def __init__(self, engine: Engine, *, clock: Callable[[], dt.datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def begin(self, how: SessionKind, subject: str) -> str:
        """Begin a session; return what its cookie holds.

        Args:
            how: whether it begins with a key, or a provider's word.
            subject: the key's id, or the e-mail address.

        Raises:
            StateUnavailable: it could not be written.
        """
        token, now = secrets.token_urlsafe(32), self._clock()
        with told_failures(_WHAT), self._engine.begin() as connection:
            connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
            connection.execute(
                insert(sessions).values(hash=_hash(token), how=how, subject=subject, expires_at=now + LASTS)
            )
        return token

    def find(self, token: str) -> tuple[SessionKind, str] | None:
        """Return how a session began and its subject; None: there is no such session.

        Raises:
            StateUnavailable: it can't be told.
        """
        if _TOKEN.fullmatch(token) is None:
            return None
        query = select(sessions.c.how, sessions.c.subject).where(
            sessions.c.hash == _hash(token), sessions.c.expires_at > self._clock()
        )
        with told_failures(_WHAT), self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return (row.how, row.subject) if row is not None else None

    def end(self, token: str) -> None:
        """End a session, if there is one.

        Raises:
            StateUnavailable: it could not be written.
        """
        with told_failures(_WHAT), self._engine.begin() as connection:
            connection.execute(delete(sessions).where(sessions.c.hash == _hash(token)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
