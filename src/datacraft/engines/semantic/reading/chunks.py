"""Put the spans of a question together into units: noun phrases, comparisons, ranks, periods, and the words between."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from datacraft.contracts.plan import DatePart, TimeUnit
from datacraft.engines.semantic.frame import Grain
from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.lexicon import Lexicon
from datacraft.engines.semantic.lexicon import OperatorKind as K
from datacraft.engines.semantic.reading.numbers import UNITS, Numbers
from datacraft.engines.semantic.reading.senses import Senses
from datacraft.engines.semantic.reading.units import Compared, Mark, Phrase, Unit, ValueList

_COUNT_NOUNS = frozenset({"count", "counts", "volume", "frequency", "number", "numbers", "tally"})
_GENERIC_HEADS = frozenset({"level", "type", "kind", "company", "tier", "bracket", "name", "names", "types", "levels", "group", "groups", "wise", "figure", "figures", "record", "records", "entry", "entries"})  # fmt: skip
_AMOUNTS = frozenset({"value", "amount", "size", "worth", "volume"})
_MEASURE_HEADS = frozenset(
    {"rating", "score", "amount", "value", "figure", "figures", "level", "levels", "total", "number"}
)
_NAMING = frozenset({"name", "call", "title", "entitle", "label", "locate", "base", "situate"})
_LINKS = frozenset(
    {"is", "=", "equal", "equals", "named", "called", "titled", "are", "was", "were", "either"}
)
_DATE_PAIRS = ("and", "to", "until", "till")


class Chunker:
    """Makes the units of one question."""

    def __init__(self, items: Sequence[Item], senses: Senses, lexicon: Lexicon) -> None:
        self.items = items
        self.senses = senses
        self.lexicon = lexicon
        self.numbers = Numbers(items, senses, lexicon)
        self.units: list[Unit] = []

    def run(self) -> list[Unit]:
        """Return the units in the order of the question; every span is in one."""
        i = 0
        while i < len(self.items):
            i = self._next(i)
        return self.units

    def at(self, i: int) -> Item | None:
        """Return the span at a place, None outside."""
        return self.items[i] if 0 <= i < len(self.items) else None

    # One unit

    def _next(self, i: int) -> int:
        for reader in _READERS:
            found = reader(self, i)
            if found is not None:
                unit, end = found
                self.units.append(unit)
                return end
        item = self.items[i]
        self.units.append(Mark("unknown", "", item))
        return i + 1

    def _mark(self, i: int, kind: K, *, content_wins: float = 0.9) -> tuple[Mark, int] | None:
        """Read one closed-class word, unless the data has a better reading of it."""
        item = self.items[i]
        value = item.operator(kind)
        if value is None or self.senses.names(item) >= content_wins:
            return None
        if (
            item.values
            and item.values[0].score >= content_wins
            and item.text[:1].isupper()
            and item.start > 0
        ):
            return None
        return Mark(kind.value, value, item), i + 1

    def _punctuation(self, i: int) -> tuple[Unit, int] | None:
        item = self.items[i]
        sign = item.operator(K.CONJUNCTION)
        return (Mark("conjunction", sign, item), i + 1) if sign in ("comma", "stop") else None

    def _text(self, i: int) -> tuple[Unit, int] | None:
        """`contains 'x'`, `starting with A`, `ends in berg`."""
        mode = self.items[i].operator(K.TEXT_MATCH)
        if self.items[i].quoted and (column := self._column_behind(i + 1)) is not None:
            noun, end = column
            return Mark("text", "contains", noun, ([self.items[i].text], "")), end
        if mode is None or mode == "like":
            return None
        at = i + 1
        while (item := self.at(at)) is not None and item.words and not item.quoted and item.words[-1] in ("the", "letter", "letters", "word", "text", "phrase", "string", "with", "a", "prefix", "suffix"):  # fmt: skip
            at += 1
        if item is None or item.symbol or item.operator(K.CONJUNCTION) == "comma":
            return None
        said = {word for back in self.items[i:at] for word in back.words}
        spelt = (
            item.quoted
            or len(item.text) == 1
            or item.text[:1].isupper()
            or bool(said & {"letter", "word", "prefix", "suffix", "string"})
        )
        if mode == "contains" and not (
            item.quoted or item.unknown or len(item.text) == 1 or said & {"word", "string", "letter"}
        ):
            return None
        if mode != "contains" and not spelt:
            return None
        texts = [item.text]
        at += 1
        joined = ""
        while (
            (word := self.at(at)) is not None
            and word.operator(K.CONJUNCTION) in ("or", "and", "comma")
            and (other := self.at(at + 1)) is not None
            and (other.quoted or len(other.text) == 1)
        ):
            joined = "or" if word.operator(K.CONJUNCTION) != "and" else joined or "and"
            texts.append(other.text)
            at += 2
        return Mark("text", mode, self.items[i], (texts, joined)), at

    def _column_behind(self, i: int) -> tuple[Item, int] | None:
        """`"gala" in the title`: the column that a quoted text is looked for in."""
        item = self.at(i)
        if item is None or item.operator(K.PREPOSITION) not in ("in", "within"):
            return None
        i += 1
        while (
            (item := self.at(i)) is not None
            and not item.nouns
            and (item.operator(K.DETERMINER) or item.operator(K.PRONOUN))
        ):
            i += 1
        if item is None or not item.nouns or self.senses.is_thing(item) or self.senses.is_measure(item):
            return None
        return item, i + 1

    def _measured_in(self, i: int) -> tuple[Unit, int] | None:
        """`in days`, `in kg`: the unit that a figure is told in."""
        item, unit = self.items[i], self.at(i + 1)
        if item.words != ("in",) or unit is None or len(unit.words) != 1 or not self.units:
            return None
        name = unit.words[0]
        if name not in UNITS or name == "percent":
            return None
        after = self.at(i + 2)
        ends = (
            after is None
            or after.operator(K.CONJUNCTION)
            or after.operator(K.GROUP)
            or after.operator(K.PREPOSITION)
        )
        if not ends or not (
            name.endswith("s") or name in ("kg", "km", "usd", "eur", "kwh", "mb", "gb", "mg", "feet")
        ):
            return None
        return Mark("unit", name, unit), i + 2

    def _missing(self, i: int) -> tuple[Unit, int] | None:
        return self._mark(i, K.NULL_CHECK)

    def _date_difference(self, i: int) -> tuple[Unit, int] | None:
        """`between order date and ship date`, `from admission to discharge`."""
        item = self.items[i]
        if item.words[-1] not in ("between", "from"):
            return None
        first, j = self._dated(i + 1)
        middle = self.at(j)
        if first is None or middle is None or middle.words[-1] not in _DATE_PAIRS:
            return None
        second, end = self._dated(j + 1)
        if second is None:
            return None
        ends = self.senses.dates(second)
        starts = self.senses.dates(first)
        second.nouns = tuple(hit for hit in ends if hit.target != starts[0].target) or ends
        first.nouns = tuple(hit for hit in starts if hit.target != second.nouns[0].target) or starts
        return Mark("duration", "", item, (first, second)), end

    def _dated(self, i: int) -> tuple[Item | None, int]:
        while (
            (item := self.at(i)) is not None
            and not item.nouns
            and (item.operator(K.DETERMINER) or item.operator(K.PRONOUN) or item.operator(K.AUXILIARY))
        ):
            i += 1
        if item is None or not self.senses.dates(item):
            return None, i
        return item, i + 1

    def _lead(self, i: int) -> tuple[Unit, int] | None:
        item = self.items[i]
        if item.operator(K.LEAD_IN) is None or item.nouns or item.values:
            return None
        return Mark("lead_in", "", item), i + 1

    def _question(self, i: int) -> tuple[Unit, int] | None:
        item = self.items[i]
        attribute, word = item.operator(K.QUESTION_ATTRIBUTE), item.operator(K.QUESTION_WORD)
        if attribute is not None:
            return Mark("question_attribute", attribute, item), i + 1
        if word is None:
            return None
        started = any(isinstance(unit, Phrase) for unit in self.units)
        if started and (
            item.operator(K.RELATIVE) is not None or item.words[0] in ("who", "which", "whose", "where")
        ):
            before = self.units[-1]
            asks = isinstance(before, Mark) and before.kind in ("conjunction", "lead_in")
            if not asks:
                return Mark("relative", item.operator(K.RELATIVE) or item.words[0], item), i + 1
        return Mark("question_word", word, item), i + 1

    def _closed(self, i: int) -> tuple[Unit, int] | None:
        for kind, wins in ((K.ORDER, 2.0), (K.CORRELATION, 2.0), (K.SHARE, 2.0)):
            if (found := self._mark(i, kind, content_wins=wins)) is not None:
                return found
        for kind in (K.RATIO, K.COMPARE, K.DISTRIBUTION, K.TREND, K.CHART):
            item = self.items[i]
            if (
                not item.nouns
                and not (kind is K.CHART and item.values)
                and (found := self._mark(i, kind)) is not None
            ):
                return found
        return None

    def _window(self, i: int) -> tuple[Unit, int] | None:
        """`running total`, `3-month moving average`."""
        item, unit, word = self.items[i], self.at(i + 1), self.at(i + 2)
        if (
            item.number is not None and unit is not None and unit.grain in tuple(TimeUnit)
            and word is not None and word.operator(K.WINDOW) == "moving_average"
        ):  # fmt: skip
            return Mark("window", f"moving_average.{unit.grain}", word, int(item.number.value)), i + 3
        if item.words == ("running",) and any(isinstance(unit, Phrase) for unit in self.units):
            return None  # "campaigns running in May"
        return self._mark(i, K.WINDOW)

    def _comparison(self, i: int) -> tuple[Unit, int] | None:
        found = self.numbers.compared(i)
        if found is None:
            return None
        unit, end = found
        following = self.at(end)
        if isinstance(unit, Compared) and following is not None and not unit.unit and not unit.adjective:
            phrase, after = self._phrase(end)
            if phrase is not None and phrase.head is not None and not phrase.named and phrase.rank is None:
                phrase.count, phrase.start = unit, unit.start
                return phrase, after
        return unit, end

    def _period(self, i: int) -> tuple[Unit, int] | None:
        item = self.items[i]
        if item.time is None:
            return None
        before = self.at(i - 1)
        if (
            item.time.kind == "part"
            and item.values
            and item.values[0].score > 0.9
            and before is not None
            and before.nouns
        ):
            return None
        return Mark("period", "", item), i + 1

    def _group(self, i: int) -> tuple[Unit, int] | None:
        item = self.items[i]
        value = item.operator(K.GROUP)
        if value is None or item.nouns:
            return None
        j = i + 1
        while (
            (following := self.at(j)) is not None
            and not following.nouns
            and (
                following.operator(K.DETERMINER)
                or following.operator(K.GROUP)
                or following.operator(K.DISTINCT)
            )
        ):
            j += 1
        if following is None:
            return (
                (Mark("group", value, item), i + 1)
                if value == "rate" or item.words in (("each",), ("per", "head"))
                else None
            )
        starts = (
            following.nouns or following.grain or following.operator(K.AGGREGATION) or following.adjective
            or following.operator(K.SUPERLATIVE_COUNT) or ((following.verb or following.values) and (after := self.at(j + 1)) is not None and after.nouns)
        )  # fmt: skip
        return (Mark("group", value, item), i + 1) if starts else None

    def _negation(self, i: int) -> tuple[Unit, int] | None:
        item = self.items[i]
        value = item.operator(K.NEGATION)
        return (Mark("negation", value, item), i + 1) if value is not None else None

    def _verb_after_subject(self, i: int) -> tuple[Unit, int] | None:
        """A word that is a noun too, where a verb is due."""
        item = self.items[i]
        if item.verb is None or len(item.words) > 1 or not self.units:
            return None
        if not item.nouns and not item.values:
            return None
        if self._needs_verb(i):
            return Mark("verb", item.verb.base, item), i + 1
        before = self.units[-1]
        name = self.senses.names(item)
        following = self.at(i + 1)
        if (
            isinstance(before, Phrase)
            and before.end == item.start
            and item.inflected
            and not item.words[0].endswith("s")
        ):
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
        )
        passive = (
            before.kind == "auxiliary"
            and before.value == "be"
            and item.inflected
            and not item.words[0].endswith("s")
        )
        if (due and name < 0.98) or (passive and not item.values):
            return Mark("verb", item.verb.base, item), i + 1
        return None

    def _needs_verb(self, i: int) -> bool:
        """`which department pays the most`: behind a subject that has no verb yet, and before what goes with one."""
        before, item, following = self.units[-1], self.items[i], self.at(i + 1)
        if not isinstance(before, Phrase) or before.head is None or before.end != item.start or item.values:
            return False
        asks = before.functions[:1] == ["count"] or any(
            isinstance(unit, Mark) and unit.kind in ("question_word", "relative") for unit in self.units
        )
        if not asks or any(
            isinstance(unit, Mark) and unit.kind in ("verb", "auxiliary") for unit in self.units[-3:]
        ):
            return False
        if any(
            later.operator(K.AUXILIARY) or (later.verb and not later.nouns and not later.operators)
            for later in self.items[i + 1 :]
        ):
            return False
        at = i + 1
        while following is not None and following.operator(K.DETERMINER) and not following.nouns:
            at += 1
            following = self.at(at)
        return following is not None and bool(
            self.numbers.ranked(at) or self.numbers.compared(at) or (at > i + 1 and following.nouns)
        )

    def _noun_phrase(self, i: int) -> tuple[Unit, int] | None:
        phrase, end = self._phrase(i)
        return (phrase, end) if phrase is not None else None

    def _rank(self, i: int) -> tuple[Unit, int] | None:
        found = self.numbers.ranked(i)
        if found is None:
            return None
        ranked, end = found
        first, after = self.at(end), self.at(end + 1)
        on_top = first is not None and first.words in (("first",), ("on", "top"), ("top",))
        if on_top and (after is None or after.operator(K.CONJUNCTION)):
            return Mark("order", "desc" if ranked.descending else "asc", ranked.item), end + 1
        return found

    def _verb(self, i: int) -> tuple[Unit, int] | None:
        item = self.items[i]
        if not item.verb and self.senses.undone(item):
            return Mark("verb", item.words[0], item), i + 1
        if item.verb is None or any(sense.kind in (K.AUXILIARY, K.PREPOSITION) for sense in item.operators):
            return None
        return Mark("verb", item.verb.base, item), i + 1

    def _small(self, i: int) -> tuple[Unit, int] | None:
        item = self.items[i]
        for kind in (
            K.CONJUNCTION, K.RELATIVE, K.PREPOSITION, K.AUXILIARY, K.EXISTENCE, K.YES_NO, K.QUANTIFIER, K.PRONOUN,
            K.DETERMINER, K.FILLER, K.DISTINCT, K.AGGREGATION, K.COMPARISON, K.COMPARATIVE_COUNT, K.SUPERLATIVE_COUNT,
            K.LIMIT, K.GROUP, K.TIME_COMPARISON, K.COMPARISON_SUFFIX, K.ARITHMETIC, K.TEXT_MATCH, K.WINDOW, K.LEAD_IN,
        ):  # fmt: skip
            value = item.operator(kind)
            if value is not None:
                return Mark(kind.value, value, item), i + 1
        if item.symbol:
            return Mark("symbol", item.symbol, item), i + 1
        return None

    # Noun phrases

    def _phrase(self, i: int) -> tuple[Phrase | None, int]:
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
        if phrase.rank is None and not phrase.values and (ranked := self.numbers.ranked(j)) is not None:
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
        if item.values and self._prefers_value(item, following, phrase):
            return self._values(phrase, j)
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
                item.operator(K.PREPOSITION) == "of" or item.operator(K.DETERMINER) or item.operator(K.FILLER)
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

    def _prefers_value(self, item: Item, following: Item | None, phrase: Phrase) -> bool:
        """A span that names both a value and a part of the schema: which of the two."""
        if item.operator(K.PRONOUN) and item.text.islower():
            return False  # "made us": ourselves, not the country
        if item.number is not None and not item.nouns and not item.quoted:
            named = len(item.words) > 1 or item.values[0].score > 0.9
            return named and not (following is not None and following.nouns)
        if item.operator(K.AUXILIARY) or (
            item.operators and not item.text[:1].isupper() and item.values[0].score < 0.95 and not item.nouns
        ):
            return item.text[:1].isupper() and item.start > 0
        if not item.nouns:
            return True
        if item.values[0].score < 0.9:
            return item.nouns[0].score < 0.6
        name = item.nouns[0].score
        exact = item.values[0].how == "exact"
        capital = item.text[:1].isupper() and item.start > 0
        if exact and name < 0.92 and not (name > 0.8 and self.senses.is_thing(item)):
            return True
        if following is not None and following.nouns and not following.operators and name < 0.95:
            return True
        return (capital and name < 0.98) or name < 0.6

    def _values(self, phrase: Phrase, j: int) -> int:
        """Read a value and the list it may start."""
        made = ValueList([self.items[j]])
        j += 1
        while (step := self._joins(made, j)) > 0:
            for item in self.items[j : j + step]:
                word = item.operator(K.CONJUNCTION)
                made.compared = made.compared or item.operator(K.COMPARE) == "compare"
                made.joined = word if word in ("and", "or") else made.joined
            j += step
            made.items.append(self.items[j])
            j += 1
            if (hint := self._hint(made, j)) is not None and self._joins(made, j + 1) > 0:
                made.hint, j = hint, j + 1
        hint = self._hint(made, j)
        following = self.at(j + 1)
        if (
            hint is not None
            and not self.senses.is_thing(hint)
            and not (following is not None and following.nouns and self.senses.owns(hint, following))
        ):
            made.hint, j = hint, j + 1
        phrase.values.append(made)
        return j

    def _hint(self, values: ValueList, j: int) -> Item | None:
        """`Technology category`, `New York city`: the noun behind names the column."""
        item = self.at(j)
        if item is None or not item.nouns or item.flag_negated:
            return None
        return item if self.senses.names_column_of(item, values.items[-1]) else None

    def _joins(self, values: ValueList, j: int) -> int:
        """How many words join the next value of the same column to the list; 0 where the list ends."""
        columns = {sense.column for sense in values.items[0].values}
        at = 0
        while (item := self.at(j + at)) is not None and at < 4:
            if at and item.values and columns & {sense.column for sense in item.values}:
                return at
            conjunction = item.operator(K.CONJUNCTION)
            if not (
                conjunction in ("and", "or", "comma")
                or item.operator(K.COMPARE) == "compare"
                or (
                    at
                    and (
                        item.operator(K.DETERMINER)
                        or item.operator(K.PREPOSITION) in ("in", "from", "for", "of")
                    )
                )
            ):
                return 0
            at += 1
        return 0

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
            and not following.nouns
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
            and (phrase.functions or phrase.rank) and self.senses.is_thing(head)
        ):  # fmt: skip
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
            return self._needs_verb(j)
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
        end = self._values(phrase, at)
        phrase.values[-1].hint, phrase.values[-1].negated = head, negated
        phrase.named = True
        return end


def grain_of(item: Item) -> Grain:
    """Return a calendar unit, or a cyclic part of a date, as something to group by."""
    if item.grain in tuple(TimeUnit):
        return Grain(unit=TimeUnit(item.grain), item=item)
    return Grain(part=DatePart(item.grain), item=item)


_Reader = Callable[[Chunker, int], tuple[Unit, int] | None]
_READERS: tuple[_Reader, ...] = (
    Chunker._punctuation, Chunker._text, Chunker._measured_in, Chunker._missing, Chunker._date_difference, Chunker._lead,
    Chunker._question, Chunker._closed, Chunker._window, Chunker._comparison, Chunker._period, Chunker._group,
    Chunker._negation, Chunker._verb_after_subject, Chunker._noun_phrase, Chunker._rank, Chunker._verb, Chunker._small,
)  # fmt: skip
"""In the order in which they are asked: what needs more words in a row stands before what needs fewer."""
