"""`Sessions`: the answered questions of each conversation, which follow-ups build on."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock

from datacraft.contracts.proposal import Turn


class Sessions:
    """Turns by session id, in memory; the session that was used longest ago makes room for a new one.

    Safe to use from several threads. Nothing is ever shared between two ids.

    Args:
        max_sessions: sessions kept at most.
        max_turns: turns kept of each, the latest ones.
        restore: gives the turns of a session that is not in memory, for example from the history.
    """

    def __init__(
        self,
        *,
        max_sessions: int = 1_000,
        max_turns: int = 20,
        restore: Callable[[str], Sequence[Turn]] | None = None,
    ) -> None:
        if max_sessions < 1 or max_turns < 1:
            raise ValueError("max_sessions and max_turns must be at least 1")
        self._max_sessions = max_sessions
        self._max_turns = max_turns
        self._restore = restore
        self._turns: OrderedDict[str, tuple[Turn, ...]] = OrderedDict()
        self._lock = Lock()

    def turns(self, session: str | None) -> tuple[Turn, ...]:
        """Return a session's turns, oldest first; none for a question without a session."""
        if session is None:
            return ()
        with self._lock:
            if session in self._turns:
                self._turns.move_to_end(session)
                return self._turns[session]
        if self._restore is None:
            return ()
        restored = self._restore(session)  # outside the lock: it may read a database
        with self._lock:
            if session not in self._turns:
                self._put(session, tuple(restored))
            return self._turns[session]

    def add(self, session: str | None, turn: Turn) -> None:
        """Add the latest turn of a session; a question without a session leaves no trace."""
        if session is None:
            return
        with self._lock:
            self._put(session, (*self._turns.get(session, ()), turn))

    def replace(self, session: str, turns: Sequence[Turn]) -> None:
        """Set all turns of a session, for example when an old conversation is opened again."""
        with self._lock:
            self._put(session, tuple(turns))

    def forget(self, session: str) -> None:
        """Drop a session; an unknown one is no error."""
        with self._lock:
            self._turns.pop(session, None)

    def _put(self, session: str, turns: tuple[Turn, ...]) -> None:
        self._turns[session] = turns[-self._max_turns :]
        self._turns.move_to_end(session)
        while len(self._turns) > self._max_sessions:
            self._turns.popitem(last=False)
