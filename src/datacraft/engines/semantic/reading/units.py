"""What a question is made of, between its words and its meaning."""

from __future__ import annotations

from dataclasses import dataclass, field

from datacraft.engines.semantic.frame import Grain
from datacraft.engines.semantic.lattice import Item, NumberSense
from datacraft.engines.semantic.lexicon import AdjectiveSense


@dataclass(eq=False, slots=True)
class Compared:
    """`more than 5`, `between 3 and 7`, `10 or fewer`, `older than 30`; `unit` is what the number counts."""

    operator: str
    number: NumberSense | None = None
    upper: NumberSense | None = None
    adjective: AdjectiveSense | None = None
    unit: str = ""
    unit_item: Item | None = None
    start: int = 0
    end: int = 0
    item: Item | None = None


@dataclass(eq=False, slots=True)
class ComparedTo:
    """`above average`, `more than the average`, `older than` something: the other side may follow as a phrase."""

    operator: str
    function: str = ""  # avg, median, max, min, sum: of the other side; empty where it is a phrase or a value
    adjective: AdjectiveSense | None = None
    noun: Item | None = None  # "more profit than": what is compared
    start: int = 0
    end: int = 0
    item: Item | None = None


@dataclass(eq=False, slots=True)
class Ranked:
    """`top 5`, `the largest`, `second most expensive`, `the most`."""

    descending: bool
    item: Item
    limit: int | None = None
    position: int | None = None
    adjective: AdjectiveSense | None = None
    counts: bool = False  # "most": by number, unless a measure follows
    time_order: bool = False  # "first 3", "last order"
    verb: Item | None = None  # "best selling", "most watched"
    start: int = 0
    end: int = 0


@dataclass(eq=False, slots=True)
class ValueList:
    """One value, or several of one column: `East, West or South`. `hint` is the noun that names their column."""

    items: list[Item]
    joined: str = ""  # and, or, versus
    hint: Item | None = None
    negated: bool = False
    compared: bool = False  # set side by side: "East versus West"


@dataclass(eq=False, slots=True)
class Phrase:
    """A noun phrase: its head, and what stands before and right behind it."""

    start: int
    end: int = 0
    head: Item | None = None
    owner: Item | None = None  # "employee" of "employee name"
    functions: list[str] = field(default_factory=list)
    fraction: float | None = None
    distinct: bool = False
    rank: Ranked | None = None
    count: Compared | None = None
    number: Item | None = None
    values: list[ValueList] = field(default_factory=list)
    flags: list[Item] = field(default_factory=list)
    states: list[Item] = field(default_factory=list)
    rhythm: Grain | None = None
    grain: Grain | None = None
    rate: Item | None = None  # "cancellation rate": how many of all are so
    adjectives: list[Item] = field(default_factory=list)
    quantifier: str = ""  # all, both, only, none
    determiner: str = ""
    possessive: bool = False  # "their", "its"
    counted: bool = False  # "order count"
    share: bool = False
    named: bool = False  # the head only names the column of the values behind it

    @property
    def bare_value(self) -> bool:
        """Whether it is values alone."""
        return self.head is None and self.grain is None and bool(self.values)


@dataclass(eq=False, slots=True)
class Mark:
    """A word that plays a part but holds no content of the data: kind and value as in the lexicon."""

    kind: str
    value: str
    item: Item
    extra: object = None

    @property
    def start(self) -> int:
        """The first token."""
        return self.item.start


Unit = Phrase | Compared | ComparedTo | Ranked | Mark
