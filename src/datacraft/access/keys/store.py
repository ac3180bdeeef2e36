"""`ApiKeys`: keys in the state database; what is kept of one can't be used as one."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Callable

from sqlalchemy import Engine, RowMapping, insert, or_, select, update

from datacraft.access.database import told_failures
from datacraft.access.database.tables import api_keys
from datacraft.access.keys.secret import new_secret, read_secret
from datacraft.access.text import storable
from datacraft.contracts.access import ApiKey, Role
from datacraft.contracts.errors import InputError

LONGEST = dt.timedelta(days=730)
_NAME_LENGTH = 200
_USED_EVERY = dt.timedelta(minutes=1)  # so that not every request writes
_NOBODYS = "0" * 64
_WHAT = "The store of API keys"


class ApiKeys:
    """Keys that are made, listed, revoked and checked. Safe to use from several threads and processes.

    Args:
        engine: of the state database.
        clock: returns the present in UTC.
    """

    def __init__(self, engine: Engine, *, clock: Callable[[], dt.datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def create(self, name: str, role: Role, by: str, lasts: dt.timedelta) -> tuple[ApiKey, str]:
        """Make a key; return it and its text, which nobody can be told again.

        Raises:
            InputError: it has no name, or shall last for no or too long a time.
            StateUnavailable: it could not be written.
        """
        name = storable(name).strip()
        if not 1 <= len(name) <= _NAME_LENGTH or not name.isprintable():
            raise InputError(
                "The key's name is empty, too long or not plain text.",
                hint=f"Say who or what uses it, in 1 to {_NAME_LENGTH} characters.",
            )
        if not dt.timedelta(0) < lasts <= LONGEST:
            raise InputError(
                f"A key can't be valid for {lasts.total_seconds() / 86_400:g} days.",
                hint=f"Choose more than 0 and at most {LONGEST.days} days.",
            )
        secret, now = new_secret(), self._clock()
        key = ApiKey(
            id=secret.id, name=name, role=role, created_at=now, created_by=by, expires_at=now + lasts
        )
        with told_failures(_WHAT), self._engine.begin() as connection:
            connection.execute(insert(api_keys).values(**key.model_dump(), hash=secret.hash))
        return key, secret.text

    def list(self) -> list[ApiKey]:
        """Return every key, the latest first.

        Raises:
            StateUnavailable: they can't be read.
        """
        query = select(api_keys).order_by(api_keys.c.created_at.desc(), api_keys.c.id)
        with told_failures(_WHAT), self._engine.connect() as connection:
            return [_key(row) for row in connection.execute(query).mappings()]

    def revoke(self, key_id: str) -> ApiKey:
        """Let a key open nothing from now on; return it. One that is revoked already stays so.

        Raises:
            InputError: there is no such key.
            StateUnavailable: it could not be written.
        """
        with told_failures(_WHAT), self._engine.begin() as connection:
            mine = api_keys.c.id == key_id
            connection.execute(
                update(api_keys).where(mine, api_keys.c.revoked_at.is_(None)).values(revoked_at=self._clock())
            )
            row = connection.execute(select(api_keys).where(mine)).mappings().one_or_none()
        if row is None:
            raise InputError(f"There is no key {key_id!r}.", hint="`datacraft keys list` shows which are.")
        return _key(row)

    def check(self, text: str) -> ApiKey | None:
        """Return the key that a text is, where it is valid now; else None.

        Raises:
            StateUnavailable: it can't be told.
        """
        secret = read_secret(text)
        if secret is None:
            return None
        now = self._clock()
        with told_failures(_WHAT), self._engine.connect() as connection:
            query = select(api_keys).where(api_keys.c.id == secret.id)
            row = connection.execute(query).mappings().one_or_none()
        # Compared even where there is no such key, and in constant time: how long it takes tells nothing.
        same = hmac.compare_digest(secret.hash, row["hash"] if row is not None else _NOBODYS)
        if row is None or not same:
            return None
        key = _key(row)
        if key.state(now) != "valid":
            return None
        self._note_use(key, now)
        return key

    def find(self, key_id: str) -> ApiKey | None:
        """Return a key by its id where it is valid now; for sessions that began with it.

        Raises:
            StateUnavailable: it can't be told.
        """
        query = select(api_keys).where(api_keys.c.id == key_id)
        with told_failures(_WHAT), self._engine.connect() as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is None or _key(row).state(self._clock()) != "valid":
            return None
        return _key(row)

    def _note_use(self, key: ApiKey, now: dt.datetime) -> None:
        if key.last_used_at is not None and now - key.last_used_at < _USED_EVERY:
            return
        long_ago = or_(api_keys.c.last_used_at.is_(None), api_keys.c.last_used_at < now - _USED_EVERY)
        with told_failures(_WHAT), self._engine.begin() as connection:
            connection.execute(
                update(api_keys).where(api_keys.c.id == key.id, long_ago).values(last_used_at=now)
            )


def _key(row: RowMapping) -> ApiKey:
    return ApiKey.model_validate({name: row[name] for name in ApiKey.model_fields})
