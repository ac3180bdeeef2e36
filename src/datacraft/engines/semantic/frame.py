"""What a question asks for, in its own terms, before words are tied to one table each.

The parser makes a `Frame`; `resolve` chooses one meaning for every mention; `planning` turns it into a plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from datacraft.contracts.plan import DatePart, TimeUnit
from datacraft.engines.semantic.lattice import Item, NumberSense, ValueSense
from datacraft.engines.semantic.lexicon import AdjectiveSense
from datacraft.engines.semantic.timespan import TimeSpan
from datacraft.engines.semantic.vocabulary import ColumnId, Target


@dataclass(eq=False, slots=True)
class Noun:
    """Words that name a part of the data. `owner` is the thing it is said of ("name of the author")."""

    item: Item
    candidates: list[tuple[Target, float]]
    owner: Noun | None = None
    chosen: Target | None = None


@dataclass(eq=False, slots=True)
class ValueChoice:
    """One column's values that a value mention may mean."""

    column: ColumnId
    values: tuple[object, ...]
    how: str
    score: float
    words: str = ""


@dataclass(eq=False, slots=True)
class ValueMention:
    """Words that name a value; `hint` is the column or thing named beside it ("the city of Lima")."""

    item: Item
    candidates: list[ValueChoice]
    hint: Noun | None = None
    chosen: ValueChoice | None = None


@dataclass(eq=False, slots=True)
class NounPhrase:
    """A thing and what is said of it. The root has no parent; `thing` may be left to be found out."""

    thing: Noun | None = None
    parent: NounPhrase | None = None
    rank: Rank | None = None
    negated: bool = False
    role: str = ""  # the preposition that led in: from, to, ...
    verbs: tuple[Item, ...] = ()
    all_of: bool = False
    same: bool = False
    target: bool = False  # it was asked for, not only mentioned
    via: Noun | None = None  # the column that leads to the thing ("states that border ...")


@dataclass(eq=False, slots=True)
class Measure:
    """Something computed: `functions` from outermost to innermost ("average number of" = avg, count)."""

    functions: list[str] = field(default_factory=list)
    noun: Noun | None = None
    second: Noun | None = None
    distinct: bool = False
    fraction: float | None = None
    per: Noun | None = None
    per_unit: Grain | None = None
    denominator: Measure | None = None
    operator: str = ""  # ratio, difference, duration, correlation
    conditions: list[Condition] = field(default_factory=list)
    share: bool = False
    rate: bool = False  # a ratio that is a part of a whole: told in percent
    window: str = ""
    window_unit: TimeUnit | None = None
    window_size: int | None = None
    adjective: AdjectiveSense | None = None


@dataclass(eq=False, slots=True)
class Grain:
    """A calendar unit or a cyclic part of a date to group by."""

    unit: TimeUnit | None = None
    part: DatePart | None = None
    item: Item | None = None
    of: Noun | None = None  # the date it is a part of: "by weekday of delivery"


def grain_of(item: Item) -> Grain:
    """Return a calendar unit, or a cyclic part of a date, as something to group by."""
    cyclic = "of" in item.words and item.grain in tuple(DatePart)  # "hour of the day"
    if item.grain in tuple(TimeUnit) and not cyclic:
        return Grain(unit=TimeUnit(item.grain), item=item)
    return Grain(part=DatePart(item.grain), item=item)


@dataclass(eq=False, slots=True)
class Rank:
    """An order with a cut: "top 5 by", "the largest", "with the most"."""

    descending: bool = True
    limit: int | None = None
    position: int | None = None
    measure: Measure | None = None
    adjective: AdjectiveSense | None = None
    stack: tuple[NounPhrase, ...] = ()
    count_of_rows: bool = False
    time_order: bool = False
    item: Item | None = None
    verb: Item | None = None


@dataclass(eq=False, slots=True)
class Asked:
    """One thing to show: a noun, a measure, or a calendar unit."""

    noun: Noun | None = None
    measure: Measure | None = None
    grain: Grain | None = None
    rate: bool = False  # "per ..."
    within: bool = False  # "within each ...": a share of that group, not of all
    attribute: bool = False  # only the question word names it: "how long"
    stray: bool = False  # came without "and", "their" or the like: perhaps not asked for


@dataclass(eq=False, slots=True)
class Condition:
    """A restriction. `stack` holds the noun phrases it may be said of, innermost last.

    kind: value, compare, count, exists, null, text, time, flag, named, all, column.
    """

    kind: str
    stack: tuple[NounPhrase, ...] = ()
    negated: bool = False
    noun: Noun | None = None
    measure: Measure | None = None
    values: list[ValueMention] = field(default_factory=list)
    operator: str = ""
    number: NumberSense | None = None
    upper: NumberSense | None = None
    other: Measure | None = None
    reference: ValueMention | None = None
    text: str = ""
    span: TimeSpan | None = None
    phrase: NounPhrase | None = None
    adjective: AdjectiveSense | None = None
    alternative: bool = False  # "or": with the condition before
    both: bool = False
    role: str = ""
    verb: Item | None = None
    clause: int = 0
    part: bool = False  # said of the things inside a share: "share of urgent trips"
    start: int = 0  # the token at which it was read
    period: Condition | None = None  # "over 1000 in 2021": the time that the figure is of
    unit: str = ""  # what a number that is compared with counts: "days", "years old", "kg"


@dataclass(eq=False, slots=True)
class OrderSpec:
    """A sort that was asked for."""

    descending: bool = False
    noun: Noun | None = None
    measure: Measure | None = None
    alphabetical: bool = False
    time_order: bool = False


@dataclass(eq=False, slots=True)
class Frame:
    """Everything a question asks for."""

    root: NounPhrase = field(default_factory=lambda: NounPhrase())
    asked: list[Asked] = field(default_factory=list)
    groups: list[Asked] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    phrases: list[NounPhrase] = field(default_factory=list)
    part: list[Condition] = field(
        default_factory=list
    )  # what a share's part has to be, and its whole need not
    rank: Rank | None = None
    orders: list[OrderSpec] = field(default_factory=list)
    question_word: str = ""
    verbs: list[Item] = field(default_factory=list)
    compare: bool = False
    difference: bool = False
    trend: bool = False
    distribution: bool = False
    distinct: bool = False
    whole: bool = False  # "all details of": every column of what is listed
    chart: str | None = None
    unread: list[Item] = field(default_factory=list)
    denied_verb: Item | None = None
    dangling: bool = False  # a "not" that nothing took up
    lost: list[str] = field(default_factory=list)
    soft_unread: list[Item] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    ranking: bool = False  # the place of each is to be shown
    average_of_counts: bool = False

    def nouns(self) -> Iterator[Noun]:
        """Yield every noun mention of the frame once, owners included."""
        seen: set[int] = set()
        for noun in self._all_nouns():
            at: Noun | None = noun
            while at is not None and id(at) not in seen:
                seen.add(id(at))
                yield at
                at = at.owner

    def _all_nouns(self) -> Iterator[Noun]:
        for phrase in (self.root, *self.phrases):
            if phrase.thing is not None:
                yield phrase.thing
            if phrase.via is not None:
                yield phrase.via
            if phrase.rank is not None and phrase.rank.measure is not None:
                yield from _measure_nouns(phrase.rank.measure)
        for asked in (*self.asked, *self.groups):
            if asked.noun is not None:
                yield asked.noun
            if asked.grain is not None and asked.grain.of is not None:
                yield asked.grain.of
            if asked.measure is not None:
                yield from _measure_nouns(asked.measure)
        for condition in (*self.conditions, *self.part):
            yield from _condition_nouns(condition)
        if self.rank is not None and self.rank.measure is not None:
            yield from _measure_nouns(self.rank.measure)
        for order in self.orders:
            if order.noun is not None:
                yield order.noun
            if order.measure is not None:
                yield from _measure_nouns(order.measure)

    def all_conditions(self) -> Iterator[Condition]:
        """Yield the frame's conditions and those that belong to one measure alone."""
        yield from (*self.conditions, *self.part)
        for measure in self._measures():
            part: Measure | None = measure
            while part is not None:
                yield from part.conditions
                part = part.denominator

    def _measures(self) -> Iterator[Measure]:
        ranks = (self.rank, *(phrase.rank for phrase in (self.root, *self.phrases)))
        measures = [rank.measure for rank in ranks if rank is not None]
        measures += [asked.measure for asked in self.asked] + [order.measure for order in self.orders]
        measures += [m for condition in self.conditions for m in (condition.measure, condition.other)]
        yield from (measure for measure in measures if measure is not None)


def _measure_nouns(measure: Measure) -> Iterator[Noun]:
    for noun in (measure.noun, measure.second, measure.per):
        if noun is not None:
            yield noun
    for condition in measure.conditions:
        yield from _condition_nouns(condition)
    if measure.denominator is not None:
        yield from _measure_nouns(measure.denominator)


def _condition_nouns(condition: Condition) -> Iterator[Noun]:
    if condition.noun is not None:
        yield condition.noun
    for measure in (condition.measure, condition.other):
        if measure is not None:
            yield from _measure_nouns(measure)
    for value in condition.values:
        if value.hint is not None:
            yield value.hint


def group_values(values: tuple[ValueSense, ...], words: str = "") -> list[ValueChoice]:
    """Gather value senses by column: one choice a column, with every value that fits it best."""
    by_column: dict[ColumnId, list[ValueSense]] = {}
    for sense in values:
        by_column.setdefault(sense.column, []).append(sense)
    choices = []
    for column, senses in by_column.items():
        top = max(sense.score for sense in senses)
        first = next(sense for sense in senses if sense.score == top)
        kept = [
            sense
            for sense in senses
            if sense.score >= top - 0.02
            or sense.how == first.how == "contains"  # all values that hold the words
        ]
        choices.append(ValueChoice(column, tuple(sense.value for sense in kept), kept[0].how, top, words))
    return sorted(choices, key=lambda choice: -choice.score)
