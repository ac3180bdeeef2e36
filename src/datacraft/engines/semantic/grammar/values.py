"""Values, with or without the noun that names their column."""

from __future__ import annotations

from datacraft.engines.semantic import conditions
from datacraft.engines.semantic.cursor import Cursor, K

_NAMING_VERBS = frozenset({"name", "call", "title", "entitle", "label", "locate", "base", "situate"})


def read_capital_value(cursor: Cursor) -> bool:
    """`the Growth plan`: written as a name, and followed by what it is the name of."""
    item, following = cursor.item, cursor.ahead()
    if (
        item is None
        or not item.values
        or item.values[0].score < 0.75
        or not (item.operators or item.grain or item.time)
    ):
        return False
    if (
        following is None
        or not following.nouns
        or not conditions.names_column_of(cursor, following, cursor.value_of(item))
    ):
        return False
    return conditions.read_values(cursor)


def read_named_value(cursor: Cursor) -> bool:
    """`category Technology`, `the state of Texas`, `customer named "John Smith"`, `status is not active`."""
    item = cursor.item
    if item is None or not item.nouns or item.flag_negated:
        return False
    at = 1
    negated = False
    while (following := cursor.ahead(at)) is not None and at < 5 and not following.values:
        if following.operator(K.NEGATION) is not None:
            negated = not negated
        elif not (
            following.words[-1:]
            in (
                ("of",),
                ("is",),
                ("=",),
                ("equal",),
                ("equals",),
                ("to",),
                ("named",),
                ("called",),
                ("titled",),
                ("are",),
                ("was",),
                ("were",),
                ("either",),
            )
            or following.symbol in ("=", "!=")
            or following.operator(K.COMPARISON) in ("eq", "ne")
            or following.operator(K.AUXILIARY) == "be"
            or (following.operator(K.DETERMINER) == "the")
            or (following.verb is not None and following.verb.base in _NAMING_VERBS)
        ):
            return False
        if following.symbol == "!=" or following.operator(K.COMPARISON) == "ne":
            negated = True
        at += 1
    if (
        following is None
        or not following.values
        or (following.nouns and not following.quoted and at == 1 and following.nouns[0].score > 0.9)
    ):
        return False
    mention = cursor.value_of(following)
    if not conditions.names_column_of(cursor, item, mention):
        return False
    thing = cursor.has_thing(item) and cursor.best_is_thing(item)
    if (
        thing
        and at > 1
        and cursor.slot == "target"
        and not cursor.frame.asked
        and cursor.frame.root.thing is None
        and following.quoted
    ):
        return False
    noun = cursor.noun_of(cursor.take())
    for _ in range(at - 1):
        cursor.take()
    cursor.negated = cursor.negated != negated
    conditions.read_values(cursor, hint=noun)
    if cursor.slot in ("group", "order"):
        cursor.slot = "modifier"
    return True


def read_value_phrase(cursor: Cursor) -> bool:
    """A value with no noun beside it."""
    item = cursor.item
    if item is None or not item.values:
        return False
    if item.number is not None and not item.nouns and cursor.slot == "target" and not cursor.frame.asked:
        return False
    if item.text == "us" and not (cursor.ahead() is not None and (cursor.ahead() or item).nouns):
        cursor.take()  # "... brought us": ourselves, not the country
        return True
    if cursor.slot in ("group", "order"):
        cursor.slot = "modifier"
    return conditions.read_values(cursor)
