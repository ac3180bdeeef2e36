"""What is compared of a question beside its words: the same of a record of telemetry and of a call of an evaluation."""

from __future__ import annotations

from collections.abc import Sequence

from datacraft.contracts.telemetry import ASKED_BACK, REFUSED, UP_TO_WHO_ASKS
from datacraft.profiles.drift.questions import Feature

NO_SQL = "(none)"


def outcome_of(error: str | None) -> str:
    """Return how a question ended."""
    if error is None:
        return "answered"
    if error in REFUSED:
        return "refused"
    if error in ASKED_BACK:
        return "asked back"
    return "called off" if error in UP_TO_WHO_ASKS else "failed"


def question_features(
    tables: Sequence[str] | None,
    form: str | None,
    functions: Sequence[str] | None,
    joins: int | None,
    filtered: bool | None,
    by_time: bool | None,
) -> dict[str, Feature]:
    """Return what a question is about, told by its SQL; where there is none, that is told."""
    if form is None:
        return dict.fromkeys(("topic", "form", "functions", "joins", "filtered", "by time"), NO_SQL)
    return {
        "topic": ", ".join(tables or ()) or NO_SQL,
        "form": form,
        "functions": ", ".join(functions or ()) or NO_SQL,
        "joins": str(min(joins or 0, 3)),
        "filtered": "yes" if filtered else "no",
        "by time": "yes" if by_time else "no",
    }


def behaviour_features(
    error: str | None, chart: str | None, confidence: float | None, *, fallback: bool
) -> dict[str, Feature]:
    """Return what became of a question."""
    return {
        "outcome": outcome_of(error),
        "chart": chart or NO_SQL,
        "confidence": confidence,
        "answered by": "another model" if fallback else "the release's own",
    }
