"""`ratio of A to B`: what is said of each side, and of both."""

from __future__ import annotations

from datacraft.engines.semantic import conditions, measures
from datacraft.engines.semantic.cursor import Cursor, K
from datacraft.engines.semantic.frame import (
    Asked,
    Condition,
    Measure,
)
from datacraft.engines.semantic.grammar import groups, verbs
from datacraft.engines.semantic.vocabulary import ColumnId


def read_ratio(cursor: Cursor) -> bool:
    """`ratio of A to B`: what is said after A is A's alone; a group or a period after B is everybody's."""
    if cursor.op(K.RATIO) is None or (cursor.item is not None and cursor.item.nouns):
        return False
    cursor.take()
    cursor.pass_stops(K.PREPOSITION)
    first = _ratio_side(cursor)
    if first is None:
        return True
    own = len(cursor.frame.conditions)
    while cursor.item is not None and not (
        cursor.item.words[:1] in (("to",), ("and",), ("versus",), ("vs",))
        or cursor.item.words[:2] == ("out", "of")
        or cursor.op(K.COMPARE)
    ):
        cursor.slot = "modifier"
        cursor.read_one()
    first.conditions = cursor.frame.conditions[own:] + first.conditions
    del cursor.frame.conditions[own:]
    if cursor.item is None:  # "the ratio of Italian ones out of all": a share
        first.share = True
        cursor.frame.conditions.extend(first.conditions)
        first.conditions = []
        cursor.frame.asked.append(Asked(measure=first))
        return True
    cursor.take()
    cursor.pass_stops()
    _forget_inner(cursor)
    second = _ratio_side(cursor) or Measure(["count"], first.noun)
    first.operator, first.denominator = "ratio", second
    cursor.frame.asked.append(Asked(measure=first))
    second.conditions.extend(_own_conditions(cursor, first))
    cursor.slot = "modifier"
    return True


def _forget_inner(cursor: Cursor) -> None:
    del cursor.stack[1:]
    cursor.negated = False
    cursor.role = ""
    cursor.verb = None


def _ratio_side(cursor: Cursor) -> Measure | None:
    """A measure, or a thing that is counted, with the values that stand before it."""
    own = len(cursor.frame.conditions)
    measure = measures.read_measure(cursor)
    while measure is None and cursor.item is not None:
        item = cursor.item
        if (
            item.nouns
            and not (item.values and cursor.names_follow())
            and not item.flag_negated
            and not verbs.is_flag(cursor, item)
        ):
            noun = measures.read_noun(cursor)
            measure = Measure([] if cursor.is_measure(item) else ["count"], noun)
        elif conditions.read_negation(cursor) or verbs.read_flag(cursor) or conditions.read_values(cursor):
            continue
        else:
            break
    if measure is not None:
        measure.conditions = cursor.frame.conditions[own:]
        del cursor.frame.conditions[own:]
    return measure


def _values_ahead(cursor: Cursor) -> set[ColumnId]:
    for count in range(1, 5):
        item = cursor.ahead(count)
        if item is None or item.operator(K.GROUP):
            break
        if item.values:
            return {sense.column for sense in item.values}
    return set()


def _own_conditions(cursor: Cursor, first: Measure) -> list[Condition]:
    """Conditions right after the second side of a ratio, until a group, a place or a period starts."""
    own = len(cursor.frame.conditions)
    columns = {choice.column for c in first.conditions for value in c.values for choice in value.candidates}
    cursor.slot = "modifier"
    while (item := cursor.item) is not None:
        phrase = item.operator(K.PREPOSITION)
        if phrase is not None and _values_ahead(cursor) & columns:
            pass
        elif (
            item.time is not None
            or item.grain
            or (phrase in ("in", "within", "for", "by", "during", "at") and not item.nouns)
            or groups.starts_group(cursor)
            or item.operator(K.FILLER)
        ):
            break
        if phrase == "of" and cursor.op(K.QUANTIFIER, 1):
            break
        cursor.read_one()
    found = cursor.frame.conditions[own:]
    del cursor.frame.conditions[own:]
    return found
