"""`by`, `per`, `for each`: groups, and what only looks like one."""

from __future__ import annotations

from datacraft.contracts.semantic import DefaultAggregation
from datacraft.engines.semantic import conditions, measures
from datacraft.engines.semantic.cursor import Cursor, K
from datacraft.engines.semantic.frame import (
    Asked,
    Condition,
    Measure,
    OrderSpec,
)
from datacraft.engines.semantic.grammar import figures, nouns
from datacraft.engines.semantic.vocabulary import ColumnId


def starts_group(cursor: Cursor) -> bool:
    """Whether a group word is followed by something to group by."""
    if cursor.op(K.GROUP) is None:
        return False
    skipped = 1
    while (
        (item := cursor.ahead(skipped)) is not None
        and (item.operator(K.DETERMINER) or item.operator(K.GROUP) or item.operator(K.DISTINCT))
        and not item.nouns
    ):
        skipped += 1
    following = cursor.ahead(skipped + 1)
    starter = cursor.item
    each = starter is not None and starter.words[-1] in ("each", "every")
    if each and item is not None and item.values and following is not None and following.nouns:
        return True  # "in every APAC country"
    return item is not None and (
        bool(item.nouns)
        or bool(item.grain)
        or item.operator(K.AGGREGATION) is not None
        or item.adjective is not None
        or item.operator(K.SUPERLATIVE_COUNT) is not None
    )


def read_group(cursor: Cursor) -> bool:
    """A group; or a rate, a ranking measure, an agent, where the words only look like a group."""
    item = cursor.item
    if item is None or not starts_group(cursor) or item.nouns:
        return False
    rate = item.words == ("per",)
    by = (
        item.words[-1] == "by"
        or rate
        or item.words[-2:] in (("terms", "of"), ("based", "on"), ("according", "to"))
    )
    before = cursor.ahead(-1)
    if (
        item.words == ("by",)
        and before is not None
        and before.inflected
        and not figures.measuring(cursor)
        and cursor.best_is_thing(cursor.ahead() or item)
    ):
        return False  # "taken by students": who did it, not a group
    later = any(
        i.operator(K.GROUP) is not None and i.words[-1] in ("each", "every", "per")
        for i in cursor.items[cursor.i + 1 :]
    )
    if (
        item.words == ("by",)
        and before is not None
        and before.inflected
        and later
        and cursor.best_is_thing(cursor.ahead() or item)
    ):
        return False
    cursor.take()
    while cursor.op(K.DETERMINER) or cursor.op(K.GROUP) or cursor.op(K.DISTINCT):
        if cursor.item is not None and cursor.item.nouns:
            break
        cursor.take()
    cursor.slot = "group"
    if rate and (_per_thing(cursor) or _per_number(cursor)):
        cursor.slot = "modifier"
        return True
    if by and _by_measure(cursor):
        return True
    read_group_member(cursor)
    return True


def _per_number(cursor: Cursor) -> bool:
    """`freight cost per kg`: one figure divided by another."""
    asked = cursor.frame.asked[-1] if cursor.frame.asked else None
    item = cursor.item
    if asked is None or item is None or not cursor.is_measure(item):
        return False
    target = cursor.vocabulary.targets[item.nouns[0].target]
    column = cursor.vocabulary.columns.get(target) if isinstance(target, ColumnId) else None
    if column is not None and column.aggregation is not DefaultAggregation.SUM and column.unit is None:
        return False  # "beds per floor": a number that only tells groups apart
    if asked.measure is None:
        if asked.noun is None or not cursor.is_measure(asked.noun.item):
            return False
        asked.measure, asked.noun = Measure([], asked.noun), None
    asked.measure.operator = "ratio"
    asked.measure.denominator = Measure(["sum"], measures.read_noun(cursor))
    asked.measure.functions = ["sum"]
    return True


def _per_thing(cursor: Cursor) -> bool:
    """`average number of visits per patient`: two levels, not a list of customers."""
    measure = cursor.frame.asked[-1].measure if cursor.frame.asked else None
    item = cursor.item
    if measure is None or item is None or not cursor.best_is_thing(item):
        return False
    if (
        "avg" in measure.functions[:1]
        or "max" in measure.functions[:1]
        or "min" in measure.functions[:1]
        or "median" in measure.functions[:1]
    ):
        measure.per = measures.read_noun(cursor)
        return True
    return False


def _by_measure(cursor: Cursor) -> bool:
    """`top 5 products by total sales`, `regions by profit`: "by" names what to rank or to show."""
    item = cursor.item
    if item is None:
        return False
    frame = cursor.frame
    is_measure = (
        item.operator(K.AGGREGATION) is not None
        or cursor.is_measure(item)
        or (item.adjective is not None and not item.nouns)
        or item.operator(K.SUPERLATIVE_COUNT) is not None
    )
    if item.operator(K.AGGREGATION) is None and item.nouns and not cursor.is_measure(item):
        following = cursor.ahead()
        compound = (
            following is not None and following.nouns == () and following.operator(K.AGGREGATION) == "count"
        )
        is_measure = compound
    if item.words == ("value",) and not item.nouns and frame.rank is not None:
        cursor.take()
        cursor.slot = "modifier"
        return True
    if not is_measure:
        return False
    measure = figures.counted(cursor) or measures.read_measure(cursor)
    if measure is None and item.nouns:
        measure = Measure([], measures.read_noun(cursor))
    if measure is None:
        return False
    if frame.rank is not None and frame.rank.measure is None:
        frame.rank.measure = measure
    else:
        has_measure = any(asked.measure is not None for asked in frame.asked)
        if has_measure and frame.rank is None:
            frame.orders.append(OrderSpec(descending=True, measure=measure))
        else:
            frame.asked.append(Asked(measure=measure))
            frame.groups = frame.groups
    cursor.slot = "modifier"
    return True


def read_group_member(cursor: Cursor) -> bool:
    """One thing to group by, with the value that narrows it."""
    cursor.pass_stops(K.PREPOSITION)
    item = cursor.item
    if item is not None and item.values and not item.nouns and cursor.names_follow():
        narrowed = cursor.value_of(cursor.take())
        conditions.add(cursor, Condition("value", values=[narrowed]))
        cursor.slot = "group"
        item = cursor.item
    if item is None:
        return False
    if item.nouns and not (item.grain and item.nouns[0].score < 0.9):
        noun = measures.read_noun(cursor)
        if cursor.item is not None and cursor.item.words == ("of",) and not cursor.has_thing(item):
            nouns.read_owner(cursor, noun)
        cursor.frame.groups.append(
            Asked(
                noun=noun,
                rate=cursor.items[max(0, cursor.i - 2)].words == ("per",),
                within="within" in cursor.items[max(0, cursor.i - 2)].words,
            )
        )
        _end_group(cursor)
        return True
    grain = measures.read_grain(cursor)
    if grain is not None:
        cursor.frame.groups.append(Asked(grain=grain))
        _end_group(cursor)
        return True
    return False


def _end_group(cursor: Cursor) -> None:
    """Only "and", a comma or another group word goes on with a list of groups."""
    if cursor.op(K.CONJUNCTION) is None and cursor.op(K.GROUP) is None:
        cursor.slot = "modifier"
