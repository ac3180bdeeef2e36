"""`Sessions`: who signed in on the page with a key. The cookie holds 256 random bits, the database their SHA-256."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Callable

from sqlalchemy import Engine, delete, insert, select

from datacraft.access.database import told_failures
from datacraft.access.database.tables import sessions

LASTS = dt.timedelta(hours=12)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_WHAT = "The store of sessions"


class Sessions:
    """Sessions that begin with a key and end with it, by signing out, or after 12 hours.

    Args:
        engine: of the state database.
        clock: returns the present in UTC.
    """

    def __init__(self, engine: Engine, *, clock: Callable[[], dt.datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def begin(self, key_id: str) -> str:
        """Begin a session; return what its cookie holds.

        Raises:
            StateUnavailable: it could not be written.
        """
        token, now = secrets.token_urlsafe(32), self._clock()
        with told_failures(_WHAT), self._engine.begin() as connection:
            connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
            connection.execute(
                insert(sessions).values(hash=_hash(token), key_id=key_id, expires_at=now + LASTS)
            )
        return token

    def key_of(self, token: str) -> str | None:
        """Return the id of the key that a session began with; None: there is no such session.

        Raises:
            StateUnavailable: it can't be told.
        """
        if _TOKEN.fullmatch(token) is None:
            return None
        query = select(sessions.c.key_id).where(
            sessions.c.hash == _hash(token), sessions.c.expires_at > self._clock()
        )
        with told_failures(_WHAT), self._engine.connect() as connection:
            return connection.execute(query).scalar_one_or_none()

    def end(self, token: str) -> None:
        """End a session, if there is one.

        Raises:
            StateUnavailable: it could not be written.
        """
        with told_failures(_WHAT), self._engine.begin() as connection:
            connection.execute(delete(sessions).where(sessions.c.hash == _hash(token)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
