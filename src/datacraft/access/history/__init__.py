"""The history of conversations: `store` reads and writes it, `tables` is its schema, `engine` opens databases."""

from __future__ import annotations

from datacraft.access.history.records import Conversation, Feedback, SavedTurn
from datacraft.access.history.store import HistoryStore

__all__ = ["Conversation", "Feedback", "HistoryStore", "SavedTurn"]
