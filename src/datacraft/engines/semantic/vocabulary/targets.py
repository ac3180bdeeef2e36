"""The parts of the data that words may name, and names as words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from datacraft.contracts.semantic import NamedFilter, NamedMeasure
from datacraft.engines.semantic.lexicon import lemma

_COUNTING = {"num", "number", "count", "cnt", "total", "no", "nr", "qty", "quantity"}
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that can be listed and counted: a table's rows, or an entity inside a wider table."""

    name: str
    table: str
    key: str | None
    labels: tuple[str, ...]
    attributes: tuple[str, ...] = ()

    @property
    def virtual(self) -> bool:
        """Whether the thing is an entity inside a wider table, so that its rows repeat."""
        return self.key is not None


@dataclass(frozen=True, slots=True)
class ColumnId:
    """A column of a table."""

    table: str
    column: str


DELAY = "delay"


@dataclass(frozen=True, slots=True)
class Duration:
    """The time between two dates of one row, such as the length of a stay."""

    name: str
    table: str
    start: str
    end: str

    @property
    def is_delay(self) -> bool:
        """Whether it is how late something was, not how long it took."""
        return self.name == DELAY


Target = Thing | ColumnId | NamedMeasure | NamedFilter | Duration


@dataclass(frozen=True, slots=True)
class SchemaHit:
    """Evidence that some words name a part of the data; `score` is between 0 and 1."""

    kind: str  # thing, column, measure, filter
    target: int  # index into Vocabulary.targets
    score: float


@lru_cache(maxsize=20_000)
def words_of(name: str) -> tuple[str, ...]:
    """Split a name in any style into lemmas: `OrderDate`, `order_date`, "Order Date" -> (order, date)."""
    parts: list[str] = []
    for piece in re.split(r"[^0-9A-Za-zÀ-ɏ]+", name):
        parts.extend(_CAMEL.findall(piece) or ([piece] if piece else []))
    return tuple(lemma(part.lower()) for part in parts)


def counts_already(column: str) -> bool:
    """Whether a column's name says that it holds a count ("num_reviews", "citation_count")."""
    words = words_of(column)
    return len(words) > 1 and (words[-1] in _COUNTING or words[0] in _COUNTING)
