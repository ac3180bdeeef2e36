"""What the history gives back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from datacraft.contracts.answer import Answer

Thumb = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation in a list of them; times are UTC."""

    id: str
    title: str
    created_at: dt.datetime
    updated_at: dt.datetime
    turns: int
    owner: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person thought of an answer."""

    thumb: Thumb
    comment: str | None


@dataclass(frozen=True, slots=True)
class SavedTurn:
    """An answer of a conversation, and the feedback on it if there is any."""

    answer: Answer
    feedback: Feedback | None
