"""Who may do what, and what they did: the state database, keys, roles, sign-in, history and the audit log.

`database` opens it, `state` is all that is kept there: `history` (conversations), `keys` (API keys), `sessions` (who
signed in with one) and `audit` (what was done). `signin` says who calls, `permissions` what they may. Doesn't live here: what happens with a question (`serving`), pages, and routes. SQLAlchemy is imported
when the database is first used, never by a single question.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datacraft.access.history import Conversation, Feedback, HistoryStore, SavedTurn
    from datacraft.access.state import StateStore

_HOMES = {
    "Conversation": "history",
    "Feedback": "history",
    "HistoryStore": "history",
    "SavedTurn": "history",
    "StateStore": "state",
}

__all__ = ["Conversation", "Feedback", "HistoryStore", "SavedTurn", "StateStore"]


def __getattr__(name: str) -> object:
    """Load a public name from its module when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
