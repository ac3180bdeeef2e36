"""What belongs to the head of a noun phrase from behind: its own column, a counting word, the value it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.lexicon import OperatorKind as K
from datacraft.engines.semantic.reading.clauses import needs_verb
from datacraft.engines.semantic.reading.units import Mark, Phrase

if TYPE_CHECKING:
    from datacraft.engines.semantic.reading.phrases import PhraseReader

_COUNT_NOUNS = frozenset({"count", "counts", "volume", "frequency", "number", "numbers", "tally"})
_GENERIC_HEADS = frozenset({
    "level", "levels", "type", "types", "kind", "company", "tier", "bracket", "name", "names", "group", "groups",
    "wise", "figure", "figures", "record", "records", "entry", "entries",
})  # fmt: skip
_AMOUNTS = frozenset({"value", "amount", "size", "worth", "volume"})
_MEASURE_HEADS = frozenset({
    "rating", "score", "amount", "value", "figure", "figures", "level", "levels", "total", "number", "rate", "rates",
})  # fmt: skip
_NAMING = frozenset({"name", "call", "title", "entitle", "label", "locate", "base", "situate"})
_LINKS = frozenset(
    {"is", "=", "equal", "equals", "named", "called", "titled", "are", "was", "were", "either"}
)


def behind_head(reader: PhraseReader, phrase: Phrase, j: int) -> int:
    """Take up what belongs to the head from behind; return where to go on."""
    j = _own_column(reader, phrase, j)
    counted = _counting_word(reader, phrase, j)
    return counted if counted is not None else _named_value(reader, phrase, _empty_word(reader, phrase, j))


def _own_column(reader: PhraseReader, phrase: Phrase, j: int) -> int:
    """`customer name`: the thing owns what follows, and that is the head."""
    head, following, senses = phrase.head, reader.at(j), reader.senses
    assert head is not None
    if following is None or not following.nouns or following.operators:
        return j
    if following.start != head.end or following.flag_negated or not senses.is_thing(head):
        return j
    if following.nouns[0].kind == "filter":
        return j  # "subscriptions still running"
    if following.values and following.values[0].score > following.nouns[0].score:
        return j
    if _is_verb(reader, phrase, following, j):
        return j
    owned = senses.owns(head, following) or senses.near(head, following)
    if (owned and not senses.is_thing(following)) or (
        senses.is_thing(following) and not _starts_clause(reader, j)
    ):
        phrase.owner, phrase.head = head, following
        return j + 1
    return j


def _is_verb(reader: PhraseReader, phrase: Phrase, following: Item, j: int) -> bool:
    """Whether the word behind the head, though it names a part of the data, is the question's verb."""
    named = reader.senses.names(following)
    act = reader.senses.lexicon.verb(following.words[0]) if len(following.words) == 2 else None
    if (
        act is not None
        and following.words[1] in ("at", "on", "in", "by")
        and reader.senses.is_time(following)
    ):
        return True  # "lines sold at full price", where there is a column `sold_at`
    past = following.inflected and not following.words[0].endswith(("s", "ing"))
    if past and named >= 0.9 and reader.senses.is_dated(following):
        return _is_dated(reader.at(j + 1))  # "rangers hired after 2015", where there is a column `hired`
    if following.inflected and not following.words[0].endswith("s") and named < 0.9:
        return True
    if following.verb is None:
        return False
    if following.words[0] == following.verb.base and named < 0.9 and _did(reader):
        return True  # "how many goals did each club score"
    after = reader.at(j + 1)
    counts = (
        after is None
        or after.operator(K.SUPERLATIVE_COUNT) is not None
        or after.operator(K.COMPARISON) is not None
    )
    return (named < 0.75 and counts) or _lacks_verb(reader, phrase, j)


def _did(reader: PhraseReader) -> bool:
    """Whether "do" or "did" stands right before the phrase, so that its verb is still to come."""
    before = reader.units[-1] if reader.units else None
    if isinstance(before, Mark) and before.kind == "group" and len(reader.units) > 1:
        before = reader.units[-2]
    return isinstance(before, Mark) and before.kind == "auxiliary" and before.value == "do"


def _is_dated(following: Item | None) -> bool:
    """Whether a period, or what leads one in, comes next."""
    return following is not None and (
        following.time is not None
        or following.operator(K.TIME_COMPARISON) is not None
        or following.words[0] in ("in", "on", "during", "since", "after", "before", "between", "last", "this")
    )


def _counting_word(reader: PhraseReader, phrase: Phrase, j: int) -> int | None:
    """`customer count`, `revenue volume`, `average order line value`: what the word makes of the head."""
    head, following, senses = phrase.head, reader.at(j), reader.senses
    assert head is not None
    if following is None:
        return None
    counting = following.words[-1] in _COUNT_NOUNS and following.operator(K.AGGREGATION) == "count"
    if counting and senses.names(following) < 0.9 and senses.is_dimension(head):
        phrase.counted = True
        phrase.functions.append("count")
        return j + 1
    if following.nouns or following.values:
        return None
    if following.words == ("volume",) and senses.is_measure(head):
        return j + 1
    compared = reader.numbers.compared(j + 1) is not None  # "goods worth more than 100": a verb
    if following.words[0] in _AMOUNTS and senses.is_thing(head) and not compared:
        if not phrase.functions and phrase.rank is None:
            phrase.functions.append("sum")
        return j + 1  # of the amount that each has
    return None


def _empty_word(reader: PhraseReader, phrase: Phrase, j: int) -> int:
    """`membership type`, `satisfaction rating`: a word that says no more than the head does."""
    head, following, senses = phrase.head, reader.at(j), reader.senses
    assert head is not None
    generic = following is not None and not following.values and following.words[0] in _GENERIC_HEADS
    if (
        generic
        and following is not None
        and following.start == head.end
        and not senses.is_measure(head)
        and senses.names(following) < 0.9
    ):
        return j + 1
    if following is None or following.nouns or following.values or following.start != head.end:
        return j
    return j + 1 if following.words[0] in _MEASURE_HEADS and senses.is_measure(head) else j


def _lacks_verb(reader: PhraseReader, phrase: Phrase, j: int) -> bool:
    """Whether the word behind the head is the verb of a question that has none otherwise."""
    phrase.end = reader.items[j - 1].end
    reader.units.append(phrase)
    try:
        return needs_verb(reader.items, reader.units, reader.numbers, reader.ranks, j)
    finally:
        reader.units.pop()


def _starts_clause(reader: PhraseReader, j: int) -> bool:
    """Whether the noun at a place is the subject or verb of a clause of its own ("products customers buy")."""
    following = reader.at(j + 1)
    return (
        following is not None
        and (following.verb is not None or following.operator(K.AUXILIARY) is not None)
        and not following.nouns
    )


def _named_value(reader: PhraseReader, phrase: Phrase, j: int) -> int:
    """`category Technology`, `the state of Texas`, `customer named "John Smith"`, `status is not active`."""
    head = phrase.head
    assert head is not None
    if head.flag_negated or phrase.functions or phrase.rank is not None or phrase.counted:
        return j
    at, negated = j, False
    while (item := reader.at(at)) is not None and at < j + 4 and not item.values:
        if item.operator(K.NEGATION) is not None:
            negated = not negated
        elif not (
            item.words[-1] in _LINKS or item.words == ("of",) or item.symbol in ("=", "!=")
            or item.operator(K.COMPARISON) in ("eq", "ne") or item.operator(K.AUXILIARY) == "be"
            or item.operator(K.DETERMINER) == "the" or (item.verb is not None and item.verb.base in _NAMING)
        ):  # fmt: skip
            return j
        if item.symbol == "!=" or item.operator(K.COMPARISON) == "ne":
            negated = True
        at += 1
    if item is None or not item.values or (item.time is not None and not item.quoted and at > j):
        return j
    if item.nouns and not item.quoted and at == j and item.nouns[0].score > 0.9:
        return j
    if item.number is not None and not item.quoted and reader.senses.is_measure(head):
        return j
    if not reader.senses.names_column_of(head, item):
        return j
    end = reader.values.read(phrase, at)
    phrase.values[-1].hint, phrase.values[-1].negated = head, negated
    phrase.named = True
    return end
