"""Verbs, states and flags."""

from __future__ import annotations

from datacraft.contracts.semantic import Role
from datacraft.engines.semantic import conditions
from datacraft.engines.semantic.cursor import Cursor, K
from datacraft.engines.semantic.frame import (
    Condition,
)
from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.vocabulary import ColumnId


def is_flag(cursor: Cursor, item: Item) -> bool:
    """Whether the best reading of a span is a yes-or-no column or a named filter."""
    if not item.nouns or item.nouns[0].kind == "thing":
        return False
    target = cursor.vocabulary.targets[item.nouns[0].target]
    return item.nouns[0].kind == "filter" or (
        isinstance(target, ColumnId) and cursor.vocabulary.columns[target].role is Role.FLAG
    )


def read_flag(cursor: Cursor) -> bool:
    """A flag or a named filter, as a condition."""
    item = cursor.item
    if item is None or not is_flag(cursor, item) or cursor.slot in ("group", "order"):
        return False
    taken = cursor.take()
    kind = "named" if taken.nouns[0].kind == "filter" else "flag"
    condition = conditions.add(cursor, Condition(kind, noun=cursor.noun_of(taken)))
    condition.negated = condition.negated != taken.flag_negated
    return True


def acts_as_verb(cursor: Cursor, item: Item) -> bool:
    """`which department pays ...`, `... sent to Vienna`: a word that is both is a verb where one is due."""
    if item.verb is None or len(item.words) > 1:
        return False
    frame = cursor.frame
    following = cursor.ahead()
    if (
        (frame.root.thing is not None or frame.asked)
        and following is not None
        and item.verb.base == item.words[0]
        and following.operator(K.COMPARISON)
        and item.nouns[0].score < 0.95
        and cursor.op(K.PREPOSITION, -1) is None
        and cursor.op(K.RELATIVE, -1) is not None
    ):
        return True
    inflected = item.inflected and not item.words[0].endswith("s")
    if (
        inflected
        and cursor.is_time(item)
        and cursor.op(K.PREPOSITION, -1) is None
        and cursor.op(K.DETERMINER, -1) is None
    ):
        return True
    if cursor.slot == "target" and frame.question_word in ("thing", "person"):
        ranked_next = any(
            i.operator(K.SUPERLATIVE_COUNT) or i.adjective is not None
            for i in cursor.items[cursor.i + 1 : cursor.i + 3]
        )
        return ranked_next and (
            frame.root.thing is not None or bool(frame.asked) or frame.question_word == "person"
        )
    last = cursor.ahead() is None
    return cursor.slot in ("modifier", "group") and (inflected or last) and item.nouns[0].score < 0.8


def read_verb(cursor: Cursor) -> bool:
    """A verb: a state of things, a link between them, or unread where it says more than the data knows."""
    item = cursor.item
    if item is None or item.verb is None:
        return False
    if item.verb.base in ("order", "sort", "arrange", "rank") and cursor.op(K.ORDER, 1) is not None:
        cursor.take()
        return True
    following = cursor.ahead()
    compound = (
        following is not None
        and following.nouns
        and not cursor.has_thing(following)
        and item.words[-1].endswith("ing")
    )
    if compound and cursor.slot == "target" and not cursor.frame.asked:
        cursor.frame.unread.append(item)  # "marketing budget": a kind of budget that the data does not know
        cursor.i += 1
        return True
    if (
        item.adjective is not None
        and item.adjective.form == "base"
        and following is not None
        and following.nouns
    ):
        cursor.frame.unread.append(item)  # "major rivers": nothing says which those are
        cursor.i += 1
        return True
    manner = cursor.ahead(-1)
    if manner is not None and manner.words == ("how",) and item.inflected:
        cursor.frame.unread.append(item)  # "how satisfied": nothing in the data tells
        cursor.i += 1
        return True
    state = _is_state(cursor, item)
    cursor.take()
    cursor.clause += bool(cursor.frame.asked) and item.verb.base.split()[0] in (
        "come",
        "stem",
        "derive",
        "originate",
    )
    cursor.verb = item
    cursor.role = ""
    cursor.frame.verbs.append(item)
    if state:
        conditions.add(cursor, Condition("state", verb=item))
        return True
    if cursor.negated:
        cursor.frame.denied_verb = item
    if cursor.slot != "target" or cursor.frame.asked or cursor.frame.root.thing is not None:
        cursor.slot = "modifier"
    return True


def _is_state(cursor: Cursor, item: Item) -> bool:
    """`cancelled subscriptions`, `tickets that were closed`: a participle that says how things stand."""
    if not item.inflected or item.words[0].endswith(("ing", "s")):
        return False
    following = cursor.ahead()
    if (
        following is not None
        and following.nouns
        and cursor.best_is_thing(following)
        and cursor.slot == "target"
    ):
        return cursor.frame.question_word != "person"
    ends = (
        following is None
        or following.operator(K.GROUP) is not None
        or following.operator(K.CONJUNCTION) is not None
    )
    return ends and (cursor.frame.root.thing is not None or bool(cursor.frame.asked))


def read_undone(cursor: Cursor) -> bool:
    """`unpaid invoices`, `still open`: a state that is the opposite of a verb's."""
    item = cursor.item
    if item is None or item.nouns or item.values or len(item.words) > 1:
        return False
    word = item.words[0]
    done = (
        word[2:]
        if word.startswith("un")
        else next((w for w in cursor.lexicon.opposite(word) if cursor.lexicon.verb(w)), None)
    )
    verb = cursor.lexicon.verb(done) if done else None
    if verb is None or (item.verb is not None and item.verb.base != "open" and not word.startswith("un")):
        return False
    taken = cursor.take()
    taken.verb = verb
    condition = conditions.add(cursor, Condition("state", verb=taken))
    condition.negated = not condition.negated
    return True
