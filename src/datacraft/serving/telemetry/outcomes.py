"""What a record's error says: a failure inside, or something that is up to whoever asks."""

from __future__ import annotations

from datacraft.contracts.errors import AmbiguousQuestion, InputError, NotAnswered, NotUnderstood, Refused

CANCELLED = "cancelled"
"""In telemetry only: whoever asked did not wait."""

ASKED_BACK = frozenset(kind.code for kind in (NotAnswered, AmbiguousQuestion, NotUnderstood, Refused))
"""The question was declined, or asked back."""

UP_TO_WHO_ASKS = ASKED_BACK | {CANCELLED, InputError.code}
"""No answer, but no failure inside either."""


def failed_inside(error: str | None) -> bool:
    """Tell whether an error is one for which whoever asked can do nothing."""
    return error is not None and error not in UP_TO_WHO_ASKS
