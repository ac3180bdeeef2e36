"""A span of a question, with every way to read it."""

from __future__ import annotations

from dataclasses import dataclass, field

from datacraft.engines.semantic.lexicon import AdjectiveSense, OperatorKind, OperatorSense, VerbSense
from datacraft.engines.semantic.timespan import TimeSpan
from datacraft.engines.semantic.vocabulary import ColumnId, SchemaHit


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
    acts: tuple[
        ValueSense, ...
    ] = ()  # values that another form of the word is: "cancelled" of "cancellation"
    part: Item | None = None  # of a rate, what it is the rate of: "cancellation" of "cancellation rate"
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
            and (self.words[0] != self.verb.base or self.words[0].endswith("ed") or self.words == ("born",))
        )

    @property
    def unknown(self) -> bool:
        """Whether nothing is known about the words."""
        return not (self.nouns or self.values or self.operators or self.number or self.time or self.adjective
                    or self.verb or self.grain or self.symbol)  # fmt: skip
