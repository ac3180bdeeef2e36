"""What of an answer is stored, and how it is read back."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from datacraft.access.text import storable
from datacraft.contracts.answer import Answer, Cell

log = logging.getLogger(__name__)

_TITLE_LENGTH = 80
_KEPT_ROWS = 1_000
_READERS: dict[str, Callable[[str], Cell]] = {
    "date": dt.date.fromisoformat,
    "timestamp": dt.datetime.fromisoformat,
    "time": dt.time.fromisoformat,
}


def title_of(question: str) -> str:
    """Return a conversation's title, made of its first question."""
    words = " ".join(storable(question).split())
    return words if len(words) <= _TITLE_LENGTH else f"{words[: _TITLE_LENGTH - 1].rstrip()}…"


def shortened(answer: Answer) -> Answer:
    """Return an answer with the rows that the history keeps, and with a note where those are not all."""
    if len(answer.rows) <= _KEPT_ROWS:
        return answer
    note = f"Of this answer's {len(answer.rows):,} rows the history keeps the first {_KEPT_ROWS:,}."
    return answer.model_copy(
        update={"rows": answer.rows[:_KEPT_ROWS], "truncated": True, "notes": [*answer.notes, note]}
    )


def read_answer(question_id: str, text: str) -> Answer | None:
    """Return a saved answer; None, with a warning, for one that another version wrote otherwise."""
    try:
        answer = Answer.model_validate_json(text)
        answer.rows = _typed(answer)
    except ValueError as error:
        log.warning("the saved answer %s can't be read any more: %s", question_id, error)
        return None
    return answer


def _typed(answer: Answer) -> list[list[Cell]]:
    """Return the rows with their dates: JSON has none, and the columns' types say which texts were."""
    readers = [_READERS.get(column.type) for column in answer.columns]
    if not any(readers):
        return answer.rows
    return [
        [
            read(cell) if read and isinstance(cell, str) else cell
            for read, cell in zip(readers, row, strict=True)
        ]
        for row in answer.rows
    ]
