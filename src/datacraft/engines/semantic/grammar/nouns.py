"""Nouns: what is asked for, what it belongs to, and what else is mentioned."""

from __future__ import annotations

from datacraft.engines.semantic import conditions, measures
from datacraft.engines.semantic.cursor import Cursor, K
from datacraft.engines.semantic.frame import (
    Asked,
    Condition,
    Measure,
    Noun,
    NounPhrase,
    OrderSpec,
)
from datacraft.engines.semantic.grammar import figures, sorting, verbs
from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.vocabulary import ColumnId, Thing


def _leads_to_thing(cursor: Cursor, item: Item) -> bool:
    """`states that border states ...`: a column that is a verb here, and leads to another thing."""
    if item.verb is None or not (cursor.frame.root.thing is not None or cursor.frame.asked):
        return False
    if not any(hit.kind == "column" for hit in item.nouns):
        return False
    at = 1
    while (following := cursor.ahead(at)) is not None and at < 6 and not following.nouns:
        if following.values or not (following.operators or following.adjective or following.number):
            return False
        at += 1
    if following is None or not cursor.has_thing(following, 0.9):
        return False
    things = {
        target.table
        for hit in following.nouns
        if isinstance(target := cursor.vocabulary.targets[hit.target], Thing)
    }
    keys = {
        (join.left, a)
        for join in cursor.vocabulary.model.joins
        if join.right in things
        for a, _ in join.columns
    }
    columns = [cursor.vocabulary.targets[hit.target] for hit in item.nouns]
    return any(isinstance(c, ColumnId) and (c.table, c.column) in keys for c in columns)


def read_noun_phrase(cursor: Cursor) -> bool:
    """A noun in any slot: a value by its name, a flag, a verb after all, a comparison, a group, a target."""
    item = cursor.item
    if item is None or not item.nouns:
        return False
    if _leads_to_thing(cursor, item):
        cursor.via = cursor.noun_of(cursor.take())
        cursor.slot = "modifier"
        return True
    if verbs.acts_as_verb(cursor, item):
        return verbs.read_verb(cursor)
    if item.values and _prefers_value(cursor, item):
        return conditions.read_values(cursor)
    if verbs.read_flag(cursor):
        return True
    counted = figures.counted(cursor)
    if counted is not None:
        return figures.place_measure(cursor, counted)
    noun = measures.read_noun(cursor)
    if (cursor.item is not None and cursor.item.words == ("of",)) or cursor.op(K.PREPOSITION) == "of":
        read_owner(cursor, noun)
    if _condition_on(cursor, noun):
        return True
    if cursor.slot == "order":
        cursor.frame.orders.append(sorting.direction(cursor, OrderSpec(noun=noun)))
        return True
    if cursor.slot == "group":
        cursor.frame.groups.append(Asked(noun=noun))
        return True
    if cursor.slot == "target":
        place_target(cursor, noun)
        return True
    _place_modifier(cursor, noun)
    return True


def _prefers_value(cursor: Cursor, item: Item) -> bool:
    """A span that names both a value and a part of the schema: a value before a noun, or written as one."""
    if item.values[0].score < 0.9:
        return False
    if item.values[0].how == "exact" and item.nouns[0].score < 0.92 and cursor.slot != "group":
        return True  # a value by its own name, against a synonym of a column's
    if cursor.slot in ("group", "order") or (cursor.slot == "target" and cursor.ahead() is None):
        return False
    following = cursor.ahead()
    capital = item.text[:1].isupper() and item.start > 0
    if following is not None and following.nouns and not following.operators and item.nouns[0].score < 0.95:
        return True
    return (capital and item.nouns[0].score < 0.98) or item.nouns[0].score < 0.6


def read_owner(cursor: Cursor, noun: Noun) -> None:
    """`name of the employee`: the thing after "of" is the root; `population of Texas` is left to the values."""
    at = 1
    while (
        (item := cursor.ahead(at)) is not None
        and (item.operator(K.DETERMINER) or item.operator(K.QUANTIFIER) or item.operator(K.PRONOUN))
        and not item.nouns
    ):
        at += 1
    if (
        item is None
        or not item.nouns
        or not cursor.has_thing(item)
        or (item.values and not cursor.best_is_thing(item))
    ):
        return
    if item.operator(K.AGGREGATION) or (item.adjective is not None and item.nouns[0].score < 0.9):
        return
    following = cursor.ahead(at + 1)
    if (
        following is not None
        and (following.values or (following.words == ("of",)))
        and conditions.names_column_of(cursor, item, cursor.value_of(following))
    ):
        return
    if cursor.has_thing(noun.item, 0.9) and cursor.best_is_thing(noun.item):
        return
    for _ in range(at):
        cursor.take()
    owner = measures.read_noun(cursor)
    noun.owner = owner
    root = cursor.frame.root
    if root.thing is None and cursor.slot == "target":
        root.thing = owner
        cursor.slot = "target"


def _condition_on(cursor: Cursor, noun: Noun) -> bool:
    """A comparison, a null check or a text match said of the noun that was just read."""
    start = cursor.i
    negated = cursor.negated
    while (item := cursor.item) is not None and (
        item.operator(K.AUXILIARY) or item.operator(K.RELATIVE) == "which" or item.words in (("of",), ("value",), ("values",))
        or (item.operator(K.NEGATION) == "not" and not item.values)
    ) and not item.operator(K.NULL_CHECK) and not item.operator(K.COMPARISON):  # fmt: skip
        if item.operator(K.NEGATION) == "not":
            cursor.negated = not cursor.negated
        cursor.take()
    comparing = conditions.compare_operator(cursor)
    ordered = cursor.is_measure(noun.item) or cursor.is_time(noun.item) or comparing in ("eq", "ne")
    if comparing is not None and ordered:
        if conditions.read_comparison(cursor, noun):
            _leave_slot(cursor)
            return True
    elif cursor.op(K.COMPARISON_TO_AVERAGE) is not None:
        conditions.read_average_comparison(cursor, noun)
        _leave_slot(cursor)
        return True
    elif (cursor.op(K.NULL_CHECK) is not None and start != cursor.i) or (
        (cursor.op(K.NULL_CHECK) or "").startswith(("is", "not"))
        and cursor.item is not None
        and len(cursor.item.words) > 1
    ):
        conditions.read_null(cursor, noun)
        _leave_slot(cursor)
        return True
    elif conditions.read_text(cursor, noun):
        _leave_slot(cursor)
        return True
    elif (
        (number := cursor.item) is not None
        and number.number is not None
        and cursor.slot == "modifier"
        and cursor.is_measure(noun.item)
        and all(i.operator(K.AUXILIARY) in (None, "be") for i in cursor.items[start : cursor.i])
    ):
        taken = cursor.take()
        assert taken.number is not None
        suffix = cursor.op(K.COMPARISON_SUFFIX)
        if suffix:
            cursor.take()
        conditions.add(cursor, Condition("compare", noun=noun, operator=suffix or "eq", number=taken.number))
        return True
    for used in cursor.items[start : cursor.i]:
        used.used = False
    cursor.i, cursor.negated = start, negated
    return False


def _leave_slot(cursor: Cursor) -> None:
    if cursor.slot in ("group", "order", "target"):
        cursor.slot = "modifier"


def place_target(cursor: Cursor, noun: Noun) -> None:
    """A noun that is asked for: the root thing, or one more thing to show."""
    frame = cursor.frame
    negated = cursor.negated
    called = noun.item.words[-1] in ("name", "names")  # what things are called, not the things
    thing = (
        cursor.has_thing(noun.item) and cursor.best_is_thing(noun.item) and noun.owner is None and not called
    )
    if negated and (frame.asked or frame.root.thing is not None):
        _place_modifier(cursor, noun)
        return
    measuring = figures.measuring(cursor) and cursor.op(K.PREPOSITION, -2) == "by"
    if thing and measuring:  # "credits earned by students": who the figures belong to
        if frame.root.thing is None:
            frame.root.thing = noun
        return
    if thing and frame.root.thing is None:
        frame.root.thing = noun
        frame.root.target = not frame.asked or cursor.op(K.CONJUNCTION, -2) is not None
        if frame.root.target:
            frame.asked.append(Asked(noun=noun))
    else:
        frame.asked.append(Asked(noun=noun))


def _place_modifier(cursor: Cursor, noun: Noun) -> None:
    """A noun after what is asked: another thing that must be there, or one more thing to show."""
    frame = cursor.frame
    item = noun.item
    thing = cursor.has_thing(item) and cursor.best_is_thing(item) and noun.owner is None
    joined = cursor.op(K.CONJUNCTION, -2) == "and" or cursor.op(K.PRONOUN, -2) == "third"
    if thing:
        if frame.root.thing is None and not cursor.negated:
            frame.root.thing = noun
            return
        if cursor.negated or cursor.via is not None or not _same_as_open(cursor, noun):
            phrase = NounPhrase(noun, role=cursor.role, verbs=(cursor.verb,) if cursor.verb else ())
            phrase.all_of = cursor.op(K.QUANTIFIER, -2) == "all" or cursor.op(K.QUANTIFIER, -3) == "all"
            phrase.same = cursor.op(K.DETERMINER, -2) == "same" or cursor.op(K.COMPARISON, -2) == "eq"
            cursor.push(phrase)
            measures.exists(cursor, phrase)
        return
    same = cursor.ahead(-2)
    if same is not None and "same" in same.words:
        phrase = NounPhrase(noun, same=True)
        cursor.push(phrase)
        measures.exists(cursor, phrase)
        return
    if cursor.negated:
        cursor.negated = False
        cursor.frame.denied_verb = None
        conditions.add(cursor, Condition("null", noun=noun, operator="none"))
        return
    if (
        frame.rank is not None
        and frame.rank.measure is None
        and frame.rank.adjective is None
        and cursor.is_measure(item)
    ):
        frame.rank.measure = Measure([], noun)
        return
    introduced = joined or cursor.role == "with" or cursor.op(K.CONJUNCTION, -3) == "and"
    frame.asked.append(Asked(noun=noun, stray=not introduced))


def _same_as_open(cursor: Cursor, noun: Noun) -> bool:
    """Whether the noun only repeats a thing that is open already ("... of these employees")."""
    names = {target for target, _ in noun.candidates[:1]}
    for phrase in cursor.stack:
        if phrase.thing is not None and names & {target for target, _ in phrase.thing.candidates[:1]}:
            del cursor.stack[cursor.stack.index(phrase) + 1 :]
            return True
    return False
