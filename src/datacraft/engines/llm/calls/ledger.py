"""`Ledger`: replies that are kept and money that is spent, in one SQLite file that processes share."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from datacraft.contracts.errors import ConfigError
from datacraft.engines.llm.providers import Reply

_SCHEMA = """
    CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, reply TEXT NOT NULL, at REAL NOT NULL) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS replies_at ON replies (at);
    CREATE TABLE IF NOT EXISTS spent (day TEXT, config TEXT, usd REAL NOT NULL, PRIMARY KEY (day, config)) WITHOUT ROWID;
"""
_BUSY_MS = 5_000
_MOST_REPLIES = 50_000


class Ledger:
    """Safe to use from several threads and processes.

    Args:
        path: of the file; its folder is made.
        keep: how long a reply is kept.
        clock: returns the present in UTC.

    Raises:
        ConfigError: the file can't be written.
    """

    def __init__(
        self,
        path: Path,
        *,
        keep: dt.timedelta = dt.timedelta(days=7),
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self._keep_s = keep.total_seconds()
        self._clock = clock
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._db.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.executescript(_SCHEMA)
            self._forget_old()
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(
                f"{path}, where replies and costs are kept, can't be used: {error}.",
                hint="Set state_dir to a folder of yours, or remove the file if it is damaged.",
            ) from error

    def reply(self, key: str) -> Reply | None:
        """Return a reply that is kept, and not too old."""
        oldest = self._clock().timestamp() - self._keep_s
        with self._lock:
            row = self._db.execute(
                "SELECT reply FROM replies WHERE key = ? AND at > ?", (key, oldest)
            ).fetchone()
        return Reply(**json.loads(row[0])) if row else None

    def keep(self, key: str, reply: Reply) -> None:
        """Keep a reply."""
        with self._lock:
            self._db.execute(
                "INSERT OR REPLACE INTO replies VALUES (?, ?, ?)",
                (key, json.dumps(asdict(reply)), self._clock().timestamp()),
            )

    def spend(self, config_id: str, usd: float) -> None:
        """Write down what a call cost today (UTC)."""
        with self._lock:
            self._db.execute(
                "INSERT INTO spent VALUES (?, ?, ?) ON CONFLICT (day, config) DO UPDATE SET usd = usd + excluded.usd",
                (self._today(), config_id, usd),
            )

    def spent_today(self, config_id: str) -> float:
        """Return what a config's calls cost today (UTC), in US dollars."""
        with self._lock:
            row = self._db.execute(
                "SELECT usd FROM spent WHERE day = ? AND config = ?", (self._today(), config_id)
            ).fetchone()
        return float(row[0]) if row else 0.0

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def _today(self) -> str:
        return f"{self._clock():%Y-%m-%d}"

    def _forget_old(self) -> None:
        self._db.execute("DELETE FROM replies WHERE at <= ?", (self._clock().timestamp() - self._keep_s,))
        self._db.execute(
            "DELETE FROM replies WHERE at < (SELECT at FROM replies ORDER BY at DESC LIMIT 1 OFFSET ?)",
            (_MOST_REPLIES,),
        )
