"""New cases out of what production fails at: drafts for the question set that the next choice is made by."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from datacraft.contracts.question_set import Case
from datacraft.contracts.telemetry import CANCELLED
from datacraft.monitoring.metrics.series import Behind

DISLIKED, REPHRASED = "disliked", "rephrased"
_NOBODY_WAITS = {CANCELLED, "bad_input"}


def failing_cases(questions: Iterable[Behind], known: Sequence[str], most: int) -> list[Case]:
    """Return drafts of cases, those of the slice that fails most often first.

    A slice is how questions went badly: the error's code, disliked, or asked again at once. In a slice, what was asked
    most often comes first. A draft has no gold: whoever reviews it writes the right SQL, or says that there is none.
    Questions whose text telemetry did not keep can't become cases.

    Args:
        questions: of production, the latest first.
        known: questions that the set asks already.
        most: drafts wanted.
    """
    seen = {_plain(one) for one in known}
    slices: Counter[str] = Counter()
    times: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], Behind] = {}
    for one in questions:
        slice_ = _slice(one)
        if slice_ is None:
            continue
        slices[slice_] += 1
        if one.question and (plain := _plain(one.question)) not in seen:
            times[slice_, plain] += 1
            first.setdefault((slice_, plain), one)
    ranked = sorted(first, key=lambda key: (-slices[key[0]], key[0], -times[key], key[1]))
    drafts: dict[str, Case] = {}
    for slice_, plain in ranked:
        drafts.setdefault(plain, _draft(first[slice_, plain], slice_, times[slice_, plain]))
    return list(drafts.values())[:most]


def _slice(one: Behind) -> str | None:
    if one.error is not None:
        return None if one.error in _NOBODY_WAITS else one.error
    if one.thumb == "down":
        return DISLIKED
    return REPHRASED if one.rephrased else None


def _draft(one: Behind, slice_: str, times: int) -> Case:
    often = f", {times} times" if times > 1 else ""
    return Case(
        id=f"seen-{re.sub(r'[^A-Za-z0-9_.-]', '', one.question_id)[:24]}",
        question=one.question or "",
        tags=("seen", slice_),
        note=f"{slice_} in production, last on {one.at:%Y-%m-%d}{often}.",
    )


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()
