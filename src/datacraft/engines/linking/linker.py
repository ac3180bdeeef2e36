"""`SchemaLinker`: the tables that a question may touch, the likeliest first, with the words that point to them.

Each phrase of the question gives evidence to tables: rarer words more, names more than values and values more
than descriptions. Tables are then taken one by one for what they explain that the ones before do not, which is
greedy maximum coverage (Nemhauser, Wolsey and Fisher, Mathematical Programming 14, 1978), and the tables that
connect them, that they refer to and that stand between them are taken along.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Protocol

from datacraft.contracts.semantic import SemanticModel
from datacraft.engines.linking.index import NameIndex
from datacraft.engines.linking.terms import Term, terms_of, words_of
from datacraft.engines.semantic.lexicon import load_lexicon
from datacraft.profiles import ValueHit

_STORED = 1.8  # weight of a value that the data holds
_LEAST_SCORE = 0.85  # of a value that may be misspelt
_MOST_VALUES = 3  # places of one value that count
_OWN = 0.25  # what a table is worth for words that others explain already
_NEAR = 1.5  # times its worth, for being joined to one that is taken; less the farther
_NEIGHBOURHOOD = 3  # joins
_LONGEST_PATH = 4.0  # in joins
_POINTED_TO = 0.6  # of a join, that a table is nearer for what points to it
_WORTH_ALONE = 0.12  # share of the first one's worth: with less, tables that others refer to go before
_WORTH_CONNECTING = 0.25  # share of the first one's worth, for each table that it takes to connect
_REFERRED = 0.5  # share of the evidence for a reference that is evidence for the table referred to
_WORTH_REFERRED = 0.15  # share of the worth of the table that refers to it
_WORTH_BETWEEN = 0.8  # share of the lesser worth of the two tables that it stands between
_OWN_BETWEEN = (
    0.2  # what the best evidence for a table between others adds, as a share of the first one's worth
)
_LEAST_BETWEEN = 0.05  # share of the first one's worth
_MOST_BETWEEN = 3


class Values(Protocol):
    """Where words are found among the data's values; see `datacraft.profiles.ValueIndex`."""

    def lookup(self, phrases: Sequence[str]) -> Mapping[str, Sequence[ValueHit]]:
        """Return the values that equal each phrase."""
        ...

    def similar(self, phrase: str, limit: int = 5, cutoff: float = 0.75) -> Sequence[ValueHit]:
        """Return values that a phrase may misspell."""
        ...


@dataclass(frozen=True, slots=True)
class LinkedTable:
    """A table that the question may touch.

    Attributes:
        score: evidence for it; comparable within one question only.
        columns: that the question points to, the likeliest first.
        connects: it is only there to connect others.
    """

    name: str
    score: float
    columns: tuple[str, ...]
    connects: bool = False


@dataclass(frozen=True, slots=True)
class Linked:
    """What a question may touch.

    Attributes:
        tables: the likeliest first.
        values: of the data that the question may mean, with the words that were typed.
    """

    tables: tuple[LinkedTable, ...]
    values: tuple[tuple[str, ValueHit], ...]


class SchemaLinker:
    """Links questions to one data set. Safe to use from several threads.

    Args:
        model: what the data means.
        values: of the data.
    """

    def __init__(self, model: SemanticModel, values: Values) -> None:
        self._model = model
        self._values = values
        self._lexicon = load_lexicon()
        self._index = NameIndex(model)
        self._places = {table.name: place for place, table in enumerate(model.tables)}
        self._columns = [{c.name: place for place, c in enumerate(t.columns)} for t in model.tables]
        self._neighbours: dict[int, set[int]] = defaultdict(set)
        self._targets: dict[tuple[int, int], int] = {}
        self._refers: dict[int, set[int]] = defaultdict(set)
        for join in model.joins:
            left, right = self._places[join.left], self._places[join.right]
            if join.cardinality != "many_to_many" and len(join.columns) == 1:
                self._targets[left, self._columns[left][join.columns[0][0]]] = right
                self._refers[left].add(right)
            self._neighbours[left].add(right)
            self._neighbours[right].add(left)

    def link(self, question: str, *, tables: int = 10) -> Linked:
        """Return what a question may touch.

        Args:
            question: in plain words.
            tables: most tables to return.
        """
        words = words_of(question)
        terms = terms_of(words, self._lexicon)
        hits = self._value_hits(terms)
        evidence = self._evidence(terms, hits)
        chosen = self._choose(evidence, tables)
        found = tuple(self._linked(place, connects, evidence) for place, connects in chosen)
        names = {table.name for table in found}
        return Linked(found, tuple((said, hit) for said, hit in hits if hit.table in names))

    def _value_hits(self, terms: Sequence[Term]) -> list[tuple[str, ValueHit]]:
        exact = self._values.lookup([term.text for term in terms])
        hits: list[tuple[str, ValueHit]] = []
        for term in terms:
            found: Iterable[ValueHit] = exact.get(term.text, ())
            if not found and term.length == 1 and not self._known(term):
                found = self._values.similar(term.text, limit=_MOST_VALUES, cutoff=_LEAST_SCORE)
            hits += [(term.text, hit) for hit in list(found)[:_MOST_VALUES] if hit.table in self._places]
        return hits

    def _known(self, term: Term) -> bool:
        return any(self._index.find(meaning)[0] for meaning, strength in term.meanings if strength > 0.7)

    def _evidence(
        self, terms: Sequence[Term], hits: Sequence[tuple[str, ValueHit]]
    ) -> dict[int, dict[tuple[int, int], dict[int, float]]]:
        """Return table -> (start, length of the words) -> column -> evidence."""
        found: dict[int, dict[tuple[int, int], dict[int, float]]] = defaultdict(lambda: defaultdict(dict))

        def put(term: Term, table: int, column: int, weight: float) -> None:
            place = found[table][term.start, term.length]
            place[column] = max(place.get(column, 0.0), weight)

        for term in terms:
            meanings = term.meanings
            if term.length == 1 and not self._known(term):
                alike = self._index.alike(meanings[0][0])
                meanings = (*meanings, *((word, 0.9 * likeness) for word, likeness in alike))
            for meaning, strength in meanings:
                postings, rarity = self._index.find(meaning)
                for posting in postings:
                    weight = strength * rarity * posting.weight
                    put(term, posting.table, posting.column, weight)
                    if (target := self._targets.get((posting.table, posting.column))) is not None:
                        put(term, target, -1, _REFERRED * weight)
        by_text = {term.text: term for term in terms}
        places: dict[str, set[int]] = defaultdict(set)
        for said, hit in hits:
            places[said].add(self._places[hit.table])
        for said, hit in hits:
            table = self._places[hit.table]
            rarity = self._index.find("")[1] / len(places[said])
            put(by_text[said], table, self._columns[table].get(hit.column, -1), _STORED * hit.score * rarity)
        return found

    def _choose(
        self, evidence: Mapping[int, Mapping[tuple[int, int], Mapping[int, float]]], most: int
    ) -> list[tuple[int, bool]]:
        per_word = {table: _per_word(spans) for table, spans in evidence.items()}
        totals = {table: sum(words.values()) for table, words in per_word.items()}
        explained: dict[int, float] = defaultdict(float)
        worths: dict[int, float] = {}
        distance: dict[int, int] = {}

        def gain(table: int) -> float:
            new = sum(max(0.0, value - explained[word]) for word, value in per_word[table].items())
            near = _NEAR / distance[table] if table in distance else 0.0
            return (new + _OWN * totals[table]) * (1 + near)

        waiting = set(per_word)
        first = 0.0
        while len(worths) < most and waiting:
            best = max(waiting, key=lambda table: (gain(table), -table))
            worth = gain(best)
            first = first or worth
            if worth < _WORTH_ALONE * first:
                break
            waiting.discard(best)
            if best not in worths:
                path = self._path(best, worths, totals)
                if worth >= _WORTH_CONNECTING * first * len(path):
                    worths |= {table: worth for table in path if table not in worths}
            worths[best] = worth
            for word, value in per_word[best].items():
                explained[word] = max(explained[word], value)
            distance = self._distances(worths)
        worths |= self._referred(worths)
        worths |= self._between(worths, totals)
        weak = sorted(waiting.difference(worths), key=lambda table: (-totals[table], table))
        chosen = [*sorted(worths, key=lambda table: -worths[table]), *weak][:most]
        return [(table, table not in per_word) for table in chosen]

    def _referred(self, worths: Mapping[int, float]) -> dict[int, float]:
        """Return the tables that chosen ones refer to, with what they are worth."""
        found: dict[int, float] = {}
        for table, worth in worths.items():
            for other in sorted(self._refers[table].difference(worths)):
                found[other] = max(found.get(other, 0.0), _WORTH_REFERRED * worth)
        return found

    def _between(self, worths: Mapping[int, float], totals: Mapping[int, float]) -> dict[int, float]:
        """Return the tables that are joined to two chosen ones, with what they are worth.

        What was bought stands in the lines between orders and products, whichever way connects these sooner.
        """
        top = max(totals.values(), default=1.0)
        first = max(worths.values(), default=1.0)
        found: dict[int, float] = {}
        for table in {other for place in worths for other in self._neighbours[place]}.difference(worths):
            near = sorted(
                (worths[other] for other in self._neighbours[table] if other in worths), reverse=True
            )
            if len(near) > 1:
                own = _OWN_BETWEEN * first * totals.get(table, 0.0) / top
                found[table] = _WORTH_BETWEEN * near[1] + own
        best = sorted(found, key=lambda table: (-found[table], table))[:_MOST_BETWEEN]
        return {table: found[table] for table in best if found[table] > _LEAST_BETWEEN * first}

    def _distances(self, chosen: Iterable[int]) -> dict[int, int]:
        """Return how many joins away from the nearest chosen table others are, up to a few."""
        found = dict.fromkeys(chosen, 1)
        edge = list(chosen)
        for length in range(1, _NEIGHBOURHOOD + 1):
            edge = [other for table in edge for other in self._neighbours[table] if other not in found]
            found.update(dict.fromkeys(edge, length))
        return found

    def _path(self, start: int, ends: Iterable[int], totals: Mapping[int, float]) -> list[int]:
        """Return the tables strictly between a table and the nearest of the ends; none where that is far.

        A table that the question points to is a shorter way than one that it does not.
        """
        top = max(totals.values(), default=1.0)
        goals = set(ends)
        before: dict[int, int] = {}
        waiting: list[tuple[float, int, int]] = [(0.0, start, start)]
        while waiting:
            cost, place, came_from = heappop(waiting)
            if place in before:
                continue
            before[place] = came_from
            if place in goals:
                path = []
                while (place := before[place]) != start:
                    path.append(place)
                return path
            for neighbour in self._neighbours[place]:
                step = 1.0 - _POINTED_TO * min(1.0, totals.get(neighbour, 0.0) / top)
                if neighbour not in before and cost + step <= _LONGEST_PATH:
                    heappush(waiting, (cost + step, neighbour, place))
        return []

    def _linked(
        self,
        table: int,
        connects: bool,
        evidence: Mapping[int, Mapping[tuple[int, int], Mapping[int, float]]],
    ) -> LinkedTable:
        spans = evidence.get(table, {})
        columns: dict[int, float] = defaultdict(float)
        for weights in spans.values():
            for column, weight in weights.items():
                if column >= 0:
                    columns[column] += weight
        model = self._model.tables[table]
        ordered = sorted(columns, key=lambda place: -columns[place])
        score = sum(_per_word(spans).values())
        return LinkedTable(model.name, score, tuple(model.columns[place].name for place in ordered), connects)


def _per_word(spans: Mapping[tuple[int, int], Mapping[int, float]]) -> dict[int, float]:
    """Return the best evidence for each word of the question; that of a phrase is shared by its words."""
    best: dict[int, float] = defaultdict(float)
    for (start, length), weights in spans.items():
        share = max(weights.values()) * (1.2 if length > 1 else 1.0) / length**0.5
        for word in range(start, start + length):
            best[word] = max(best[word], share)
    return best
