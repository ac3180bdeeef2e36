"""Noun phrases: a head, what stands before it, and what belongs to it from behind."""

from __future__ import annotations

from collections.abc import Sequence

from datacraft.contracts.plan import DatePart, TimeUnit
from datacraft.engines.semantic.frame import Grain
from datacraft.engines.semantic.lattice import Item, NumberSense
from datacraft.engines.semantic.lexicon import OperatorKind as K
from datacraft.engines.semantic.reading.clauses import needs_verb
from datacraft.engines.semantic.reading.numbers import Numbers
from datacraft.engines.semantic.reading.ranks import Ranks
from datacraft.engines.semantic.reading.senses import Senses
from datacraft.engines.semantic.reading.units import Compared, Mark, Phrase, Unit
from datacraft.engines.semantic.reading.values import ValueReader

_SIGNS = {"negative": "lt", "positive": "gt", "zero": "eq"}
_COUNT_NOUNS = frozenset({"count", "counts", "volume", "frequency", "number", "numbers", "tally"})
_GENERIC_HEADS = frozenset({"level", "type", "kind", "company", "tier", "bracket", "name", "names", "types", "levels", "group", "groups", "wise", "figure", "figures", "record", "records", "entry", "entries"})  # fmt: skip
_AMOUNTS = frozenset({"value", "amount", "size", "worth", "volume"})
_MEASURE_HEADS = frozenset(
    {
        "rating",
        "score",
        "amount",
        "value",
        "figure",
        "figures",
        "level",
        "levels",
        "total",
        "number",
        "rate",
        "rates",
    }
)
_NAMING = frozenset({"name", "call", "title", "entitle", "label", "locate", "base", "situate"})
_LINKS = frozenset(
    {"is", "=", "equal", "equals", "named", "called", "titled", "are", "was", "were", "either"}
)


class PhraseReader:
    """Reads noun phrases; `read` returns the phrase that starts at a place and where to go on."""

    def __init__(
        self, items: Sequence[Item], senses: Senses, numbers: Numbers, ranks: Ranks, units: list[Unit]
    ) -> None:
        self.items = items
        self.senses = senses
        self.numbers = numbers
        self.ranks = ranks
        self.units = units
        self.values = ValueReader(items, senses)

    def at(self, i: int) -> Item | None:
        """Return the span at a place, None outside."""
        return self.items[i] if 0 <= i < len(self.items) else None

    def read(self, i: int) -> tuple[Phrase | None, int]:
        """Read the noun phrase that starts at a place; None where there is none."""
        phrase = Phrase(self.items[i].start)
        j = i
        while (item := self.at(j)) is not None:
            end = self._before_head(phrase, item, j)
            if end is None:
                break
            j = end
        item = self.at(j)
        if item is not None and item.nouns and self._may_head(phrase, item):
            phrase.head = item
            j = self._behind_head(phrase, j + 1)
        elif (
            item is not None
            and item.grain
            and not item.time
            and not (item.operators and item.operator(K.GROUP))
        ):
            phrase.grain = grain_of(item)
            j += 1
        else:
            j = self._without_trailing(phrase, i, j)
        content = phrase.head or phrase.grain or phrase.values or phrase.flags or phrase.functions
        if not content:
            return None, i
        if (
            phrase.head is None
            and phrase.grain is None
            and phrase.rank is not None
            and not (phrase.values or phrase.flags or phrase.functions)
        ):
            return None, i
        phrase.end = self.items[j - 1].end
        return phrase, j

    def _may_head(self, phrase: Phrase, item: Item) -> bool:
        if item.operator(K.LEAD_IN) and not phrase.functions and item.nouns[0].score < 0.9:
            return False
        if item.operator(K.AUXILIARY) and item.text.islower():
            return False  # "how many did he have", though there is a column `did`
        if self.senses.undone(item) is not None and self.senses.is_time(item):
            return False  # "still unresolved", where there is a date of resolving
        past = item.inflected and not item.words[0].endswith(("s", "ing"))
        return not (
            past and item.nouns[0].score < 0.9
        )  # "opened after 1950", though there is an opening date

    def _without_trailing(self, phrase: Phrase, i: int, j: int) -> int:
        """Give back small words that nothing followed."""
        while j > i + 1:
            last = self.items[j - 1]
            if (
                last.nouns
                or last.values
                or last.number
                or last.operator(K.AGGREGATION)
                or last.adjective
                or last.verb
            ):
                break
            j -= 1
        return j

    def _before_head(self, phrase: Phrase, item: Item, j: int) -> int | None:
        """Take up what stands before the head; return where to go on, None where the head must come."""
        if (
            item.symbol
            or (item.quoted and not item.values)
            or item.operator(K.CONJUNCTION) in ("comma", "stop")
        ):
            return None
        following = self.at(j + 1)
        if item.time is not None and not item.nouns:
            return None
        if self._aggregates(item, following, phrase):
            name, _, percent = (item.operator(K.AGGREGATION) or "").partition(".")
            phrase.functions.append(name)
            phrase.fraction = float(percent) / 100 if percent else phrase.fraction
            return self._past_of(j + 1)
        if (
            item.number is not None
            and item.number.ordinal
            and following is not None
            and following.words[:1] == ("percentile",)
        ):
            phrase.functions.append("percentile")
            phrase.fraction = float(item.number.value) / 100
            return self._past_of(j + 2)
        if item.operator(K.DISTINCT) and following is not None and self.senses.names(item) < 0.9:
            phrase.distinct = True
            return j + 1
        if phrase.rank is None and not phrase.values and (ranked := self.ranks.ranked(j)) is not None:
            phrase.rank = ranked[0]
            return self._past_of(ranked[1])
        if (
            not phrase.functions
            and phrase.rank is None
            and phrase.number is None
            and item.number is not None
            and not item.number.unit
            and not item.number.ordinal
            and not item.nouns
            and following is not None
            and (following.nouns or following.values or following.verb or following.operator(K.DISTINCT))
        ):
            if item.values and following.operators and not following.nouns:
                return None
            phrase.number = item
            return j + 1
        quantifier = item.operator(K.QUANTIFIER)
        if (
            quantifier in ("all", "both", "only")
            and self.senses.names(item) < 0.9
            and not item.values
            and following is not None
        ):
            phrase.quantifier = quantifier
            return j + 1
        if item.operator(K.PRONOUN) == "third" and not item.nouns and not item.values:
            if item.words[-1] not in ("their", "its", "his", "her", "own"):
                return None
            phrase.possessive = True
            return j + 1
        if (
            item.operator(K.RELATIVE)
            and self.units
            and isinstance(self.units[-1], Phrase)
            and item.start == phrase.start
        ):
            return None  # "countries that border": not "that border"
        if item.operator(K.DETERMINER) and not item.nouns and not item.values:
            phrase.determiner = item.operator(K.DETERMINER) or ""
            return j + 1
        if (
            item.operator(K.PRONOUN) in ("first", "second")
            and not item.nouns
            and not item.values
            and following is not None
        ):
            return j + 1
        if (
            item.grain in tuple(TimeUnit)
            and (item.words[-1].endswith("ly") or item.words == ("annual",))
            and following is not None
            and (following.nouns or following.operator(K.AGGREGATION))
            and not item.nouns
        ):
            phrase.rhythm = grain_of(item)
            return j + 1
        if (
            len(item.words) == 1
            and item.words[0] in _SIGNS
            and not item.values
            and self.senses.is_measure(following)
        ):
            number = NumberSense(0)
            phrase.count = Compared(_SIGNS[item.words[0]], number, start=item.start, end=item.end, item=item)
            return j + 1  # "products with negative profit"
        if item.values and self.values.prefers_value(item, following):
            return self.values.read(phrase, j)
        if self.senses.is_flag(item) and not self._grouping():
            phrase.flags.append(item)
            return j + 1
        if self._participle(item, following):
            phrase.states.append(item)
            return j + 1
        if (
            item.adjective is not None
            and item.adjective.form == "base"
            and not item.nouns
            and following is not None
            and (following.nouns or following.values)
        ):
            phrase.adjectives.append(item)
            return j + 1
        return None

    def _past_of(self, j: int) -> int:
        """Step over "of (the)" and determiners, where a noun phrase goes on behind them."""
        k = j
        while (
            (item := self.at(k)) is not None
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

    def _grouping(self) -> bool:
        before = self.units[-1] if self.units else None
        return isinstance(before, Mark) and before.kind in ("group", "order")

    def _aggregates(self, item: Item, following: Item | None, phrase: Phrase) -> bool:
        if item.operator(K.AGGREGATION) is None:
            return False
        if self.senses.names(item) > 0.9:
            goes_on = following is not None and (following.nouns or following.operator(K.PREPOSITION) == "of")
            return bool(goes_on) and not phrase.functions
        return True

    def _participle(self, item: Item, following: Item | None) -> bool:
        """`cancelled orders`, `unpaid invoices`: a word before the noun that says how things stand."""
        if following is not None and following.nouns and not item.nouns and self.senses.undone(item):
            return True
        if (
            not item.inflected
            or item.words[0].endswith("s")
            or item.operators
            or self.senses.names(item) >= 0.9
        ):
            return False
        if following is None or not following.nouns:
            return False
        return not item.words[0].endswith("ing") or self.senses.is_thing(following)

    def _behind_head(self, phrase: Phrase, j: int) -> int:
        """Take up what belongs to the head from behind: its own column, a counting word, the value it names."""
        head = phrase.head
        assert head is not None
        following = self.at(j)
        if (
            following is not None
            and following.nouns
            and not following.operators
            and following.start == head.end
            and not following.flag_negated
        ):
            verb_like = (
                following.inflected
                and not following.words[0].endswith("s")
                and self.senses.names(following) < 0.9
            )
            after = self.at(j + 1)
            verb_like = verb_like or (
                following.verb is not None and self.senses.names(following) < 0.75
                and (after is None or after.operator(K.SUPERLATIVE_COUNT) is not None or after.operator(K.COMPARISON) is not None)
            )  # fmt: skip
            verb_like = verb_like or (following.verb is not None and self._lacks_verb(phrase, j))
            value_like = following.values and following.values[0].score > following.nouns[0].score
            if (
                self.senses.is_thing(head)
                and (self.senses.owns(head, following) or self.senses.near(head, following))
                and not verb_like
                and not value_like
                and not self.senses.is_thing(following)
            ) or (
                self.senses.is_thing(head)
                and self.senses.is_thing(following)
                and not verb_like
                and not value_like
                and not self._starts_clause(j)
            ):
                phrase.owner, phrase.head = head, following
                head, j = following, j + 1
                following = self.at(j)
        if (
            following is not None
            and self.senses.names(following) < 0.9
            and following.words[-1] in _COUNT_NOUNS
            and following.operator(K.AGGREGATION) == "count"
            and self.senses.is_dimension(head)
        ):
            phrase.counted = True
            phrase.functions.append("count")
            return j + 1
        if (
            following is not None
            and not following.nouns
            and not following.values
            and following.words == ("volume",)
            and self.senses.is_measure(head)
        ):
            return j + 1
        if (
            following is not None and not following.nouns and not following.values and following.words[0] in _AMOUNTS
            and self.senses.is_thing(head)
        ):  # fmt: skip
            if not phrase.functions and phrase.rank is None:
                phrase.functions.append("sum")
            return j + 1  # "average order line value": of the amount that each has
        if (
            following is not None
            and not following.values
            and following.words[0] in _GENERIC_HEADS
            and following.start == head.end
            and not self.senses.is_measure(head)
            and self.senses.names(following) < 0.9
        ):
            j += 1
        if (
            following is not None and not following.nouns and not following.values and following.words[0] in _MEASURE_HEADS
            and following.start == head.end and self.senses.is_measure(head)
        ):  # fmt: skip
            j += 1  # "satisfaction rating", "salary amount": the head says no more than the number does
        return self._named_value(phrase, j)

    def _lacks_verb(self, phrase: Phrase, j: int) -> bool:
        """Whether the word behind the head is the verb of a question that has none otherwise."""
        phrase.end = self.items[j - 1].end
        self.units.append(phrase)
        try:
            return needs_verb(self.items, self.units, self.numbers, self.ranks, j)
        finally:
            self.units.pop()

    def _starts_clause(self, j: int) -> bool:
        """Whether the noun at a place is the subject or verb of a clause of its own ("products customers buy")."""
        following = self.at(j + 1)
        return (
            following is not None
            and (following.verb is not None or following.operator(K.AUXILIARY) is not None)
            and not following.nouns
        )

    def _named_value(self, phrase: Phrase, j: int) -> int:
        """`category Technology`, `the state of Texas`, `customer named "John Smith"`, `status is not active`."""
        head = phrase.head
        assert head is not None
        if head.flag_negated or phrase.functions or phrase.rank is not None or phrase.counted:
            return j
        at, negated = j, False
        while (item := self.at(at)) is not None and at < j + 4 and not item.values:
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
        if item.number is not None and not item.quoted and self.senses.is_measure(head):
            return j
        if not self.senses.names_column_of(head, item):
            return j
        end = self.values.read(phrase, at)
        phrase.values[-1].hint, phrase.values[-1].negated = head, negated
        phrase.named = True
        return end


def grain_of(item: Item) -> Grain:
    """Return a calendar unit, or a cyclic part of a date, as something to group by."""
    if item.grain in tuple(TimeUnit):
        return Grain(unit=TimeUnit(item.grain), item=item)
    return Grain(part=DatePart(item.grain), item=item)
