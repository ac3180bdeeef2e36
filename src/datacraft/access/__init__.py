"""Who asked what: conversations, their turns and what people thought of the answers, in a database.

Lives here: the history store. Doesn't live here: what happens with a question (`serving`), and pages that
show the history. SQLAlchemy is imported when the history is first used, never by a single question.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datacraft.access.history import Conversation, Feedback, HistoryStore, SavedTurn

_HOMES = {"Conversation": "history", "Feedback": "history", "HistoryStore": "history", "SavedTurn": "history"}

__all__ = ["Conversation", "Feedback", "HistoryStore", "SavedTurn"]


def __getattr__(name: str) -> object:
    """Load a public name from its module when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
