"""Put the spans of a question together into units: noun phrases, comparisons, ranks, periods, and the words between."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from datacraft.contracts.plan import TimeUnit
from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.lexicon import Lexicon
from datacraft.engines.semantic.lexicon import OperatorKind as K
from datacraft.engines.semantic.reading.acting import act_named_by_date, plain_verb, verb_after_subject
from datacraft.engines.semantic.reading.numbers import Numbers
from datacraft.engines.semantic.reading.phrases import PhraseReader
from datacraft.engines.semantic.reading.ranks import Ranks
from datacraft.engines.semantic.reading.senses import Senses
from datacraft.engines.semantic.reading.units import Compared, Mark, Phrase, Unit
from datacraft.engines.semantic.reading.words import UNITS

_DATE_PAIRS = ("and", "to", "until", "till")


class Chunker:
    """Makes the units of one question."""

    def __init__(self, items: Sequence[Item], senses: Senses, lexicon: Lexicon) -> None:
        self.items = items
        self.senses = senses
        self.lexicon = lexicon
        self.numbers = Numbers(items, senses, lexicon)
        self.ranks = Ranks(items, senses)
        self.units: list[Unit] = []
        self.phrases = PhraseReader(items, senses, self.numbers, self.ranks, self.units)

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
        if item.time is not None and (act := self.lexicon.verb(self.items[i].words[0])) is not None:
            self.items[i].verb = act
            return Mark("verb", act.base, self.items[i]), i + 1  # "projects that ended in 2022"
        said = {word for back in self.items[i:at] for word in back.words}
        spelt = (
            item.quoted
            or len(item.text) == 1
            or item.text[:1].isupper()
            or bool(said & {"letter", "word", "prefix", "suffix", "string"})
        )
        if item.values and item.values[0].how == "exact" and not item.quoted and len(item.text) > 1:
            verb = self.lexicon.verb(
                self.items[i].words[0]
            )  # "trips that ended in Linz": a place of the data
            if verb is None or mode == "contains":
                return None
            self.items[i].verb = verb
            return Mark("verb", verb.base, self.items[i]), i + 1
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
            phrase, after = self.phrases.read(end)
            if phrase is not None and phrase.head is not None and not phrase.named and phrase.rank is None:
                phrase.count, phrase.start = unit, unit.start
                return phrase, after
            plain = unit.number is not None and not unit.number.unit
            if phrase is not None and phrase.bare_value and plain and not phrase.functions:
                phrase.count, phrase.start = unit, unit.start  # "at least 10 suites", where a suite is a type
                return phrase, after
        return unit, end

    def _period(self, i: int) -> tuple[Unit, int] | None:
        item = self.items[i]
        if item.time is None:
            return None
        named = item.values and item.values[0].score > 0.9 and item.values[0].how == "exact"
        if item.time.kind == "part" and named and len(item.words) == 1:
            return None  # "clubs that meet on Monday", where the data names the days
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

    def _noun_phrase(self, i: int) -> tuple[Unit, int] | None:
        phrase, end = self.phrases.read(i)
        return (phrase, end) if phrase is not None else None

    def _rank(self, i: int) -> tuple[Unit, int] | None:
        found = self.ranks.ranked(i)
        if found is None:
            return None
        ranked, end = found
        first, after = self.at(end), self.at(end + 1)
        on_top = first is not None and first.words in (("first",), ("on", "top"), ("top",))
        if on_top and (after is None or after.operator(K.CONJUNCTION)):
            return Mark("order", "desc" if ranked.descending else "asc", ranked.item), end + 1
        return found

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


_Reader = Callable[[Chunker, int], tuple[Unit, int] | None]
_READERS: tuple[_Reader, ...] = (
    Chunker._punctuation, Chunker._text, Chunker._measured_in, Chunker._missing, Chunker._date_difference, Chunker._lead,
    Chunker._question, Chunker._closed, Chunker._window, Chunker._comparison, Chunker._period, Chunker._group,
    Chunker._negation, verb_after_subject, act_named_by_date, Chunker._noun_phrase, Chunker._rank, plain_verb, Chunker._small,
)  # fmt: skip
"""In the order in which they are asked: what needs more words in a row stands before what needs fewer."""
