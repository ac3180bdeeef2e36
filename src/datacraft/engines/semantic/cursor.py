"""The reader's place in the spans of a question, and what it has opened so far."""

from __future__ import annotations

from collections.abc import Callable

from datacraft.contracts.semantic import ColumnType, Role
from datacraft.engines.semantic.frame import Frame, Noun, NounPhrase, ValueMention, group_values
from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.lexicon import Lexicon, OperatorKind, lemma
from datacraft.engines.semantic.vocabulary import ColumnId, SchemaHit, Target, Thing, Vocabulary, words_of

K = OperatorKind
_PASSED_OVER = frozenset({K.DETERMINER, K.FILLER, K.PRONOUN, K.LEAD_IN, K.EXISTENCE})
_NUMERIC = (ColumnType.INTEGER, ColumnType.NUMBER)


class Cursor:
    """Spans, position, and the frame that is being filled."""

    def __init__(self, items: list[Item], vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        self.items = items
        self.vocabulary = vocabulary
        self.lexicon = lexicon
        self.frame = Frame(items=items)
        self.i = 0
        self.stack: list[NounPhrase] = [self.frame.root]
        self.slot = "target"  # target, modifier, group, order
        self.clause = 0
        self.negated = False
        self.or_next = False
        self.both = False
        self.role = ""
        self.verb: Item | None = None
        self.via: Noun | None = None
        self.read_one: Callable[[], None] = lambda: None  # set by the reader: reads one more phrase

    @property
    def item(self) -> Item | None:
        """The span at the cursor, None at the end."""
        return self.items[self.i] if self.i < len(self.items) else None

    def ahead(self, count: int = 1) -> Item | None:
        """The span `count` places on."""
        at = self.i + count
        return self.items[at] if 0 <= at < len(self.items) else None

    def op(self, kind: OperatorKind, count: int = 0) -> str | None:
        """The value of the span's sense of this kind, None where it has none."""
        item = self.ahead(count) if count else self.item
        return item.operator(kind) if item else None

    def take(self) -> Item:
        """Mark the span at the cursor as read and step over it."""
        item = self.items[self.i]
        item.used = True
        self.i += 1
        return item

    def pass_stops(self, *more: OperatorKind) -> None:
        """Step over words that carry nothing here."""
        while (item := self.item) is not None and self._is_stop(item, frozenset(more)):
            self.take()

    def _is_stop(self, item: Item, more: frozenset[OperatorKind]) -> bool:
        if item.nouns or item.values or item.number or item.time or item.symbol:
            return False
        kinds = {sense.kind for sense in item.operators}
        return bool(kinds & (_PASSED_OVER | more)) and not kinds & {
            K.NEGATION,
            K.COMPARISON,
            K.SUPERLATIVE_COUNT,
        }

    def names_follow(self) -> bool:
        """Whether the next span may name a part of the data."""
        following = self.ahead()
        return following is not None and bool(following.nouns)

    def skip_count(self, *more: OperatorKind) -> int:
        """How many spans from the cursor on `pass_stops` would step over."""
        at, allowed = self.i, frozenset(more)
        while at < len(self.items) and self._is_stop(self.items[at], allowed):
            at += 1
        return at - self.i

    def noun_of(self, item: Item, owner: Noun | None = None) -> Noun:
        """Make a mention of a span's nouns."""
        return Noun(item, [(self.vocabulary.targets[hit.target], hit.score) for hit in item.nouns], owner)

    def value_of(self, item: Item, hint: Noun | None = None) -> ValueMention:
        """Make a mention of a span's values."""
        return ValueMention(item, group_values(item.values, item.text), hint)

    def has_thing(self, item: Item | None, floor: float = 0.5) -> bool:
        """Whether the span may name something that is listed and counted."""
        return item is not None and any(hit.kind == "thing" and hit.score >= floor for hit in item.nouns)

    def best_is_thing(self, item: Item) -> bool:
        """Whether a thing is at least as good a reading of the span as any column."""
        return bool(item.nouns) and any(
            hit.kind == "thing" and hit.score >= item.nouns[0].score - 0.03 for hit in item.nouns
        )

    def is_dimension(self, item: Item | None) -> bool:
        """Whether the span's best column groups rows (text, flag, date) rather than measures them."""
        return item is not None and any(
            self._groups(self.vocabulary.targets[h.target]) for h in item.nouns[:1]
        )

    def _groups(self, target: Target) -> bool:
        if isinstance(target, ColumnId):
            column = self.vocabulary.columns[target]
            return column.role in (Role.DIMENSION, Role.FLAG, Role.TIME, Role.ID, Role.TEXT)
        return isinstance(target, Thing)

    def is_measure(self, item: Item | None) -> bool:
        """Whether the span's best reading is a number that can be summed or averaged."""
        if item is None or not item.nouns:
            return False
        target = self.vocabulary.targets[item.nouns[0].target]
        if isinstance(target, ColumnId):
            column = self.vocabulary.columns[target]
            return column.role is Role.MEASURE or (
                column.type in _NUMERIC and column.role is not Role.ID and column.time_part is None
            )
        return item.nouns[0].kind == "measure"

    def push(self, phrase: NounPhrase) -> None:
        """Open a noun phrase inside the innermost open one."""
        phrase.parent = phrase.parent or self.stack[-1]
        if self.via is not None:
            phrase.via, self.via = self.via, None
        self.stack.append(phrase)
        self.frame.phrases.append(phrase)

    def is_time(self, item: Item | None) -> bool:
        """Whether the span may name a date column."""
        if item is None:
            return False
        for hit in item.nouns[:3]:
            target = self.vocabulary.targets[hit.target]
            if isinstance(target, ColumnId) and self.vocabulary.columns[target].role is Role.TIME:
                return True
        return False

    def dates_of(self, item: Item) -> tuple[SchemaHit, ...]:
        """The date columns that a span names, or that speak of the same act: "order", "dispatch", "admission"."""
        said = {lemma(word) for word in item.words}
        verb = item.verb or self.lexicon.verb(item.words[-1])
        if verb is not None:
            said |= {verb.base, *(word for noun in verb.nouns for word in noun.split())} - {"date", "time"}
        said |= {other for word in list(said) for other in self.lexicon.synonyms(word)}
        named = tuple(h for h in item.nouns if self._is_date(self.vocabulary.targets[h.target]))
        if named:
            return named
        return tuple(
            SchemaHit("column", index, 0.8)
            for index, target in enumerate(self.vocabulary.targets)
            if self._is_date(target) and isinstance(target, ColumnId) and said & set(words_of(target.column))
        )

    def _is_date(self, target: Target) -> bool:
        return isinstance(target, ColumnId) and self.vocabulary.columns[target].role is Role.TIME

    def open_phrases(self) -> tuple[NounPhrase, ...]:
        """The open noun phrases, outermost first."""
        return tuple(self.stack)
