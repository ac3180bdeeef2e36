"""Drafts of cases from answers that people marked as bad: what went wrong once is asked again for ever."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from datacraft.contracts.question_set import Case
from datacraft.contracts.telemetry import TelemetryRecord


def disliked(records: Iterable[TelemetryRecord], known: Sequence[Case] = ()) -> Iterator[Case]:
    """Yield a draft for each question whose last thumb points down and that no known case asks already.

    A draft has no gold: whoever reviews it writes the right SQL. What was shown stands in its `note`.
    Questions whose text telemetry did not keep can't become cases.
    """
    asked: dict[str, TelemetryRecord] = {}
    thumbs: dict[str, TelemetryRecord] = {}
    for record in records:
        if record.kind == "question":
            asked[record.question_id] = record
        else:
            thumbs[record.question_id] = record
    seen = {_plain(case.question) for case in known}
    for question_id, thumb in thumbs.items():
        question = asked.get(question_id)
        if thumb.feedback != "down" or question is None or not question.question:
            continue
        if _plain(question.question) in seen:
            continue
        seen.add(_plain(question.question))
        yield Case(
            id=f"log-{question_id[:12]}",
            question=question.question,
            tags=("log",),
            note=_note(question, thumb),
        )


def _note(record: TelemetryRecord, thumb: TelemetryRecord) -> str:
    shown = f"answered with {record.sql}" if record.sql else f"not answered ({record.error})"
    said = f" Comment: {thumb.comment}" if thumb.comment else ""
    return f"{record.at:%Y-%m-%d}, {record.model or 'unknown model'}: {shown}{said}"


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()
