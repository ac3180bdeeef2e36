"""Lead-ins, question words, conjunctions and the other small words: they move the reader between slots."""

from __future__ import annotations

from datacraft.engines.semantic import conditions
from datacraft.engines.semantic.cursor import Cursor, K
from datacraft.engines.semantic.frame import (
    Asked,
)
from datacraft.engines.semantic.lexicon.model import STOP_KINDS

_OPENS_MODIFIER = ("in", "with", "for", "from", "to", "at", "on", "within", "by", "among", "about", "between", "during", "than", "against")  # fmt: skip


def read_why_not(cursor: Cursor) -> bool:
    """`why not Canada`: said after an answer, it leaves something out."""
    item = cursor.item
    if item is None or item.words not in (("why",), ("why", "not")) or cursor.i > 0:
        return False
    cursor.take()
    if item.words == ("why", "not"):
        cursor.negated = True
    return True


def read_lead(cursor: Cursor) -> bool:
    """`show me`, `what is the`: carries nothing, and may start a second request."""
    item = cursor.item
    if item is None or item.operator(K.LEAD_IN) is None or item.nouns or item.values:
        return False
    if cursor.slot != "target" and cursor.op(K.CONJUNCTION, -1) is not None:
        cursor.slot = "target"
    cursor.take()
    return True


def read_question_word(cursor: Cursor) -> bool:
    """`who`, `when`, `how long`: what kind of thing is asked for."""
    found = cursor.op(K.QUESTION_WORD)
    attribute = cursor.op(K.QUESTION_ATTRIBUTE)
    if found is None and attribute is None:
        return False
    if cursor.frame.asked or cursor.frame.root.thing is not None:
        if cursor.op(K.RELATIVE) is not None:
            return False
        cursor.slot = "target"
    item = cursor.item
    if item is not None and attribute is not None:
        hits = cursor.vocabulary.lookup((attribute,))
        if hits:
            taken = cursor.take()
            taken.nouns = hits
            cursor.frame.asked.append(Asked(noun=cursor.noun_of(taken)))
            cursor.slot = "modifier"
            return True
    if found is None:
        cursor.frame.lost.append(cursor.take().text)  # "how satisfied": nothing in the data tells
        return True
    cursor.take()
    if not cursor.frame.asked:
        cursor.frame.question_word = found
    return True


_ALWAYS_CONTENT = frozenset({K.COMPARATIVE_COUNT, K.SUPERLATIVE_COUNT, K.AGGREGATION})


_CONTENT = frozenset(
    {K.AGGREGATION, K.COMPARISON, K.COMPARATIVE_COUNT, K.SUPERLATIVE_COUNT, K.COMPARISON_TO_AVERAGE, K.LIMIT, K.SHARE,
     K.RATIO, K.WINDOW, K.TIME_COMPARISON, K.NULL_CHECK, K.TEXT_MATCH, K.ARITHMETIC, K.CORRELATION}
)  # fmt: skip


def read_small_word(cursor: Cursor) -> bool:
    """Conjunctions, prepositions, auxiliaries, relatives: they move the reader between slots."""
    item = cursor.item
    if item is None or not (item.operators or item.symbol):
        return False
    conjunction = item.operator(K.CONJUNCTION)
    preposition = item.operator(K.PREPOSITION)
    relative = item.operator(K.RELATIVE)
    if conjunction is not None:
        cursor.take()
        _after_conjunction(cursor, conjunction)
        return True
    cursor.take()
    kinds = {sense.kind for sense in item.operators}
    if kinds & _ALWAYS_CONTENT or (kinds & _CONTENT and not kinds & STOP_KINDS):
        cursor.frame.lost.append(item.text)  # a word that computes or compares, and nothing took it up
    if item.operator(K.QUANTIFIER) == "both":
        cursor.both = True
    if item.operator(K.DISTINCT):
        cursor.frame.distinct = True
    if item.operator(K.QUANTIFIER) == "all" and cursor.slot == "target":
        cursor.frame.show_all = True
    if relative is not None:
        cursor.slot = "modifier" if cursor.frame.asked or cursor.frame.root.thing is not None else cursor.slot
        cursor.role = ""
        cursor.clause += 1
    elif preposition is not None:
        if preposition in _OPENS_MODIFIER and (
            cursor.frame.asked or cursor.frame.root.thing is not None or cursor.frame.distribution
        ):
            cursor.slot = "modifier"
        cursor.role = preposition
    elif item.operator(K.AUXILIARY) is not None and (
        cursor.frame.asked or cursor.frame.root.thing is not None
    ):
        cursor.slot = "modifier"
    return True


def _after_conjunction(cursor: Cursor, word: str) -> None:
    """`and` may go on with what is shown, or start another restriction."""
    if word == "or":
        cursor.or_next = True
        return
    if word == "but":
        cursor.clause += 1
        return
    item = cursor.item
    if item is None:
        return
    if cursor.slot in ("group", "order"):
        at = cursor.skip_count(K.GROUP)
        following = cursor.ahead(at) if at else item
        if (
            following is not None
            and (following.nouns or following.grain)
            and not following.values
            and not cursor.is_measure(following)
        ):
            return
        cursor.slot = "modifier"
    if word == "and":
        cursor.clause += 1
    asks_again = (
        item.operator(K.QUESTION_WORD) is not None
        or item.operator(K.PRONOUN) == "third"
        or item.operator(K.AGGREGATION) in ("count", "sum", "avg", "count_distinct")
        or item.operator(K.LEAD_IN) is not None
    )
    if asks_again and cursor.slot == "modifier" and conditions.compare_operator(cursor) is None:
        cursor.slot = "target"
        del cursor.stack[1:]
