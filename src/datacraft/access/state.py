"""`StateStore`: all that is kept in the state database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from datacraft.access.audit import AuditLog
from datacraft.access.database import open_engine
from datacraft.access.history import HistoryStore
from datacraft.access.keys import ApiKeys
from datacraft.access.sessions import Sessions


class StateStore:
    """The history, API keys, sessions and the audit log, over one pool of connections.

    Args:
        url: of the database, as SQLAlchemy writes it.
        clock: returns the present in UTC.

    Raises:
        ConfigError: the database can't be opened.
    """

    def __init__(
        self, url: str, *, clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)
    ) -> None:
        self._engine = open_engine(url)
        self.history = HistoryStore(self._engine, clock=clock)
        self.keys = ApiKeys(self._engine, clock=clock)
        self.sessions = Sessions(self._engine, clock=clock)
        self.audit = AuditLog(self._engine, clock=clock)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()
