"""The history of conversations: `store` reads and writes it, `documents` says what of an answer is kept."""

from __future__ import annotations

from datacraft.access.history.records import Conversation, Feedback, SavedTurn
from datacraft.access.history.store import HistoryStore

__all__ = ["Conversation", "Feedback", "HistoryStore", "SavedTurn"]
