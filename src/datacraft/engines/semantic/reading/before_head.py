"""What stands before the head of a noun phrase: functions, ranks, numbers, small words, values, flags, states.

Each step takes up one kind of word, or passes the span on to the next. `HEAD` ends the search: what stands here
is the head, or nothing of the phrase.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from datacraft.contracts.plan import TimeUnit
from datacraft.engines.semantic.frame import grain_of
from datacraft.engines.semantic.lattice import Item, NumberSense
from datacraft.engines.semantic.lexicon import OperatorKind as K
from datacraft.engines.semantic.reading.units import Compared, Mark, Phrase

if TYPE_CHECKING:
    from datacraft.engines.semantic.reading.phrases import PhraseReader

HEAD = -1
_SIGNS = {"negative": "lt", "positive": "gt", "zero": "eq"}
_Step = Callable[["PhraseReader", Phrase, Item, int], int | None]


def before_head(reader: PhraseReader, phrase: Phrase, item: Item, j: int) -> int | None:
    """Take up what stands before the head; return where to go on, None where the head must come."""
    for step in _STEPS:
        end = step(reader, phrase, item, j)
        if end is not None:
            return None if end == HEAD else end
    return None


def _ends(reader: PhraseReader, phrase: Phrase, item: Item, j: int) -> int | None:
    stops = (
        item.symbol
        or item.part is not None
        or (item.quoted and not item.values)
        or item.operator(K.CONJUNCTION) in ("comma", "stop")
        or (item.time is not None and not item.nouns)
    )
    return HEAD if stops else None


def _function(reader: PhraseReader, phrase: Phrase, item: Item, j: int) -> int | None:
    following = reader.at(j + 1)
    if _aggregates(reader, item, following, phrase):
        name, _, percent = (item.operator(K.AGGREGATION) or "").partition(".")
        phrase.functions.append(name)
        phrase.fraction = float(percent) / 100 if percent else phrase.fraction
        return _past_of(reader, j + 1)
    percentile = following is not None and following.words[:1] == ("percentile",)
    if item.number is not None and item.number.ordinal and percentile:
        phrase.functions.append("percentile")
        phrase.fraction = float(item.number.value) / 100
        return _past_of(reader, j + 2)
    if item.operator(K.DISTINCT) and following is not None and reader.senses.names(item) < 0.9:
        phrase.distinct = True
        return j + 1
    return None


def _rank(reader: PhraseReader, phrase: Phrase, item: Item, j: int) -> int | None:
    if phrase.rank is None and not phrase.values and (ranked := reader.ranks.ranked(j)) is not None:
        phrase.rank = ranked[0]
        return _past_of(reader, ranked[1])
    return None


def _number(reader: PhraseReader, phrase: Phrase, item: Item, j: int) -> int | None:
    """`three orders`: how many, before what is counted."""
    following = reader.at(j + 1)
    taken = phrase.functions or phrase.rank is not None or phrase.number is not None
    plain = item.number is not None and not item.number.unit and not item.number.ordinal and not item.nouns
    if taken or not plain or following is None:
        return None
    if not (following.nouns or following.values or following.verb or following.operator(K.DISTINCT)):
        return None
    if item.values and following.operators and not following.nouns:
        return HEAD
    phrase.number = item
    return j + 1


def _small_word(reader: PhraseReader, phrase: Phrase, item: Item, j: int) -> int | None:
    """Quantifiers, pronouns and determiners, where the data has nothing of that name."""
    following = reader.at(j + 1)
    quantifier = item.operator(K.QUANTIFIER)
    if (
        quantifier in ("all", "both", "only")
        and reader.senses.names(item) < 0.9
        and not item.values
        and following is not None
    ):
        phrase.quantifier = quantifier
        return j + 1
    named = item.nouns or item.values
    if item.operator(K.PRONOUN) == "third" and not named:
        if item.words[-1] not in ("their", "its", "his", "her", "own"):
            return HEAD
        phrase.possessive = True
        return j + 1
    behind_phrase = bool(reader.units) and isinstance(reader.units[-1], Phrase)
    if item.operator(K.RELATIVE) and phrase.values and not named:
        return HEAD  # "women that cancelled a booking": the clause begins
    if item.operator(K.RELATIVE) and behind_phrase and item.start == phrase.start:
        return HEAD  # "countries that border": not "that border"
    if item.operator(K.DETERMINER) and not named:
        phrase.determiner = item.operator(K.DETERMINER) or ""
        return j + 1
    if item.operator(K.PRONOUN) in ("first", "second") and not named and following is not None:
        return j + 1
    return None


def _rhythm(reader: PhraseReader, phrase: Phrase, item: Item, j: int) -> int | None:
    """`monthly revenue`: a calendar unit said as an adjective."""
    following = reader.at(j + 1)
    adjective = item.words[-1].endswith("ly") or item.words == ("annual",)
    if item.grain not in tuple(TimeUnit) or not adjective or item.nouns or following is None:
        return None
    if not (following.nouns or following.operator(K.AGGREGATION)):
        return None
    phrase.rhythm = grain_of(item)
    return j + 1


def _sign(reader: PhraseReader, phrase: Phrase, item: Item, j: int) -> int | None:
    """`products with negative profit`."""
    sign = _SIGNS.get(item.words[0]) if len(item.words) == 1 and not item.values else None
    if sign is None or not reader.senses.is_measure(reader.at(j + 1)):
        return None
    phrase.count = Compared(sign, NumberSense(0), start=item.start, end=item.end, item=item)
    return j + 1


def _value(reader: PhraseReader, phrase: Phrase, item: Item, j: int) -> int | None:
    if item.values and reader.values.prefers_value(item, reader.at(j + 1)):
        return reader.values.read(phrase, j)
    return None


def _said_of_head(reader: PhraseReader, phrase: Phrase, item: Item, j: int) -> int | None:
    """Flags, states and adjectives of the head."""
    following = reader.at(j + 1)
    alone = following is None or not (following.nouns or following.values)
    if reader.senses.is_flag(item) and not _grouping(reader, alone):
        phrase.flags.append(item)
        return j + 1
    if _participle(reader, item, following):
        phrase.states.append(item)
        return j + 1
    base = item.adjective is not None and item.adjective.form == "base"
    if base and not item.nouns and following is not None and (following.nouns or following.values):
        phrase.adjectives.append(item)
        return j + 1
    return None


_STEPS: tuple[_Step, ...] = (
    _ends, _function, _rank, _number, _small_word, _rhythm, _sign, _value, _said_of_head,
)  # fmt: skip


def _past_of(reader: PhraseReader, j: int) -> int:
    """Step over "of (the)" and determiners, where a noun phrase goes on behind them."""
    k = j
    while (
        (item := reader.at(k)) is not None
        and not item.nouns
        and not item.values
        and not item.number
        and (
            item.operator(K.PREPOSITION) == "of"
            or item.words == ("of", "all")
            or item.operator(K.DETERMINER)
            or item.operator(K.FILLER)
        )
    ):
        k += 1
    return k if item is not None else j


def _grouping(reader: PhraseReader, alone: bool) -> bool:
    before = reader.units[-1] if reader.units else None
    act = reader.units[-2] if len(reader.units) > 1 else None
    by = isinstance(before, Mark) and before.item.words == ("by",)
    if alone and by and isinstance(act, Mark) and act.kind == "verb":
        return False  # "reported by admins": those who are so
    return isinstance(before, Mark) and before.kind in ("group", "order")


def _aggregates(reader: PhraseReader, item: Item, following: Item | None, phrase: Phrase) -> bool:
    if item.operator(K.AGGREGATION) is None:
        return False
    if reader.senses.names(item) > 0.9:
        goes_on = following is not None and (following.nouns or following.operator(K.PREPOSITION) == "of")
        return bool(goes_on) and not phrase.functions
    return True


def _participle(reader: PhraseReader, item: Item, following: Item | None) -> bool:
    """`cancelled orders`, `unpaid invoices`: a word before the noun that says how things stand."""
    if following is not None and following.nouns and not item.nouns and reader.senses.undone(item):
        return True
    if (
        not item.inflected
        or item.words[0].endswith("s")
        or item.operators
        or reader.senses.names(item) >= 0.9
    ):
        return False
    if following is None or not following.nouns:
        return False
    return not item.words[0].endswith("ing") or reader.senses.is_thing(following)
