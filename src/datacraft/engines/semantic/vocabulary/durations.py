"""The time between two dates of a row, and the words that name it."""

from __future__ import annotations

from datacraft.contracts.semantic import ColumnType, Table
from datacraft.engines.semantic.vocabulary.columns import keep_best
from datacraft.engines.semantic.vocabulary.targets import DELAY, Duration, Thing, words_of

_STARTS = {
    "start": 3, "begin": 3, "from": 3, "open": 2, "admit": 3, "admitted": 3, "admission": 3, "check": 1,
    "hire": 2, "order": 2, "departure": 3, "depart": 3, "ship": 1, "request": 2, "create": 1, "created": 1,
    "sent": 2, "issue": 2, "borrow": 3, "borrowed": 3, "opened": 3, "started": 3, "begun": 3, "reported": 2,
    "requested": 2, "received": 1, "hired": 2, "joined": 2, "departed": 3, "issued": 2, "booked": 2,
    "incident": 2, "beg": 2, "loan": 2, "pickup": 3, "signup": 2, "enroll": 2, "in": 1, "out": 1,
    "placed": 2, "opening": 2, "beginning": 3, "launch": 2, "launched": 2, "since": 1, "install": 1,
}  # fmt: skip
_ENDS = {
    "end": 3, "finish": 3, "to": 3, "close": 2, "closed": 2, "discharge": 3, "discharged": 3, "arrival": 3,
    "arrive": 3, "deliver": 3, "delivered": 3, "delivery": 3, "ship": 2, "shipped": 2, "resolve": 3,
    "resolved": 3, "return": 3, "returned": 3, "complete": 3, "completed": 3, "until": 3, "termination": 2,
    "leave": 2, "cancel": 2, "cancelled": 2, "canceled": 2, "graduation": 2, "dropoff": 3, "ended": 3,
    "finished": 3, "arrived": 3, "left": 2, "settled": 3, "terminated": 2, "decided": 2, "decision": 2,
    "closing": 2, "expiry": 1, "expired": 1, "paid": 2, "out": 2,
}  # fmt: skip
_DUE = frozenset(
    {"due", "promised", "expected", "planned", "scheduled", "deadline", "target", "estimated", "required"}
)
_PAIR = 2  # `check_in` and `check_out` belong together, whatever `booked_on` says


def durations_of(table: Table) -> list[Duration]:
    """Return the time between the start and the end date of a row, where the columns' names tell which is which.

    With them comes the delay: the time from the date that something was due on until it was done.
    """
    dated = [c.name for c in table.columns if c.type in (ColumnType.DATE, ColumnType.TIMESTAMP)]
    best: tuple[int, str, str] | None = None
    for start in dated:
        for end in dated:
            first = max((_STARTS.get(w, 0) for w in words_of(start)), default=0)
            last = max((_ENDS.get(w, 0) for w in words_of(end)), default=0)
            if start == end or not first or not last:
                continue
            strength = first + last + (_PAIR if words_of(start)[0] == words_of(end)[0] else 0)
            if best is None or strength > best[0]:
                best = (strength, start, end)
    found = [Duration("duration", table.name, best[1], best[2])] if best else []
    due = [name for name in dated if _DUE & set(words_of(name))]
    done = [name for name in dated if name not in due and any(_ENDS.get(w, 0) > 1 for w in words_of(name))]
    if len(due) == len(done) == 1:
        found.append(Duration(DELAY, table.name, due[0], done[0]))
    return found


def duration_phrases(duration: Duration, thing: Thing) -> dict[tuple[str, ...], float]:
    """Return every way to name the time that a row takes, with its strength."""
    entity = words_of(thing.name)
    if duration.is_delay:
        late = {("delay",): 0.95, ("day", "late"): 0.9, ("delay", "time"): 0.9, ("lateness",): 0.95}
        return {**late, (*entity[-1:], "delay"): 0.95}
    phrases: dict[tuple[str, ...], float] = {
        ("duration",): 0.95,
        ("length",): 0.8,
        ("stay",): 0.8,
        ("turnaround",): 0.7,
        ("time",): 0.4,
    }
    for tail in (("length",), ("duration",), ("time",)):
        keep_best(phrases, (*entity[-1:], *tail), 0.95)
        for word in (*words_of(duration.start), *words_of(duration.end)):
            if word not in ("date", "time", "on", "at", "to", "from"):
                keep_best(phrases, (word, *tail), 0.85)
                keep_best(
                    phrases, (f"{word}ing" if not word.endswith("e") else f"{word[:-1]}ing", *tail), 0.85
                )
    for words in (
        ("length", "of", "stay"),
        ("processing", "time"),
        ("lead", "time"),
        ("transit", "time"),
        ("turnaround", "time"),
        ("fulfillment", "time"),
    ):
        keep_best(phrases, words, 0.8)
    if "ship" in words_of(duration.end) or "deliver" in " ".join(words_of(duration.end)):
        keep_best(phrases, ("delivery", "time"), 0.85)
        keep_best(phrases, ("shipping", "time"), 0.9)
    return phrases
