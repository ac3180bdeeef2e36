"""Superlatives, limits and ordinals."""

from __future__ import annotations

from datacraft.engines.semantic import measures
from datacraft.engines.semantic.cursor import Cursor, K
from datacraft.engines.semantic.frame import (
    Asked,
    Measure,
)
from datacraft.engines.semantic.grammar import sorting
from datacraft.engines.semantic.lattice import Item


def read_ordinal(cursor: Cursor) -> bool:
    """`second most valuable`: kept for the superlative that follows."""
    item, following = cursor.item, cursor.ahead()
    if (
        item is None
        or following is None
        or item.words[0] not in ("second", "third", "fourth", "fifth", "2nd", "3rd", "4th", "5th")
    ):
        return False
    if following.operator(K.SUPERLATIVE_COUNT) is None and not (
        following.adjective is not None and following.adjective.form == "superlative"
    ):
        return False
    cursor.take()
    return True


def read_superlative_phrase(cursor: Cursor) -> bool:
    """A superlative, unless the word is a name, a sort order, or half of a pair."""
    item = cursor.item
    if item is not None and item.nouns and item.words in (("first",), ("last",)):
        return False  # "first and last name"
    if sorting.order_word(cursor):
        return True
    if _both_extremes(cursor):
        return True
    if item is not None and cursor.slot == "order" and item.words in (("first",), ("last",)):
        cursor.take()  # "... by the highest rating first"
        return True
    if item is None or (item.nouns and item.nouns[0].score > 0.9 and len(item.words) > 1):
        return False
    return measures.read_superlative(cursor)


def _both_extremes(cursor: Cursor) -> bool:
    """`the lowest and highest price`: two measures of one noun."""
    first, second = cursor.item, cursor.ahead(2)
    if first is None or second is None or cursor.op(K.CONJUNCTION, 1) != "and":
        return False
    ways = [_extreme(first), _extreme(second)]
    noun_item = cursor.ahead(3)
    if None in ways or noun_item is None or not noun_item.nouns:
        return False
    for _ in range(3):
        cursor.take()
    noun = measures.read_noun(cursor)
    cursor.frame.asked.extend(Asked(measure=Measure([way or "max"], noun)) for way in ways)
    return True


def _extreme(item: Item) -> str | None:
    if item.adjective is not None and item.adjective.form == "superlative" and item.adjective.generic:
        return "max" if item.adjective.generic == "up" else "min"
    found = item.operator(K.AGGREGATION)
    return found if found in ("max", "min", "avg", "median", "sum") else None


def read_limit_phrase(cursor: Cursor) -> bool:
    """`top 10`, `last 3`."""
    item = cursor.item
    if item is None or item.nouns or item.time is not None:
        return False
    if cursor.op(K.LIMIT) is None and item.operator(K.GROUP) == "rate":
        cursor.take()
        return True
    return measures.read_limit(cursor)
