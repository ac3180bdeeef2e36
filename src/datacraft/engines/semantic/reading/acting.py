"""Words that are the verb of a question, though the data has something of their name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.lexicon import OperatorKind as K
from datacraft.engines.semantic.reading.clauses import needs_verb
from datacraft.engines.semantic.reading.units import Compared, Mark, Phrase, Unit

if TYPE_CHECKING:
    from datacraft.engines.semantic.reading.chunks import Chunker


def verb_after_subject(chunker: Chunker, i: int) -> tuple[Unit, int] | None:
    """A word that is a noun too, where a verb is due."""
    item = chunker.items[i]
    if item.verb is None or len(item.words) > 1 or not chunker.units:
        return None
    if not item.nouns and not item.values:
        return None
    if item.text[:1].isupper() and item.values and item.values[0].how == "exact":
        return None  # "not in Hiking", where a club is called so
    if needs_verb(chunker.items, chunker.units, chunker.numbers, chunker.ranks, i):
        return Mark("verb", item.verb.base, item), i + 1
    before = chunker.units[-1]
    following = chunker.at(i + 1)
    if (
        _lacks_its_verb(chunker)
        and not (following is not None and following.nouns)
        and isinstance(before, Phrase)
        and item.words[0] == item.verb.base
        and not item.values
    ):
        return Mark("verb", item.verb.base, item), i + 1  # "how much did members pay"
    name = chunker.senses.names(item)
    if _is_done_by_asked(chunker, item, following):
        return Mark("verb", item.verb.base, item), i + 1
    if (
        isinstance(before, Phrase)
        and before.end == item.start
        and item.inflected
        and not item.words[0].endswith("s")
    ):
        ends = following is None or following.operator(K.GROUP) or following.operator(K.CONJUNCTION)
        if ends and item.words[0].endswith("ing") and chunker.senses.is_measure(item):
            return None  # "customer spending by region"
        noun_next = following is not None and following.nouns and not following.operators
        return (
            None
            if noun_next and name >= 0.9 and item.words[0].endswith("ing")
            else (Mark("verb", item.verb.base, item), i + 1)
        )
    if not isinstance(before, Mark):
        return None
    due = (
        before.kind == "relative"
        or (before.kind == "auxiliary" and before.value in ("do", "modal", "have"))
        or (before.kind == "question_word" and before.value == "person")
        or (before.kind == "negation" and before.value in ("not", "never"))
        or (before.value == "to" and len(chunker.units) > 1 and isinstance(chunker.units[-2], Compared))
    )  # "took a week to ship"
    passive = (
        before.kind == "auxiliary"
        and before.value == "be"
        and item.inflected
        and not item.words[0].endswith("s")
    )
    if (due and name < 0.98) or (passive and not item.values):
        return Mark("verb", item.verb.base, item), i + 1
    return None


def _lacks_its_verb(chunker: Chunker) -> bool:
    """`how much did members of the club ...`: behind "did" and its subject the verb is still to come."""
    for unit in reversed(chunker.units):
        if isinstance(unit, Mark) and unit.kind in ("verb", "conjunction"):
            return False
        if isinstance(unit, Mark) and unit.item.words[-1] in ("do", "does", "did"):
            return True
    return False


def _is_done_by_asked(chunker: Chunker, item: Item, following: Item | None) -> bool:
    """`which players play for ...`, where matches are plays too: behind the plural that is asked for, its verb."""
    if len(chunker.units) != 2 or following is None or item.values or chunker.senses.names(item) >= 0.9:
        return False
    asks, doers = chunker.units
    plural = isinstance(doers, Phrase) and doers.head is not None and doers.head.words[-1].endswith("s")
    base = item.verb is not None and item.words == (item.verb.base,)
    goes_on = following.operator(K.PREPOSITION) or following.operator(K.DETERMINER) or following.values
    return plural and base and bool(goes_on) and isinstance(asks, Mark) and asks.kind == "question_word"


def act_named_by_date(chunker: Chunker, i: int) -> tuple[Unit, int] | None:
    """`lines sold at full price`, where there is a column `sold_at`: behind a noun it is the verb."""
    item = chunker.items[i]
    if len(item.words) != 2 or item.words[1] not in ("at", "on", "in", "by") or not chunker.units:
        return None
    before, verb = chunker.units[-1], chunker.lexicon.verb(item.words[0])
    behind = isinstance(before, Phrase) or (
        isinstance(before, Mark) and before.kind in ("auxiliary", "relative")
    )
    if verb is None or not behind or not chunker.senses.is_time(item) or chunker.at(i + 1) is None:
        return None
    item.verb = verb
    return Mark("verb", verb.base, item), i + 1


def plain_verb(chunker: Chunker, i: int) -> tuple[Unit, int] | None:
    """A verb, or a word for what is not done yet ("still open")."""
    item = chunker.items[i]
    if not item.verb and chunker.senses.undone(item):
        return Mark("verb", item.words[0], item), i + 1
    if item.verb is None or any(sense.kind in (K.AUXILIARY, K.PREPOSITION) for sense in item.operators):
        return None
    return Mark("verb", item.verb.base, item), i + 1
