"""What a span may stand for in the data: questions that the grammar asks of the vocabulary."""

from __future__ import annotations

from datacraft.contracts.semantic import ColumnType, Role
from datacraft.engines.semantic.frame import Noun, ValueMention, group_values
from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.lexicon import Lexicon, VerbSense, lemma
from datacraft.engines.semantic.saying import same_stem
from datacraft.engines.semantic.vocabulary import (
    ColumnId,
    Duration,
    SchemaHit,
    Target,
    Thing,
    Vocabulary,
    words_of,
)

_NOT_YET = frozenset({"open", "outstanding", "pending", "incomplete", "unfinished"})
_NUMERIC = (ColumnType.INTEGER, ColumnType.NUMBER)


class Senses:
    """Asks the vocabulary and the lexicon about spans."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        self.vocabulary = vocabulary
        self.lexicon = lexicon

    def targets(self, item: Item) -> list[tuple[Target, float]]:
        """Return what a span may name, best first."""
        return [(self.vocabulary.targets[hit.target], hit.score) for hit in item.nouns]

    def noun(self, item: Item, owner: Noun | None = None) -> Noun:
        """Make a mention of a span's names."""
        return Noun(item, self.targets(item), owner)

    def value(self, item: Item, hint: Noun | None = None) -> ValueMention:
        """Make a mention of a span's values."""
        return ValueMention(item, group_values(item.values, item.text), hint)

    def holders(self, item: Item) -> Noun | None:
        """Make a mention of the things that a value is said of: of "women" the persons whose sex it is."""
        held: dict[Target, float] = {}
        for sense in item.values:
            if sense.score < item.values[0].score - 0.05:
                break
            column = sense.column
            inside = next(
                (
                    target
                    for target in self.vocabulary.targets
                    if isinstance(target, Thing)
                    and target.table == column.table
                    and column.column in (*target.attributes, target.key, *target.labels)
                    and target.virtual
                ),
                None,
            )
            held.setdefault(inside or self.vocabulary.things[column.table], sense.score)
        return Noun(item, list(held.items())) if held else None

    def tables_of(self, item: Item) -> Noun | None:
        """Make a mention of the things whose columns a span names: of "emergencies" the visits that can be such."""
        things: dict[Target, float] = {}
        for target, score in self.targets(item):
            if not isinstance(target, Thing):
                things.setdefault(self.vocabulary.things[target.table], score)
        return Noun(item, list(things.items())) if things else None

    def names(self, item: Item | None) -> float:
        """Return how strongly a span names a part of the data, 0 where it does not."""
        return item.nouns[0].score if item is not None and item.nouns else 0.0

    def is_thing(self, item: Item | None) -> bool:
        """Whether something that is listed and counted is at least as good a reading as any column."""
        return (
            item is not None
            and bool(item.nouns)
            and any(hit.kind == "thing" and hit.score >= item.nouns[0].score - 0.03 for hit in item.nouns)
        )

    def may_be_thing(self, item: Item | None, floor: float = 0.5) -> bool:
        """Whether a span may name something that is listed and counted."""
        return item is not None and any(hit.kind == "thing" and hit.score >= floor for hit in item.nouns)

    def is_measure(self, item: Item | None) -> bool:
        """Whether the best reading is a number that can be summed or averaged."""
        if item is None or not item.nouns:
            return False
        target = self.vocabulary.targets[item.nouns[0].target]
        if isinstance(target, ColumnId):
            column = self.vocabulary.columns[target]
            return column.role is Role.MEASURE or (
                column.type in _NUMERIC and column.role is not Role.ID and column.time_part is None
            )
        return isinstance(target, Duration) or item.nouns[0].kind == "measure"

    def is_count(self, item: Item) -> bool:
        """Whether the best reading is a column of whole numbers that starts with none."""
        target = self.vocabulary.targets[item.nouns[0].target] if item.nouns else None
        if not isinstance(target, ColumnId):
            return False
        column = self.vocabulary.columns[target]
        return column.type is ColumnType.INTEGER and column.role is Role.MEASURE and column.minimum == 0

    def is_numeric(self, item: Item | None) -> bool:
        """Whether the best reading is a column of numbers, whatever they say."""
        target = self.vocabulary.targets[item.nouns[0].target] if item is not None and item.nouns else None
        return isinstance(target, ColumnId) and self.vocabulary.columns[target].type in _NUMERIC

    def is_time(self, item: Item | None) -> bool:
        """Whether a span may name a date column."""
        return item is not None and any(
            self._is_date(self.vocabulary.targets[hit.target]) for hit in item.nouns[:3]
        )

    def refers_to_own_kind(self, item: Item) -> bool:
        """Whether a span may name a column that refers to another row of its own table: a manager's number."""
        joins = self.vocabulary.model.joins
        own = {ColumnId(join.left, join.columns[0][0]) for join in joins if join.left == join.right}
        return any(target in own for target, _ in self.targets(item)[:3])

    def is_dated(self, item: Item | None) -> bool:
        """Whether a span may name a date column, or one that holds a year."""
        targets = [self.vocabulary.targets[hit.target] for hit in item.nouns[:3]] if item is not None else []
        return any(self._is_date(t) or (isinstance(t, ColumnId) and self.vocabulary.columns[t].time_part == "year")
                   for t in targets)  # fmt: skip

    def is_dimension(self, item: Item | None) -> bool:
        """Whether the best column groups rows (text, flag, date) rather than measures them."""
        if item is None or not item.nouns:
            return False
        target = self.vocabulary.targets[item.nouns[0].target]
        if isinstance(target, Thing):
            return True
        return isinstance(target, ColumnId) and not self.is_measure(item)

    def is_flag(self, item: Item) -> bool:
        """Whether the best reading is a yes-or-no column or a named filter."""
        if not item.nouns or item.nouns[0].kind == "thing":
            return False
        target = self.vocabulary.targets[item.nouns[0].target]
        return item.nouns[0].kind == "filter" or (
            isinstance(target, ColumnId) and self.vocabulary.columns[target].role is Role.FLAG
        )

    def owns(self, first: Item, second: Item) -> bool:
        """Whether one span names a thing and the next something of its own: "employee name", "order date"."""
        things = {
            target.table
            for target, score in self.targets(first)
            if isinstance(target, Thing) and score >= 0.4
        }
        return any(
            not isinstance(target, Thing) and getattr(target, "table", None) in things and score >= 0.5
            for target, score in self.targets(second)
        )

    def near(self, first: Item, second: Item) -> bool:
        """Whether one span names a thing and the next a number of a table joined to it: "volunteer hours"."""
        if not self.is_measure(second) or second.nouns[0].score < 0.9:
            return False
        things = {
            target.table
            for target, score in self.targets(first)
            if isinstance(target, Thing) and score >= 0.9
        }
        joins = self.vocabulary.model.joins
        around = {join.left for join in joins if join.right in things}
        around |= {join.right for join in joins if join.left in things}
        return any(
            isinstance(target, ColumnId) and target.table in around for target, _ in self.targets(second)[:1]
        )

    def undone(self, item: Item) -> VerbSense | None:
        """Return the verb whose opposite a word says of things: "unpaid" pay, "open" close."""
        if len(item.words) > 1:
            return None
        word = item.words[0]
        if word.startswith("un") and (verb := self.lexicon.verb(word[2:])) is not None:
            return verb
        if word not in _NOT_YET:
            return None
        return next(
            (verb for other in self.lexicon.opposite(word) if (verb := self.lexicon.verb(other))), None
        )

    def names_column_of(self, item: Item, values: Item) -> bool:
        """Whether a noun names the column (or the thing called by it) that holds a value."""
        columns = {sense.column for sense in values.values}
        for target, score in self.targets(item):
            if score < item.nouns[0].score - 0.2 or score < 0.55:
                break
            if isinstance(target, ColumnId) and target in columns:
                return True
            if isinstance(target, Thing) and any(
                column.table == target.table
                and (column.column in target.labels or column.column == target.key)
                for column in columns
            ):
                return True
        return False

    def dates(self, item: Item) -> tuple[SchemaHit, ...]:
        """Return the date columns that a span names, or that speak of the same act: "dispatch", "admission"."""
        named = tuple(hit for hit in item.nouns if self._is_date(self.vocabulary.targets[hit.target]))
        if named:
            return named
        said = {lemma(word) for word in item.words}
        verb = item.verb or self.lexicon.verb(item.words[-1])
        if verb is not None:
            said |= {verb.base, *(word for noun in verb.nouns for word in noun.split())} - {"date", "time"}
        said |= {kin for word in item.words for kin in self.lexicon.kin(word)}
        said |= {other for word in list(said) for other in self.lexicon.synonyms(word)}
        return tuple(
            SchemaHit("column", index, 0.8)
            for index, target in enumerate(self.vocabulary.targets)
            if self._is_date(target)
            and isinstance(target, ColumnId)
            and _same_act(said, words_of(target.column))
        )

    def durations(self, act: str = "") -> list[tuple[Target, float]]:
        """Return the times between two dates of a row; one that ends with the act, by a verb, stands out."""
        found = [t for t in self.vocabulary.targets if isinstance(t, Duration) and not t.is_delay]
        ends = [act and any(same_stem(word, act) for word in words_of(target.end)) for target in found]
        return [(target, 0.95 if fits else 0.7) for target, fits in zip(found, ends, strict=True)]

    def _is_date(self, target: Target) -> bool:
        return isinstance(target, ColumnId) and self.vocabulary.columns[target].role is Role.TIME


def _same_act(said: set[str], named: tuple[str, ...]) -> bool:
    """Whether a word stands in a name, or shares its stem with one: delivery, delivered."""
    return any(a == b or (len(a) > 4 and len(b) > 4 and a[:5] == b[:5]) for a in said for b in named)
