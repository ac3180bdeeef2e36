"""`NameIndex`: the words of all names in the data, and where each stands; made per table, so that it grows."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from datacraft.contracts.semantic import Column, SemanticModel, Table
from datacraft.engines.semantic.lexicon import lemma, verb_lemma
from datacraft.profiles.words import expand, split_identifier

_TABLE, _ENTITY, _COLUMN, _VALUE, _DESCRIPTION = 3.0, 2.6, 1.6, 1.3, 0.4
_KEYS = frozenset({"id", "key", "code", "name", "number", "no", "date"})  # say little of what a column holds
_LEAST_LIKENESS = 80.0  # percent


@dataclass(frozen=True, slots=True)
class Posting:
    """A place where a word stands.

    Attributes:
        table: place of the table.
        column: place of the column in it; -1 for the table itself.
        weight: of the kind of name, times the share of the name that the word makes up.
    """

    table: int
    column: int
    weight: float


class NameIndex:
    """Words of names, synonyms, descriptions and frequent values, with their places.

    Args:
        model: what the data means.
    """

    def __init__(self, model: SemanticModel) -> None:
        self._postings: dict[str, list[Posting]] = defaultdict(list)
        entities: dict[str, list[str]] = defaultdict(list)
        for entity in model.entities:
            entities[entity.table] += [entity.name, *entity.synonyms]
        for place, table in enumerate(model.tables):
            for word, (column, weight) in _words_of_table(table, tuple(entities[table.name])):
                self._postings[word].append(Posting(place, column, weight))
        named = [(m.table, (m.name, *m.synonyms)) for m in model.measures]
        named += [(f.table, (f.name, *f.synonyms)) for f in model.filters]
        places = {table.name: place for place, table in enumerate(model.tables)}
        for owner, names in named:
            for word, weight in _weighted(names, _COLUMN):
                self._postings[word].append(Posting(places[owner], -1, weight))
        count = len(model.tables)
        self._rarity = {
            word: math.log(1 + count / len({posting.table for posting in postings}))
            for word, postings in self._postings.items()
        }
        self._usual = math.log(1 + count)
        self._vocabulary = [word for word in self._postings if len(word) > 3 and " " not in word]
        self._alike = lru_cache(maxsize=4_096)(self._find_alike)

    def find(self, word: str) -> tuple[Sequence[Posting], float]:
        """Return where a lemma stands, and how rare it is: log(1 + tables / tables with it)."""
        return self._postings.get(word, ()), self._rarity.get(word, self._usual)

    def alike(self, word: str) -> tuple[tuple[str, float], ...]:
        """Return words of the data that look like one that is not there, each with its likeness in (0, 1)."""
        return self._alike(word)

    def _find_alike(self, word: str) -> tuple[tuple[str, float], ...]:
        from rapidfuzz import fuzz, process

        if len(word) < 4 or word in self._postings:
            return ()
        found = process.extract(
            word, self._vocabulary, scorer=fuzz.ratio, score_cutoff=_LEAST_LIKENESS, limit=3
        )
        return tuple((text, score / 100) for text, score, _ in found)


def _words_of_table(table: Table, entities: tuple[str, ...]) -> Iterable[tuple[str, tuple[int, float]]]:
    names = [(table.name, *table.synonyms), (table.entity, *entities)]
    best: dict[tuple[str, int], float] = {}

    def put(words: Iterable[tuple[str, float]], column: int) -> None:
        for word, weight in words:
            best[word, column] = max(best.get((word, column), 0.0), weight)

    put(_weighted(names[0], _TABLE), -1)
    put(_weighted(names[1], _ENTITY), -1)
    put(_weighted((table.description,), _DESCRIPTION, whole=False), -1)
    for place, column in enumerate(table.columns):
        put(_weighted((column.name, *column.synonyms), _COLUMN), place)
        put(_weighted((column.description,), _DESCRIPTION, whole=False), place)
        put(_weighted(_values(column), _VALUE), place)
    return [(word, (column, weight)) for (word, column), weight in best.items()]


def _values(column: Column) -> tuple[str, ...]:
    if column.sensitive:
        return ()
    return tuple(value for value in column.values if isinstance(value, str) and len(value) < 60)


def _weighted(names: Iterable[str], weight: float, *, whole: bool = True) -> Iterable[tuple[str, float]]:
    """Yield the words of names with their weights; a word of a longer name weighs as much as it makes up of it."""
    for name in names:
        words = [lemma(word) for word in expand(split_identifier(name))]
        if not words:
            continue
        sizes = Counter({word: 0.35 if word in _KEYS and len(words) > 1 else 1.0 for word in words})
        total = sum(sizes[word] for word in words)
        for word in dict.fromkeys(words):
            share = sizes[word] / total if whole else 1.0
            yield word, weight * share**0.7
            if (base := verb_lemma(word)) != word:
                yield base, 0.8 * weight * share**0.7
        for length in (2, 3):
            for start in range(len(words) - length + 1):
                part = words[start : start + length]
                share = sum(sizes[word] for word in part) / total if whole else 1.0
                yield " ".join(part), 1.3 * weight * share**0.7
