"""Noun phrases: a head, what stands before it, and what belongs to it from behind."""

from __future__ import annotations

from collections.abc import Sequence

from datacraft.engines.semantic.frame import grain_of
from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.lexicon import OperatorKind as K
from datacraft.engines.semantic.reading.before_head import before_head
from datacraft.engines.semantic.reading.behind_head import behind_head
from datacraft.engines.semantic.reading.numbers import Numbers
from datacraft.engines.semantic.reading.ranks import Ranks
from datacraft.engines.semantic.reading.senses import Senses
from datacraft.engines.semantic.reading.units import Phrase, Unit
from datacraft.engines.semantic.reading.values import ValueReader


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
            end = before_head(self, phrase, item, j)
            if end is None:
                break
            j = end
        item = self.at(j)
        if item is not None and item.part is not None:
            phrase.rate = item
            j += 1
        elif item is not None and item.nouns and self._may_head(phrase, item):
            phrase.head = item
            j = behind_head(self, phrase, j + 1)
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
        content = (
            phrase.head or phrase.rate or phrase.grain or phrase.values or phrase.flags or phrase.functions
        )
        if not content:
            return None, i
        if (
            phrase.head is None
            and phrase.grain is None
            and phrase.rate is None
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
