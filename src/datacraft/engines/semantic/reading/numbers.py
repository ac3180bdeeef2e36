"""Numbers with what they are compared by."""

from __future__ import annotations

from collections.abc import Sequence

from datacraft.engines.semantic.lattice import Item, NumberSense
from datacraft.engines.semantic.lexicon import AdjectiveSense, Lexicon
from datacraft.engines.semantic.lexicon import OperatorKind as K
from datacraft.engines.semantic.reading.senses import Senses
from datacraft.engines.semantic.reading.units import Compared, ComparedTo
from datacraft.engines.semantic.reading.words import LASTING, MONEY, UNITS

_SYMBOLS = {">": "gt", "<": "lt", ">=": "ge", "<=": "le", "=": "eq", "!=": "ne", "<>": "ne"}
_PLACES = frozenset({"under", "over", "above", "below", "beyond"})  # with a name, these are about places
_TIMES = {"once": 1, "twice": 2, "thrice": 3}
_FUNCTIONS = ("avg", "median", "max", "min", "sum")


class Numbers:
    """Reads comparisons from a list of spans; each method returns what it found and where it ends."""

    def __init__(self, items: Sequence[Item], senses: Senses, lexicon: Lexicon) -> None:
        self.items = items
        self.senses = senses
        self.lexicon = lexicon

    def at(self, i: int) -> Item | None:
        """Return the span at a place, None outside."""
        return self.items[i] if 0 <= i < len(self.items) else None

    def number(self, i: int) -> tuple[NumberSense, int] | None:
        """Read `$1,200`, `15 %`, `3 million`, `20 dollars`, `seven` at a place."""
        item = self.at(i)
        if item is not None and item.symbol == "$":
            i, item = i + 1, self.at(i + 1)
        if item is None:
            return None
        number = item.number
        if _is_one_unit(item):
            return NumberSense(1), i  # "a week": the unit is read next
        if item.words in (("a",), ("an",)) and (one := self._one(i + 1)) is not None:
            return one
        if item.words[-1] in _TIMES and not item.nouns:
            return NumberSense(_TIMES[item.words[-1]], "times"), i + 1
        if number is None and item.time is not None and len(item.words) == 1 and item.words[0].isdigit():
            number = NumberSense(int(item.words[0]))
        if number is None or number.ordinal:
            return None
        i += 1
        following = self.at(i)
        if following is None:
            return number, i
        multiplier = self.lexicon.time.multipliers.get(following.words[0]) if following.words else None
        if multiplier and not following.nouns:
            number, i = NumberSense(number.value * multiplier, number.unit), i + 1
            following = self.at(i)
        if (
            following is not None
            and following.words
            and following.words[0] in ("percent", "percents", "%", "pct")
        ):
            return NumberSense(number.value, "%"), i + 1
        if following is not None and following.symbol == "%":
            return NumberSense(number.value, "%"), i + 1
        if (
            following is not None
            and following.words
            and following.words[0] in MONEY
            and self.senses.names(following) < 0.9
        ):
            return NumberSense(number.value, "$"), i + 1
        return number, i

    def _one(self, i: int) -> tuple[NumberSense, int] | None:
        """`a million`, `an hour`, `a full week`: one of them."""
        item = self.at(i)
        if item is not None and item.words in (("full",), ("whole",), ("single",)):
            i, item = i + 1, self.at(i + 1)
        if item is None or len(item.words) != 1:
            return None
        multiplier = self.lexicon.time.multipliers.get(item.words[0])
        if multiplier and not item.nouns:
            return NumberSense(int(multiplier)), i + 1
        return (NumberSense(1), i) if item.words[0] in LASTING else None

    def _unit(self, i: int) -> tuple[str, int]:
        """Read the unit behind a number, unless the data has something of that name that may be meant."""
        item = self.at(i)
        if item is not None and _is_one_unit(item):
            return item.words[1], i + 1
        if item is None or len(item.words) != 1 or item.words[0] not in UNITS:
            return "", i
        if item.values or (self.senses.names(item) >= 0.9 and self.senses.is_thing(item)):
            return "", i
        unit = item.words[0]
        i += 1
        after = self.at(i)
        if after is not None and after.words in (
            ("old",),
            ("long",),
            ("tall",),
            ("of", "age"),
            ("high",),
            ("wide",),
            ("deep",),
            ("apart",),
        ):
            return f"{unit} {after.words[-1]}", i + 1
        return unit, i

    def _unit_item(self, end: int) -> Item | None:
        """Return the span that ends before a place, where it is a unit that the data has a column for."""
        item = self.at(end - 1)
        return item if item is not None and item.words[0] in UNITS and item.nouns else None

    def _graded(self, word: str) -> AdjectiveSense | None:
        """`longer than average`: what the adjective measures, where it says more than "more"."""
        adjective = self.lexicon.adjective(word)
        if (
            adjective is None
            or adjective.form != "comparative"
            or adjective.generic
            or not adjective.attributes
        ):
            return None
        return adjective if adjective.attributes[0][1] == "up" else None

    def operator(self, i: int) -> tuple[str, int] | None:
        """Return the comparison that starts at a place, and where its other side starts."""
        item = self.at(i)
        if item is None:
            return None
        if item.symbol in _SYMBOLS:
            return _SYMBOLS[item.symbol], i + 1
        found = item.operator(K.COMPARISON)
        following = self.at(i + 1)
        if found is None and item.adjective is not None and item.adjective.form == "comparative":
            if following is not None and following.words == ("than",):
                adjective = item.adjective
                way = adjective.generic or (adjective.attributes[0][1] if adjective.attributes else "up")
                return ("gt" if way == "up" else "lt"), i + 2
            return None
        if found is None or found == "approx":
            return None
        i += 1
        if following is not None and following.words == ("than",):
            i += 1
        return found, i

    def _skip(self, i: int) -> int:
        while (
            (item := self.at(i)) is not None
            and not item.number
            and not item.values
            and not item.nouns
            and (item.operator(K.DETERMINER) or item.operator(K.FILLER) or item.symbol == "$")
        ):
            if item.symbol == "$" or (item.words in (("a",), ("an",)) and self._one(i + 1) is not None):
                return i
            i += 1
        return i

    def compared(self, i: int) -> tuple[Compared | ComparedTo, int] | None:
        """Read a comparison with a number, an aggregate, or something named that follows."""
        item = self.at(i)
        if item is None:
            return None
        start = item.start
        if item.operator(K.QUANTIFIER) == "only_one" and self.senses.names(self.at(i + 1)) > 0:
            return Compared("eq", NumberSense(1), start=start, end=item.end, item=item), i + 1
        early = self._range(i) or self._number_first(i) or self._within(i)
        if early is not None:
            return early
        average = item.operator(K.COMPARISON_TO_AVERAGE)
        if average is not None:
            graded = self._graded(item.words[0])
            return ComparedTo(average, "avg", graded, start=start, end=item.end, item=item), i + 1
        than = self._more_than(i)
        if than is not None:
            return than
        found = self.operator(i)
        if found is None:
            return None
        operator, j = found
        adjective = item.adjective if item.operator(K.COMPARISON) is None and not item.symbol else None
        j = self._skip(j)
        if operator == "between":
            return self._between(i, j)
        if (number := self.number(j)) is not None:
            value, j = number
            suffix = self.at(j)
            if operator == "eq" and suffix is not None and (way := suffix.operator(K.COMPARISON_SUFFIX)):
                operator, j = way, j + 1
            unit, j = ("times", j) if value.unit == "times" else self._unit(j)
            return Compared(
                operator,
                value,
                adjective=adjective,
                unit=unit,
                unit_item=self._unit_item(j),
                start=start,
                end=self.items[j - 1].end,
                item=item,
            ), j
        return self._other_side(i, j, operator)

    def _number_first(self, i: int) -> tuple[Compared, int] | None:
        """`5 or more`, `10+`, `30 days or longer`."""
        number = self.number(i)
        if number is None:
            return None
        value, j = number
        unit, k = self._unit(j)
        for end in (j, k):
            suffix = self.at(end)
            if (
                suffix is not None
                and (way := suffix.operator(K.COMPARISON_SUFFIX))
                and suffix.words[0] not in ("minimum", "maximum", "plus", "at")
            ):
                if end == j:
                    unit, after = self._unit(end + 1)
                else:
                    after = end + 1
                return Compared(
                    way,
                    value,
                    unit=unit,
                    unit_item=self._unit_item(j),
                    start=self.items[i].start,
                    end=self.items[after - 1].end,
                    item=self.items[i],
                ), after
        return None

    def _within(self, i: int) -> tuple[Compared, int] | None:
        """`within 3 days`: in so many at most."""
        item = self.items[i]
        number = self.number(i + 1) if item.words[-1] in ("within", "inside") else None
        unit, end = self._unit(number[1]) if number is not None else ("", i)
        if number is None or unit not in LASTING:
            return None
        return Compared(
            "le", number[0], unit=unit, start=item.start, end=self.items[end - 1].end, item=item
        ), end

    def _range(self, i: int) -> tuple[Compared, int] | None:
        """`2 to 3 bedrooms`, `10-20 units`: a range before what it counts."""
        first = self.at(i)
        if first is None or first.number is None or first.nouns or first.values:
            return None
        found = self._between(i, i)
        if found is None or self.at(i + 1) is None or self.items[i + 1].operator(K.CONJUNCTION) == "and":
            return None
        following = self.at(found[1])
        return found if found[0].unit or (following is not None and following.nouns) else None

    def _between(self, i: int, j: int) -> tuple[Compared, int] | None:
        low = self.number(j)
        if low is None:
            return None
        value, j = low
        _, j = self._unit(j)
        item = self.at(j)
        if item is None or not (
            item.operator(K.CONJUNCTION) == "and" or item.words in (("to",), ("-",), ("and",))
        ):
            return None
        high = self.number(self._skip(j + 1))
        if high is None:
            return None
        upper, j = high
        unit, j = self._unit(j)
        if upper.unit and not value.unit:
            value = NumberSense(value.value, upper.unit)
        first = self.items[i]
        return Compared(
            "between",
            value,
            upper,
            unit=unit,
            unit_item=self._unit_item(j),
            start=first.start,
            end=self.items[j - 1].end,
            item=first,
        ), j

    def _more_than(self, i: int) -> tuple[ComparedTo, int] | None:
        """`more profit than the average`, `fewer orders than`: what is compared stands inside."""
        item, noun, than = self.at(i), self.at(i + 1), self.at(i + 2)
        found = item.operator(K.COMPARATIVE_COUNT) if item is not None else None
        if (
            item is not None
            and found is None
            and item.adjective is not None
            and item.adjective.form == "comparative"
            and item.adjective.generic
        ):
            found = "gt" if item.adjective.generic == "up" else "lt"
        if (
            found is None
            or item is None
            or noun is None
            or than is None
            or not noun.nouns
            or than.words != ("than",)
        ):
            return None
        other = self._other_side(i, self._skip(i + 3), found)
        if other is None:
            return None
        other[0].noun = noun
        return other

    def _other_side(self, i: int, j: int, operator: str) -> tuple[ComparedTo, int] | None:
        """The other side is an aggregate, or something named that follows."""
        first, side = self.items[i], self.at(j)
        if side is None:
            return None
        adjective = first.adjective if first.operator(K.COMPARISON) is None and not first.symbol else None
        function = (side.operator(K.AGGREGATION) or "").partition(".")[0]
        if function in _FUNCTIONS and operator not in ("between",):
            j += 1
            while (after := self.at(j)) is not None and after.words in (
                ("of",),
                ("the",),
                ("of", "the"),
                ("for",),
                ("all",),
            ):
                j += 1
            return ComparedTo(
                operator, function, adjective, start=first.start, end=self.items[j - 1].end, item=first
            ), j
        said = self.items[j - 1].words[-1] if j > i else first.words[-1]
        named = bool(side.values or side.nouns or side.operator(K.PRONOUN) == "third")
        explicit = (
            said == "than"
            or "than" in first.words
            or first.words[0].startswith(("exceed", "surpass", "beat", "equal", "differ"))
            or first.symbol != ""
        )
        if named and explicit and first.words[-1] not in _PLACES:
            return ComparedTo(
                operator, "", adjective, start=first.start, end=self.items[j - 1].end, item=first
            ), j
        return None


def _is_one_unit(item: Item) -> bool:
    return len(item.words) == 2 and item.words[0] in ("a", "an") and item.words[1] in LASTING
