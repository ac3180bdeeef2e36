"""Values in noun phrases: a value or a part of the schema, one or a list, with the noun that names their column."""

from __future__ import annotations

from collections.abc import Sequence

from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.lexicon import OperatorKind as K
from datacraft.engines.semantic.lexicon import lemma
from datacraft.engines.semantic.reading.senses import Senses
from datacraft.engines.semantic.reading.units import Phrase, ValueList
from datacraft.engines.semantic.vocabulary import Thing, words_of


class ValueReader:
    """Reads values and lists of them; `read` returns where to go on."""

    def __init__(self, items: Sequence[Item], senses: Senses) -> None:
        self.items = items
        self.senses = senses

    def at(self, i: int) -> Item | None:
        """Return the span at a place, None outside."""
        return self.items[i] if 0 <= i < len(self.items) else None

    def prefers_value(self, item: Item, following: Item | None) -> bool:
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
        if self._refers(item):
            return False
        if item.values[0].score < 0.9:
            return item.nouns[0].score < 0.6
        name = item.nouns[0].score
        exact = item.values[0].how == "exact"
        capital = item.text[:1].isupper() and item.start > 0
        of_a_kind = self._is_kind_of_thing(item)
        if exact and name < 0.92 and not (name > 0.8 and self.senses.is_thing(item) and not of_a_kind):
            return True
        if following is not None and following.nouns and not following.operators and name < 0.95:
            return True
        return (capital and name < 0.98) or name < 0.6

    def _is_kind_of_thing(self, item: Item) -> bool:
        """`professors`, where they are one rank of the faculty: a kind of the things, not another name of all."""
        best = item.nouns[0].score
        said = {lemma(word) for word in item.words}
        things = {
            target.table
            for target, score in self.senses.targets(item)
            if isinstance(target, Thing) and score >= best - 0.03 and not said & set(words_of(target.name))
        }
        several = item.words[-1].endswith("s") and item.text.islower()
        exact = several and item.values[0].score > 0.95 and item.values[0].column.table in things
        return exact and not self.senses.refers_to_own_kind(item)

    def _refers(self, item: Item) -> bool:
        """`their manager`, `without a mentor`: the one of its own kind that a row refers to, not a title."""
        at = next((i for i, other in enumerate(self.items) if other is item), 0)
        before = self.items[at - 1] if at else None
        tied = before is not None and (
            before.operator(K.PRONOUN) == "third"
            or before.words[-1] in ("a", "an", "any", "own", "without", "no")
        )
        return tied and self.senses.refers_to_own_kind(item)

    def read(self, phrase: Phrase, j: int) -> int:
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
                        or item.words == ("by",)
                        or item.operator(K.PREPOSITION) in ("in", "from", "for", "of", "to", "on", "at")
                    )
                )
            ):
                return 0
            at += 1
        return 0
