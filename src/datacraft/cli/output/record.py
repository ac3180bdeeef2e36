"""An answer as one JSON object: what `--format json` and `--questions` write."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datacraft.contracts.answer import Answer, Cell
    from datacraft.contracts.errors import ErrorInfo


def answer_json(answer: Answer, *, identity: str | int | None = None, indent: int | None = None) -> str:
    """Return an answer as JSON; dates and times in ISO 8601, numbers that JSON has no word for as null.

    Args:
        answer: to write.
        identity: `id` of the object; by default the question's own.
        indent: spaces by which nested parts are set in; None for one line.
    """
    record = {
        "id": answer.question_id if identity is None else identity,
        "question": answer.question,
        "sql": answer.sql,
        "columns": [column.name for column in answer.columns],
        "rows": [[_cell(value) for value in row] for row in answer.rows],
        "chart": answer.chart.model_dump(mode="json") if answer.chart else None,
        "explanation": answer.explanation,
        "confidence": answer.confidence,
        "error": answer.error.model_dump(mode="json") if answer.error else None,
        "timings": answer.timings.model_dump(mode="json"),
        "model": answer.model,
        "fallback": answer.fallback,
        "usage": answer.usage.model_dump(mode="json"),
        "notes": answer.notes,
    }
    return json.dumps(record, ensure_ascii=False, indent=indent, allow_nan=False)


def unasked_json(identity: str | int, question: str, error: ErrorInfo) -> str:
    """Return the same object for a line that could not be asked."""
    record: dict[str, object] = {
        "id": identity, "question": question, "sql": None, "columns": [], "rows": [], "chart": None,
        "explanation": "", "confidence": None, "error": error.model_dump(mode="json"), "timings": {}, "notes": [],
    }  # fmt: skip
    return json.dumps(record, ensure_ascii=False)


def _cell(value: Cell) -> bool | int | float | str | None:
    if isinstance(value, dt.date | dt.time):  # a datetime is a date
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
