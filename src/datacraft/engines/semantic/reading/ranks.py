"""Ranks: `top 5`, `the largest`, `second most expensive`, `the most`."""

from __future__ import annotations

from collections.abc import Sequence

from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.lexicon import OperatorKind as K
from datacraft.engines.semantic.reading.senses import Senses
from datacraft.engines.semantic.reading.units import Ranked

_ORDINALS = {"second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5}


class Ranks:
    """Reads ranks from a list of spans; each method returns what it found and where it ends."""

    def __init__(self, items: Sequence[Item], senses: Senses) -> None:
        self.items = items
        self.senses = senses

    def at(self, i: int) -> Item | None:
        """Return the span at a place, None outside."""
        return self.items[i] if 0 <= i < len(self.items) else None

    def ranked(self, i: int) -> tuple[Ranked, int] | None:
        """Read `top 5`, `3 largest`, `second most expensive`, `the most`, `last order`."""
        item = self.at(i)
        if item is None:
            return None
        position = _ORDINALS.get(item.words[0]) if len(item.words) == 1 else None
        if position is not None:
            found = self._superlative(i + 1)
            if found is None:
                return None
            found[0].position, found[0].start = position, item.start
            return found
        if item.number is not None and not item.number.unit and not item.number.ordinal and not item.values:
            found = self._superlative(i + 1)
            if found is None:
                return None
            found[0].limit, found[0].start = int(item.number.value), item.start
            return found
        return self._limit(i) or self._superlative(i)

    def _limit(self, i: int) -> tuple[Ranked, int] | None:
        item = self.items[i]
        if self.senses.names(item) >= 0.95:
            return None  # "first and last name"
        found = item.operator(K.LIMIT)
        if found is None or found == "random" or item.time is not None or item.nouns:
            return None
        following = self.at(i + 1)
        if item.verb is not None and following is not None and (
            following.operator(K.COMPARISON) or following.operator(K.COMPARATIVE_COUNT)
            or (following.adjective is not None and following.adjective.form == "comparative")
        ):  # fmt: skip
            return None  # "that last longer than an hour"
        number = following.number if following is not None else None
        count = int(number.value) if number is not None and not number.unit and not number.ordinal else None
        if found == "limit" and count is None:
            return None
        end = i + 1 + (count is not None)
        made = Ranked(
            found in ("top", "last", "limit"), item, count, start=item.start, end=self.items[end - 1].end
        )
        made.time_order = found in ("first", "last")
        if made.time_order and count is None:
            made.limit = 1
        inner = self._superlative(end) if found in ("top", "bottom") else None
        if inner is not None:  # "top 5 most expensive"
            inner[0].limit = inner[0].limit or count
            inner[0].start = item.start
            return inner
        return made, end

    def _superlative(self, i: int) -> tuple[Ranked, int] | None:
        item = self.at(i)
        if item is None:
            return None
        if self.senses.names(item) >= 0.95:
            return None
        counts = item.operator(K.SUPERLATIVE_COUNT)
        adjective = (
            item.adjective if item.adjective is not None and item.adjective.form == "superlative" else None
        )
        if counts is None and adjective is None:
            return None
        if adjective is not None and counts is None:
            way = adjective.generic or (adjective.attributes[0][1] if adjective.attributes else "up")
            descending = way == "up"
        else:
            descending = counts == "max"
        made = Ranked(
            descending,
            item,
            adjective=None if counts else adjective,
            counts=counts is not None,
            start=item.start,
            end=item.end,
        )
        j = i + 1
        following = self.at(j)
        if (
            following is not None
            and following.number is not None
            and not following.nouns
            and not following.number.unit
            and not following.number.ordinal
        ):
            made.limit, j = int(following.number.value), j + 1
            following = self.at(j)
        if (
            following is not None
            and counts is not None
            and following.adjective is not None
            and following.adjective.form == "base"
            and not following.nouns
        ):
            made.adjective, made.counts = following.adjective, False
            flipped = bool(following.adjective.attributes) and following.adjective.attributes[0][1] == "down"
            made.descending = made.descending != flipped
            j += 1
        elif (
            following is not None
            and following.verb is not None
            and not following.nouns
            and not following.operators
            and not following.values
        ):
            made.verb, j = following, j + 1
        made.end = self.items[j - 1].end
        return made, j
