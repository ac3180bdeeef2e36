"""Evidence for every span of a question, and the best way to cut the question into spans.

A span may be read as names of the data, as values in it, as closed-class words, as a number, a period, a
gradable adjective or a verb; all readings of a span are kept, and the parser picks by context. The cut is the
one with the most evidence (a longer span beats the sum of its parts), found by dynamic programming.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from datacraft.contracts.semantic import Role
from datacraft.engines.semantic.lexicon import (
    AdjectiveSense,
    Lexicon,
    OperatorKind,
    OperatorSense,
    VerbSense,
    lemma,
)
from datacraft.engines.semantic.timespan import TimeSpan, read_time
from datacraft.engines.semantic.tokens import Token
from datacraft.engines.semantic.vocabulary import ColumnId, SchemaHit, Vocabulary
from datacraft.profiles import ValueHit, normalise

_LONGEST = 6
_SPAN_BONUS = 0.35  # a phrase of n words is stronger evidence than n words


class Values(Protocol):
    """The part of the value index that matching needs."""

    def lookup(self, phrases: Sequence[str]) -> dict[str, list[ValueHit]]:
        """Return exact hits by normalised phrase."""

    def containing(self, words: Sequence[str], limit: int = ...) -> list[ValueHit]:
        """Return values that hold all of the words."""

    def similar(self, phrase: str, limit: int = ...) -> list[ValueHit]:
        """Return values spelt almost like the phrase."""


@dataclass(frozen=True, slots=True)
class ValueSense:
    """A column that holds the words as a value. `how` is exact, equivalent, contains or similar."""

    column: ColumnId
    value: object
    score: float
    how: str = "exact"
    count: int = 0


@dataclass(frozen=True, slots=True)
class NumberSense:
    """A number; `unit` is "%", "$" or empty; `ordinal` for "3rd"."""

    value: float | int
    unit: str = ""
    ordinal: bool = False


@dataclass(slots=True)
class Item:
    """A span of the question with every way to read it. `negated` values come from an opposite word."""

    start: int
    end: int
    text: str
    words: tuple[str, ...]
    nouns: tuple[SchemaHit, ...] = ()
    values: tuple[ValueSense, ...] = ()
    operators: tuple[OperatorSense, ...] = ()
    number: NumberSense | None = None
    time: TimeSpan | None = None
    adjective: AdjectiveSense | None = None
    verb: VerbSense | None = None
    grain: str = ""  # a calendar unit or a cyclic part of a date
    flag_negated: bool = False
    quoted: bool = False
    symbol: str = ""
    used: bool = False
    weight: float = field(default=0.0)

    def operator(self, kind: OperatorKind) -> str | None:
        """Return the value of the first sense of this kind."""
        return next((sense.value for sense in self.operators if sense.kind is kind), None)

    @property
    def inflected(self) -> bool:
        """Whether the word is a verb in another form than the base ("enrolled")."""
        return (
            self.verb is not None
            and len(self.words) == 1
            and (self.words[0] != self.verb.base or self.words[0].endswith("ed"))
        )

    @property
    def unknown(self) -> bool:
        """Whether nothing is known about the words."""
        return not (self.nouns or self.values or self.operators or self.number or self.time or self.adjective
                    or self.verb or self.grain or self.symbol)  # fmt: skip


class Lattice:
    """Finds and scores the spans of one question."""

    def __init__(self, tokens: list[Token], vocabulary: Vocabulary, lexicon: Lexicon, values: Values) -> None:
        self.tokens = tokens
        self._vocabulary = vocabulary
        self._lexicon = lexicon
        self._values = values
        self._operators = lexicon.operator_phrases()
        self._value_hits = self._find_values()

    def cut(self) -> list[Item]:
        """Return the spans of the best cut; words that nothing is known about are looked up once more."""
        count = len(self.tokens)
        best: list[float] = [0.0] + [float("-inf")] * count
        back: list[Item | None] = [None] * (count + 1)
        for i in range(count):
            for item in self._items_at(i):
                score = best[i] + item.weight
                if score > best[item.end] + 1e-9:
                    best[item.end], back[item.end] = score, item
        items: list[Item] = []
        at = count
        while at > 0:
            last = back[at]
            assert last is not None  # every token has an item of its own
            items.append(last)
            at = last.start
        items.reverse()
        return self._explain_unknown(items)

    def _items_at(self, i: int) -> list[Item]:
        items = [self._item(i, j) for j in range(i + 1, min(i + _LONGEST, len(self.tokens)) + 1)]
        found = [item for item in items if item is not None and (item.weight > 0 or item.end == i + 1)]
        period = read_time(self.tokens, i)
        grouped = i > 0 and self.tokens[i - 1].norm in ("by", "per", "each", "every")
        if grouped and self.tokens[i].norm in self._lexicon.time.units:
            period = None  # "by year from 2020 to 2023": the year is a group, the period starts behind it
        if period is not None:
            end, span = period
            words = tuple(token.norm for token in self.tokens[i:end])
            weight = (end - i) * (1.0 + _SPAN_BONUS) - 0.1
            existing = next((item for item in found if item.end == end), None)
            if existing is None:
                found.append(Item(i, end, self._text(i, end), words, time=span, weight=weight))
            else:
                existing.time = span
                existing.weight = max(existing.weight, weight)
        return found

    def _text(self, i: int, j: int) -> str:
        return " ".join(token.text for token in self.tokens[i:j])

    def _item(self, i: int, j: int) -> Item | None:
        tokens = self.tokens[i:j]
        single = j == i + 1
        words = tuple(token.norm for token in tokens)
        item = Item(i, j, self._text(i, j), words)
        if single and tokens[0].kind in ("comma", "stop"):
            item.operators = (OperatorSense(OperatorKind.CONJUNCTION, tokens[0].kind),)
            item.weight = 0.1
            return item
        if single and tokens[0].kind == "symbol":
            item.symbol = tokens[0].text
            item.weight = 0.5
            item.operators = self._operators.get((tokens[0].text,), ())
            return item
        if any(token.kind in ("comma", "stop", "symbol", "clock") for token in tokens) and not single:
            return None
        item.quoted = single and tokens[0].kind == "quoted"
        item.values = self._value_hits.get((i, j), ())
        if item.quoted:
            item.weight = 3.0
            return item
        item.operators = self._operators.get(words, ())
        if not self._opens(i):
            item.operators = tuple(s for s in item.operators if s.kind is not OperatorKind.LEAD_IN)
        if not single and any(sense.kind is OperatorKind.AGGREGATION for sense in item.operators):
            last = next((t for t in reversed(tokens) if t.norm not in ("of", "the")), tokens[-1])
            own = self._vocabulary.lookup((last.lemma,))
            if own and own[0].score >= 0.9:
                item.operators = ()  # "total amount" where the data has an amount: the total of it
        before = self.tokens[i - 1].norm if i else ""
        if words[0] == "order" and before in ("per", "each", "every", "an", "one", "of"):
            item.operators = ()  # "units per order by segment": an order, not a sort
        if not any(t.kind in ("quoted", "number", "date") for t in tokens):
            lemmas = tuple(token.lemma for token in tokens)
            item.nouns = self._vocabulary.lookup(lemmas) or (self._shared_head(i) if single else ())
            if single and item.words[0] in ("first", "last", "full"):
                shared = self._shared_head(i)
                item.nouns = shared
            if len(lemmas) == 2 and not item.nouns:  # "check-ins" for a table `checkin`
                item.nouns = self._vocabulary.lookup((lemma(tokens[0].norm + tokens[1].norm),))
            phrase = " ".join(words)
            item.adjective = self._lexicon.adjective(phrase)
            item.verb = self._lexicon.verb(phrase)
            if not single and words[-1] in _AFTER_VERBS and self._lexicon.verb(words[0]) is not None:
                item.verb = None  # "stay in": the verb, and a preposition that is read by itself
            if single and item.verb is None and item.nouns and item.words[0].endswith("ed"):
                item.verb = VerbSense(item.words[0], ())  # "loaned" beside a column `loaned_on`
            time = self._lexicon.time
            item.grain = time.parts.get(phrase) or time.grains.get(phrase) or time.units.get(phrase) or ""
        if single:
            item.number = read_number(tokens[0], self._lexicon)
            if not (item.nouns or item.values) and not item.operators:
                self._add_opposite(item)
        item.weight = self._weigh(item, j - i)
        return item if single or item.weight > 0 else None

    def _opens(self, i: int) -> bool:
        """Whether a request may start here: at the start, or behind a stop, a comma or a small word."""
        before = self.tokens[i - 1] if i else None
        return (
            before is None
            or i < 3
            or before.kind in ("comma", "stop")
            or before.norm in ("and", "then", "please", "to", "you")
        )

    def _shared_head(self, i: int) -> tuple[SchemaHit, ...]:
        """`first and last name`: the first word shares the head of the second."""
        if i + 3 >= len(self.tokens) or self.tokens[i + 1].norm not in ("and", "or"):
            return ()
        head = self.tokens[i + 3].lemma
        if not self._vocabulary.lookup((self.tokens[i + 2].lemma, head)):
            return ()
        return tuple(h for h in self._vocabulary.lookup((self.tokens[i].lemma, head)) if h.score >= 0.85)

    def _add_opposite(self, item: Item) -> None:
        """Read "closed" as the opposite of "open": a flag column `is_open` that is false."""
        for word in self._lexicon.opposite(item.words[0]):
            hits = tuple(h for h in self._vocabulary.lookup(tuple(word.split())) if self._is_flag(h))
            if hits:
                item.nouns, item.flag_negated = hits, True
                return

    def _is_flag(self, hit: SchemaHit) -> bool:
        target = self._vocabulary.targets[hit.target]
        return isinstance(target, ColumnId) and self._vocabulary.columns[target].role is Role.FLAG

    def _weigh(self, item: Item, size: int) -> float:
        scores = [0.0]
        if item.nouns:
            scores.append(item.nouns[0].score)
        if item.values:
            scores.append(item.values[0].score * 0.98)
        if item.operators:
            scores.append(0.9)
        if item.number:
            scores.append(0.9)
        if item.grain:
            scores.append(0.92)
        if item.adjective:
            scores.append(0.7 if size == 1 else 0.85)
        if item.verb:
            scores.append(0.5 if size == 1 else 0.7)
        best = max(scores)
        return best * (size + _SPAN_BONUS * (size - 1)) - 0.05 if best else 0.0

    def _find_values(self) -> dict[tuple[int, int], tuple[ValueSense, ...]]:
        """Look up every n-gram (and its singular, and its equivalents) in one call."""
        wanted: dict[str, list[tuple[tuple[int, int], float, str]]] = {}
        for i in range(len(self.tokens)):
            for j in range(i + 1, min(i + _LONGEST, len(self.tokens)) + 1):
                for phrase, score, how in self._variants(i, j):
                    wanted.setdefault(phrase, []).append(((i, j), score, how))
        hits = self._values.lookup(list(wanted)) if wanted else {}
        found: dict[tuple[int, int], dict[tuple[ColumnId, object], ValueSense]] = {}
        for phrase, rows in hits.items():
            for span, score, how in wanted[phrase]:
                senses = found.setdefault(span, {})
                for row in rows:
                    column = ColumnId(row.table, row.column)
                    same = (
                        how != "exact" or str(row.value) == self._text(*span) or not str(row.value).isupper()
                    )
                    sense = ValueSense(
                        column, row.value, score * row.score * (1.0 if same else 0.97), how, row.count
                    )
                    known = senses.get((column, row.value))
                    if known is None or known.score < sense.score:
                        senses[column, row.value] = sense
        return {
            span: tuple(sorted(senses.values(), key=lambda s: (-s.score, -s.count)))[:40]
            for span, senses in found.items()
        }

    def _variants(self, i: int, j: int) -> list[tuple[str, float, str]]:
        tokens = self.tokens[i:j]
        if any(token.kind in ("comma", "stop", "symbol") for token in tokens):
            return []
        phrase = " ".join(token.norm for token in tokens)
        quoted = len(tokens) == 1 and tokens[0].kind == "quoted"
        if not quoted and self._lexicon.is_stop(phrase):
            letter = len(tokens) == 1 and len(phrase) == 1 and tokens[0].text.isupper() and i > 0
            return [(phrase, 0.9, "exact")] if letter else []  # "a grade of A"
        if tokens[0].kind == "number":
            return [(phrase, 0.5, "exact")] if len(tokens) == 1 else [(phrase, 0.9, "exact")]
        variants = [
            (phrase, 1.0 if quoted or not self._operators.get(tuple(phrase.split())) else 0.8, "exact")
        ]
        singular = " ".join([*(token.norm for token in tokens[:-1]), lemma(tokens[-1].norm)])
        if singular != phrase:
            variants.append((singular, 0.97, "exact"))
        elif len(tokens) == 1 and not quoted:
            variants.extend((plural, 0.93, "exact") for plural in (phrase + "s", phrase + "es"))
        if (
            len(tokens) == 1
            and not quoted
            and (verb := self._lexicon.verb(phrase)) is not None
            and verb.base != phrase
        ):
            variants.append((verb.base, 0.8, "exact"))
        variants.extend((normalise(other), 0.9, "equivalent") for other in self._lexicon.equivalents(phrase))
        return variants

    def _explain_unknown(self, items: list[Item]) -> list[Item]:
        """Give unknown or quoted words a second chance: values that contain them, or are spelt like them."""
        result: list[Item] = []
        index = 0
        while index < len(items):
            item = items[index]
            if item.quoted and not item.values:
                item.values = self._fuzzy(item.words[0])
            if not item.unknown:
                result.append(item)
                index += 1
                continue
            if item.words[0].startswith("un") and self._lexicon.verb(item.words[0][2:]) is not None:
                result.append(item)  # "undelivered": the opposite of a state, not a misspelt value
                index += 1
                continue
            act = (
                self._vocabulary.word_of_stem(item.words[0])
                if item.words[0].endswith(("ed", "ing"))
                else None
            )
            if act is not None and len(item.words) == 1:
                item.verb = VerbSense(item.words[0].removesuffix("ed").removesuffix("ing"), (act,))
                result.append(item)
                index += 1
                continue
            stop = index + 1
            while stop < len(items) and stop - index < 4 and self._joins_unknown(items, index, stop):
                stop += 1
            merged, used = self._fuzzy_run(items[index:stop])
            result.extend(merged)
            index += used
        return result

    @staticmethod
    def _joins_unknown(items: list[Item], first: int, at: int) -> bool:
        """Names run on: an unknown word, or one written with a capital, right after."""
        item = items[at]
        following = items[at + 1] if at + 1 < len(items) else None
        inside = item.text.islower() and len(item.text) <= 3 and not item.nouns and not item.values
        if inside and items[first].text[:1].isupper() and following is not None and following.unknown:
            return following.text[:1].isupper()  # "Rua do Sol", "Bank of Lund"
        return item.unknown or (item.text[:1].isupper() and not item.operators and not item.time)

    def _fuzzy_run(self, run: list[Item]) -> tuple[list[Item], int]:
        for size in range(len(run), 0, -1):
            part = run[:size]
            phrase = " ".join(word for item in part for word in item.words)
            values = self._fuzzy(phrase)
            common = (
                size == 1
                and part[0].text.islower()
                and values
                and values[0].how == "contains"
                and len(values) > 3
            )
            if values and not common:
                first, last = part[0], part[-1]
                words = tuple(word for item in part for word in item.words)
                text = " ".join(item.text for item in part)
                return [Item(first.start, last.end, text, words, values=values, weight=0.6)], size
        nouns = self._misspelt(run[0])
        if nouns is not None:
            run[0].nouns = nouns
        return run[:1], 1

    def _fuzzy(self, phrase: str) -> tuple[ValueSense, ...]:
        if len(phrase) < 3:
            return ()
        held = self._values.containing(phrase.split(), limit=25)
        if held:
            return tuple(
                ValueSense(ColumnId(h.table, h.column), h.value, 0.8 * h.score, "contains", h.count)
                for h in held
            )
        alike = self._values.similar(phrase, limit=5) if len(phrase) > 3 else []
        return tuple(
            ValueSense(ColumnId(h.table, h.column), h.value, 0.85 * h.score, "similar", h.count)
            for h in alike
        )

    def _misspelt(self, item: Item) -> tuple[SchemaHit, ...] | None:
        word = item.words[0]
        near = self._vocabulary.nearest_word(lemma(word)) if len(word) > 4 else None
        if near is None:
            return None
        return tuple(replace(hit, score=hit.score * _MISSPELT) for hit in self._vocabulary.lookup((near,)))


_MISSPELT = 0.7  # a word that is only spelt like a name is weak evidence for it: "patent" is no parent
_AFTER_VERBS = frozenset({"in", "on", "at", "for", "from", "to", "with", "of", "by", "into"})
_SUFFIX = {"k": 1e3, "m": 1e6, "bn": 1e9}
_NUMBER = re.compile(r"([$€£])?(-?[\d,]+(?:\.\d+)?)\s?(%|k|m|bn|st|nd|rd|th)?", re.IGNORECASE)


def read_number(token: Token, lexicon: Lexicon) -> NumberSense | None:
    """Read a number in digits ("$1,200", "15%", "3k", "2nd") or as a word ("seven")."""
    if token.kind == "word":
        value = lexicon.time.number_words.get(token.norm)
        return None if value is None else NumberSense(_neat(value))
    if token.kind != "number":
        return None
    match = _NUMBER.fullmatch(token.norm)
    if match is None:
        return None
    sign, digits, suffix = match.groups()
    value = float(digits.replace(",", ""))
    if suffix in _SUFFIX:
        return NumberSense(_neat(value * _SUFFIX[suffix]), "$" if sign else "")
    return NumberSense(
        _neat(value), "%" if suffix == "%" else "$" if sign else "", suffix in ("st", "nd", "rd", "th")
    )


def _neat(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value
