"""Periods, calendar units, and the time between two dates."""

from __future__ import annotations

from datacraft.contracts.plan import TimeUnit
from datacraft.engines.semantic import conditions, measures
from datacraft.engines.semantic.cursor import Cursor, K
from datacraft.engines.semantic.frame import (
    Asked,
    Condition,
    Measure,
)
from datacraft.engines.semantic.lattice import Item, NumberSense


def read_unit_of_time(cursor: Cursor) -> bool:
    """`the average stay in days`: the unit in which a length of time is told."""
    item, unit = cursor.item, cursor.ahead()
    if (
        item is None
        or item.words != ("in",)
        or unit is None
        or unit.grain not in ("hour", "day", "week", "month", "year")
        or not unit.words[0].endswith("s")
    ):
        return False
    cursor.take()
    cursor.take()
    for asked in cursor.frame.asked:
        if asked.measure is not None:
            asked.measure.window_unit = asked.measure.window_unit or TimeUnit(unit.grain)
    return True


def read_once(cursor: Cursor) -> bool:
    """`ordered only once`, `twice`: a number of events."""
    item = cursor.item
    if (
        item is None
        or item.words[-1] not in ("once", "twice")
        or item.operator(K.EXISTENCE)
        or item.operator(K.NEGATION)
    ):
        return False
    if not (cursor.frame.asked or cursor.frame.root.thing):
        return False
    taken = cursor.take()
    conditions.add(
        cursor, Condition("times", operator="eq", number=NumberSense(1 if taken.words[-1] == "once" else 2))
    )
    return True


def read_date_difference(cursor: Cursor) -> bool:
    """`days between order date and ship date`, `time from admission to discharge`."""
    item = cursor.item
    if item is None or item.words[-1] not in ("between", "from"):
        return False
    first_at = 1 + (1 if cursor.op(K.DETERMINER, 1) and not (cursor.ahead() or item).nouns else 0)
    first = cursor.ahead(first_at)
    middle = cursor.ahead(first_at + 1)
    if first is None or middle is None or middle.words[-1] not in ("and", "to", "until"):
        return False
    second_at = (
        first_at
        + 2
        + (
            1
            if cursor.op(K.DETERMINER, first_at + 2) and not (cursor.ahead(first_at + 2) or item).nouns
            else 0
        )
    )
    second = cursor.ahead(second_at)
    if second is None or not (cursor.dates_of(first) and cursor.dates_of(second)):
        return False
    first.nouns = cursor.dates_of(first)
    second.nouns = tuple(
        h for h in cursor.dates_of(second) if h.target != first.nouns[0].target
    ) or cursor.dates_of(second)
    for _ in range(second_at + 1):
        cursor.take()
    frame = cursor.frame
    last = frame.asked[-1] if frame.asked else None
    measure = Measure(["avg"])
    if (
        last is not None
        and last.measure is not None
        and (last.measure.noun is None or not cursor.is_measure(last.measure.noun.item))
    ):
        measure = last.measure
    elif last is not None and last.noun is not None and len(frame.asked) == 1:
        frame.asked.clear()
        frame.asked.append(Asked(measure=measure))
    elif frame.rank is not None and frame.rank.measure is None and not frame.asked:
        measure.functions = ["max" if frame.rank.descending else "min"]
        frame.rank = None
        frame.asked.append(Asked(measure=measure))
    else:
        frame.asked.append(Asked(measure=measure))
    frame.groups = [g for g in frame.groups if g.grain is None or g.grain.unit is not TimeUnit.DAY]
    measure.operator, measure.noun, measure.second = "duration", cursor.noun_of(first), cursor.noun_of(second)
    cursor.slot = "modifier"
    return True


def read_period(cursor: Cursor) -> bool:
    """A period, and the one it may be set beside."""
    item = cursor.item
    if item is None or item.time is None:
        return False
    if item.time.kind == "part" and (item.values or cursor.op(K.GROUP, -1)) and item.values:
        return False
    if (
        conditions.number_follows(cursor)
        and item.number is not None
        and item.values
        and cursor.slot == "target"
    ):
        return False
    cursor.take()
    conditions.add(cursor, Condition("time", span=item.time))
    if (
        item.time.unit is not None
        and cursor.op(K.CONJUNCTION) == "and"
        and (after := cursor.ahead()) is not None
        and after.time is not None
    ):
        cursor.take()
        cursor.or_next = True
    elif cursor.op(K.COMPARE) == "compare" or (cursor.op(K.PREPOSITION) == "to" and cursor.frame.compare):
        following = cursor.ahead(1)
        if following is not None and following.time is not None:
            cursor.take()
            cursor.frame.compare = True
            cursor.or_next = True
    if cursor.slot in ("group", "order"):
        cursor.slot = "modifier"
    return True


def read_grain_phrase(cursor: Cursor) -> bool:
    """`monthly sales`, `by month`, `which month`: a calendar unit to group by."""
    item = cursor.item
    if item is None or not item.grain or (item.nouns and item.nouns[0].score >= 0.95 and not _adverb(item)):
        return False
    asks = cursor.frame.question_word == "thing" and not cursor.frame.asked and cursor.slot == "target"
    plain = len(item.words) == 1 and not _adverb(item)
    if plain and not asks and cursor.slot not in ("group", "target"):
        return False
    grain = measures.read_grain(cursor)
    if grain is None:
        return False
    if asks or (plain and cursor.slot == "target" and not cursor.frame.asked):
        cursor.frame.asked.append(Asked(grain=grain))
    else:
        cursor.frame.groups.append(Asked(grain=grain))
    return True


def _adverb(item: Item) -> bool:
    return item.words == ("annual",) or item.words[-1].endswith("ly") or len(item.words) > 1
