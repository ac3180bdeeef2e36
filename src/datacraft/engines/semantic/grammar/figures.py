"""Measures as they are asked for: aggregates, differences, correlations, windows, counted things."""

from __future__ import annotations

from datacraft.contracts.plan import TimeUnit
from datacraft.engines.semantic import conditions, measures
from datacraft.engines.semantic.cursor import Cursor, K
from datacraft.engines.semantic.frame import (
    Asked,
    Condition,
    Measure,
    OrderSpec,
)
from datacraft.engines.semantic.grammar import sorting


def read_compare(cursor: Cursor) -> bool:
    """`compare`, `versus`: what follows is set side by side."""
    found = cursor.op(K.COMPARE)
    if found is None:
        return False
    if found == "difference" and not (cursor.item is not None and cursor.item.nouns):
        return read_difference(cursor)
    cursor.take()
    cursor.frame.compare = True
    return True


def read_difference(cursor: Cursor) -> bool:
    """`the difference between A and B`: of two measures, or of one measure on two sides."""
    cursor.take()
    cursor.pass_stops(K.PREPOSITION)
    first = _measure_or_noun(cursor)
    cursor.frame.difference = True
    if first is None:
        cursor.frame.compare = True
        return True
    cursor.pass_stops(K.CONJUNCTION, K.PREPOSITION)
    second = _measure_or_noun(cursor)
    if second is None:
        cursor.frame.asked.append(Asked(measure=first))
        cursor.frame.compare = True
        return True
    cursor.frame.difference = False
    first.operator, first.denominator = "difference", second
    cursor.frame.asked.append(Asked(measure=first))
    return True


def _measure_or_noun(cursor: Cursor) -> Measure | None:
    item = cursor.item
    if (
        item is not None
        and item.adjective is not None
        and item.adjective.form == "superlative"
        and item.adjective.generic
    ):
        up = item.adjective.generic == "up"
        cursor.take()
        cursor.pass_stops()
        inner = _measure_or_noun(cursor) or Measure()
        inner.functions = ["max" if up else "min", *inner.functions]
        return inner
    measure = measures.read_measure(cursor)
    if measure is None and item is not None and item.nouns:
        measure = Measure([], measures.read_noun(cursor))
    return measure


def read_correlation(cursor: Cursor) -> bool:
    """`correlation between A and B`, `do A and B correlate`."""
    if cursor.op(K.CORRELATION) is None:
        return False
    cursor.take()
    cursor.pass_stops(K.PREPOSITION)
    first = _measure_or_noun(cursor)
    cursor.pass_stops(K.PREPOSITION, K.CONJUNCTION, K.CORRELATION)
    second = _measure_or_noun(cursor) if first is not None else None
    if first is None:
        asked = cursor.frame.asked
        if len(asked) >= 2 and all(a.noun is not None or a.measure is not None for a in asked[-2:]):
            right, left = asked.pop(), asked.pop()
            made = left.measure or Measure([], left.noun)
            made.operator, made.second = (
                "correlation",
                right.noun or (right.measure.noun if right.measure else None),
            )
            asked.append(Asked(measure=made))
        return True
    if second is None:
        if not cursor.frame.asked or (
            cursor.frame.asked[-1].measure is None and cursor.frame.asked[-1].noun is None
        ):
            cursor.frame.asked.append(Asked(measure=first))
            return True
        popped = cursor.frame.asked.pop()
        second = popped.measure or Measure([], popped.noun)
    first.operator, first.second = "correlation", second.noun
    cursor.frame.asked.append(Asked(measure=first))
    cursor.slot = "modifier"
    return True


def read_window_phrase(cursor: Cursor) -> bool:
    """A window over the result, with the number of units before it: `3 month moving average`."""
    item = cursor.item
    size = cursor.ahead()
    if item is not None and item.number is not None and size is not None and size.grain in tuple(TimeUnit):
        after = cursor.ahead(2)
        if after is not None and after.operator(K.WINDOW) == "moving_average":
            count, unit = int(item.number.value), TimeUnit(size.grain)
            cursor.take()
            cursor.take()
            done = measures.read_window(cursor)
            measure = cursor.frame.asked[-1].measure if cursor.frame.asked else None
            if measure is not None:
                measure.window_size, measure.window_unit = count, unit
            return done
    if item is not None and item.nouns and item.nouns[0].score > 0.9:
        return False
    return measures.read_window(cursor)


def measuring(cursor: Cursor) -> bool:
    """Whether the last thing asked for is a figure."""
    asked = cursor.frame.asked[-1] if cursor.frame.asked else None
    return asked is not None and (
        asked.measure is not None or (asked.noun is not None and cursor.is_measure(asked.noun.item))
    )


def counted(cursor: Cursor) -> Measure | None:
    """`order count`, `customer numbers`: a thing and then a word for counting."""
    item, following = cursor.item, cursor.ahead()
    if item is None or following is None or not item.nouns or item.operators or following.nouns:
        return None
    if following.operator(K.AGGREGATION) == "count" and following.words[-1] in (
        "count",
        "counts",
        "volume",
        "frequency",
        "number",
        "numbers",
    ):
        after = cursor.ahead(2)
        if after is not None and after.nouns and following.words[-1] in ("count", "number"):
            return None
        noun = cursor.noun_of(cursor.take())
        cursor.take()
        return Measure(["count"], noun)
    return None


def read_measure_phrase(cursor: Cursor) -> bool:
    """An aggregate: asked for, compared, sorted by, or said late of what came before."""
    item = cursor.item
    if item is None or (item.operator(K.AGGREGATION) is None and not (item.number and item.number.ordinal)):
        return False
    if item.nouns and item.nouns[0].score > 0.9 and not _noun_follows(cursor):
        return False
    if (
        cursor.slot == "modifier"
        and cursor.op(K.AGGREGATION) in ("max", "min")
        and conditions.number_follows(cursor, 1)
    ):
        return False
    measure = measures.read_measure(cursor)
    if measure is None:
        return False
    if _summed_up_late(cursor, measure):
        return True
    subject = _comparison_after(cursor, measure)
    if subject:
        return True
    if cursor.slot == "order":
        cursor.frame.orders.append(sorting.direction(cursor, OrderSpec(measure=measure)))
        return True
    last = cursor.frame.asked[-1] if cursor.frame.asked else None
    if (
        last is not None
        and last.noun is not None
        and last.noun.item.operator(K.QUESTION_ATTRIBUTE) is not None
        and measure.noun is not None
    ):
        cursor.frame.asked.pop()  # "how long is the average stay"
    if (
        measure.functions == ["count"]
        and measure.noun is None
        and cursor.frame.asked
        and cursor.frame.asked[-1].noun is not None
        and (cursor.slot == "target" or cursor.item is None)
    ):
        asked = cursor.frame.asked[-1]
        measure.noun, asked.noun, asked.measure = asked.noun, None, measure
        return True
    cursor.frame.asked.append(Asked(measure=measure))
    cursor.slot = "target" if cursor.op(K.CONJUNCTION) else cursor.slot
    return True


def _summed_up_late(cursor: Cursor, measure: Measure) -> bool:
    """`discounts on average`, `sold over 500 in total`: the function comes after what it is said of."""
    frame = cursor.frame
    if (
        measure.noun is not None
        or len(measure.functions) != 1
        or measure.functions[0] not in ("avg", "sum", "median")
    ):
        return False
    said = cursor.items[cursor.i - 1]
    if cursor.item is not None and said.words[0] not in (
        "on",
        "in",
        "altogether",
        "overall",
        "averaged",
        "combined",
        "summed",
    ):
        return False
    function = measure.functions[0]
    ranked = frame.rank.measure if frame.rank is not None else None
    if ranked is not None and not ranked.functions:
        ranked.functions = [function]
        return True
    last = frame.asked[-1] if frame.asked else None
    if (
        last is not None
        and last.measure is not None
        and last.measure.functions in ([], [function], ["max"], ["min"])
    ):
        if not last.measure.functions:
            last.measure.functions = [function]
        elif last.measure.functions != [function]:
            last.measure.functions = [last.measure.functions[0], function]
        return True
    if last is not None and last.noun is not None and cursor.is_measure(last.noun.item):
        last.measure, last.noun = Measure([function], last.noun), None
        return True
    per = frame.groups[-1].noun if frame.groups else None
    if (
        last is not None
        and last.measure is not None
        and last.measure.functions == ["count"]
        and per is not None
    ):
        frame.groups.pop()  # "how many visits per patient on average"
        last.measure.functions, last.measure.per = [function, "count"], per
        return True
    compared = next((c for c in reversed(frame.conditions) if c.kind == "compare"), None)
    if compared is not None and compared.measure is None and compared.number is not None:
        compared.measure = Measure([function], compared.noun)
        return True
    return False


def _noun_follows(cursor: Cursor) -> bool:
    following = cursor.ahead()
    return following is not None and (bool(following.nouns) or following.operator(K.PREPOSITION) == "of")


def _comparison_after(cursor: Cursor, measure: Measure) -> bool:
    """`total sales above 1000`, `an average rating of at least 4`."""
    start = cursor.i
    while (
        cursor.item is not None
        and (cursor.op(K.AUXILIARY) == "be" or cursor.op(K.RELATIVE) or cursor.op(K.PREPOSITION) == "of")
        and cursor.item.words != ("in",)
    ):
        cursor.take()
    if conditions.compare_operator(cursor) is not None and conditions.read_comparison(cursor, None, measure):
        return True
    if cursor.op(K.COMPARISON_TO_AVERAGE) is not None:
        operator = cursor.op(K.COMPARISON_TO_AVERAGE) or "gt"
        cursor.take()
        conditions.add(
            cursor, Condition("compare", measure=measure, operator=operator, other=Measure(["avg"]))
        )
        return True
    for item in cursor.items[start : cursor.i]:
        item.used = False
    cursor.i = start
    return False


def place_measure(cursor: Cursor, measure: Measure) -> bool:
    """Put a measure where the reader stands: in the order, a comparison, or what is asked for."""
    if cursor.slot == "order":
        cursor.frame.orders.append(sorting.direction(cursor, OrderSpec(measure=measure)))
    elif not _comparison_after(cursor, measure):
        cursor.frame.asked.append(Asked(measure=measure))
    return True
