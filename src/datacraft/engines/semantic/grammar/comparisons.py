"""Comparisons, missing values and texts that stand without a noun before them."""

from __future__ import annotations

from datacraft.engines.semantic import conditions
from datacraft.engines.semantic.cursor import Cursor, K
from datacraft.engines.semantic.frame import (
    Condition,
    Measure,
    NounPhrase,
)
from datacraft.engines.semantic.lattice import NumberSense


def read_more_than(cursor: Cursor) -> bool:
    """`more profit than the average sub-category`, `fewer orders than 10`."""
    found = cursor.op(K.COMPARATIVE_COUNT)
    noun_item, than = cursor.ahead(), cursor.ahead(2)
    if found is None or noun_item is None or than is None or not noun_item.nouns or than.words != ("than",):
        return False
    cursor.take()
    noun = cursor.noun_of(cursor.take())
    cursor.take()
    cursor.pass_stops()
    average = cursor.op(K.AGGREGATION)
    if average not in ("avg", "median"):
        return False
    cursor.take()
    cursor.pass_stops()
    other = cursor.noun_of(cursor.take()) if cursor.item is not None and cursor.item.nouns else None
    conditions.add(cursor, Condition("compare", noun=noun, operator=found, other=Measure([average], other)))
    return True


def read_average_comparison(cursor: Cursor) -> bool:
    """`above average salary`, with no noun before it."""
    return conditions.read_average_comparison(cursor, None)


def read_null_phrase(cursor: Cursor) -> bool:
    """`missing postal code`, with no noun before it."""
    return conditions.read_null(cursor)


def read_count_comparison(cursor: Cursor) -> bool:
    """`more than 10 orders`, `at least 3`, `older than 30`: a comparison with no subject before it."""
    if cursor.op(K.QUANTIFIER) == "only_one" and cursor.has_thing(cursor.ahead()):
        cursor.take()
        noun = cursor.noun_of(cursor.take())
        phrase = NounPhrase(noun, role=cursor.role)
        conditions.add(
            cursor, Condition("count", noun=noun, operator="eq", number=NumberSense(1), phrase=phrase)
        )
        cursor.push(phrase)
        return True
    if conditions.compare_operator(cursor) is None:
        return False
    item = cursor.item
    if item is not None and item.operator(K.COMPARISON) == "eq" and not conditions.number_follows(cursor, 1):
        cursor.take()
        return True
    subject = None
    frame = cursor.frame
    last = frame.asked[-1] if frame.asked else None
    if (
        item is not None
        and item.adjective is None
        and cursor.slot == "target"
        and last is not None
        and len(frame.asked) == 1
    ):
        said = last.noun
        if said is not None and cursor.is_measure(said.item):
            subject = said
            frame.asked.clear()
    if cursor.slot == "target":
        cursor.slot = "modifier"
    return conditions.read_comparison(cursor, subject)


def read_comparative(cursor: Cursor) -> bool:
    """`older employees`, `more expensive`: without "than" there is nothing to compare with."""
    item = cursor.item
    if item is None or item.adjective is None:
        return False
    if item.adjective.form == "base" and cursor.op(K.QUESTION_WORD, -1) is None:
        return False
    cursor.frame.unread.append(item)
    cursor.i += 1
    return True


def read_text_phrase(cursor: Cursor) -> bool:
    """`starting with A`: said of the column that was asked for last."""
    subject = None
    frame = cursor.frame
    last = frame.asked[-1] if frame.asked else None
    noun = (
        last.noun or (last.measure.noun if last.measure is not None else None) if last is not None else None
    )
    if noun is not None and not cursor.is_measure(noun.item) and not cursor.best_is_thing(noun.item):
        subject = noun
    return conditions.read_text(cursor, subject)
