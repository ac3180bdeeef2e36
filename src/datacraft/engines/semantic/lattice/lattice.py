"""The best way to cut a question into spans.

The cut is the one with the most evidence (a longer span beats the sum of its parts), found by dynamic programming.
"""

from __future__ import annotations

from datacraft.contracts.semantic import Role
from datacraft.engines.semantic.lattice.items import Item
from datacraft.engines.semantic.lattice.numbers import read_number
from datacraft.engines.semantic.lattice.rates import join_rates
from datacraft.engines.semantic.lattice.unknown import Unknowns
from datacraft.engines.semantic.lattice.values import LONGEST, ValueFinder, Values
from datacraft.engines.semantic.lexicon import Lexicon, OperatorKind, OperatorSense, VerbSense, lemma
from datacraft.engines.semantic.timespan import read_time
from datacraft.engines.semantic.tokens import Token
from datacraft.engines.semantic.vocabulary import ColumnId, SchemaHit, Vocabulary

_STATING = frozenset({"is", "are", "was", "were", "has", "have"})
_OWN_NAME = 0.97
_SPAN_BONUS = 0.35  # a phrase of n words is stronger evidence than n words
_ASKING = frozenset({"who", "which"})  # at the start these ask; "who has" is no "with" there
_AFTER_VERBS = frozenset({"in", "on", "at", "for", "from", "to", "with", "of", "by", "into"})


class Lattice:
    """Finds and scores the spans of one question."""

    def __init__(self, tokens: list[Token], vocabulary: Vocabulary, lexicon: Lexicon, values: Values) -> None:
        self.tokens = tokens
        self._vocabulary = vocabulary
        self._lexicon = lexicon
        self._operators = lexicon.operator_phrases()
        self._finder = ValueFinder(tokens, lexicon, values)
        self._value_hits = self._finder.find()

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
        explained = Unknowns(self._vocabulary, self._lexicon, self._finder).explain(items)
        return join_rates(explained, self._vocabulary, self._lexicon)

    def _items_at(self, i: int) -> list[Item]:
        items = [self._item(i, j) for j in range(i + 1, min(i + LONGEST, len(self.tokens)) + 1)]
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
        if i == 0 and words[0] in _ASKING and not single:
            item.operators = tuple(s for s in item.operators if s.kind is not OperatorKind.PREPOSITION)
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
            item.nouns = self._named(i, tokens)
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
            item.acts = self._finder.acts.get(i, ())
            item.number = read_number(tokens[0], self._lexicon)
            if not (item.nouns or item.values) and not item.operators:
                self._add_opposite(item)
        item.weight = self._weigh(item, j - i)
        return item if single or item.weight > 0 else None

    def _named(self, i: int, tokens: list[Token]) -> tuple[SchemaHit, ...]:
        """Return what the words of a span name together."""
        lemmas = tuple(token.lemma for token in tokens)
        if len(lemmas) == 1:
            if tokens[0].norm in ("first", "last", "full"):
                return self._shared_head(i)
            return self._vocabulary.lookup(lemmas) or self._shared_head(i)
        nouns = self._vocabulary.lookup(lemmas)
        if tokens[0].norm in _STATING and any(
            self._is_flag(hit) for hit in self._vocabulary.lookup(lemmas[1:])
        ):
            return ()  # "is active" says it of something, though the column is called `is_active`
        if len(lemmas) == 2 and not nouns:  # "check-ins" for a table `checkin`
            return self._vocabulary.lookup((lemma(tokens[0].norm + tokens[1].norm),))
        aggregates = any(
            s.kind is OperatorKind.AGGREGATION for s in self._operators.get((tokens[0].norm,), ())
        )
        if len(lemmas) == 2 and nouns and nouns[0].score < _OWN_NAME and aggregates:
            own = self._vocabulary.lookup(lemmas[1:])
            if own and own[0].score >= _OWN_NAME and own[0].kind == "column":
                return ()  # "average grade", where the data has grades: no other word for another column
        return nouns

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
