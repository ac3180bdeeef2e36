"""Which words name which part of the data: tables, columns, entities, named measures and filters.

Every name is split into words and reduced to lemmas. A full name is the strongest evidence; a name without
its table's prefix or a generic suffix (`name`, `id`, ...) is weaker; a single word of a longer name weaker
still. General English synonyms are applied to the question's words at look-up, with their own strength.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from datacraft.contracts.semantic import (
    Column,
    ColumnType,
    Entity,
    NamedFilter,
    NamedMeasure,
    Role,
    SemanticModel,
    Table,
)
from datacraft.engines.semantic.lexicon import Lexicon, lemma

_NAMING_SUFFIXES = {"name", "title", "label"}
_COUNTING = {"num", "number", "count", "cnt", "total", "no", "nr", "qty", "quantity"}
_KEY_SUFFIXES = {"id", "code", "key", "no", "number", "num", "nr"}
_WEAK_HEADS = {
    "name",
    "id",
    "code",
    "key",
    "no",
    "type",
    "value",
    "date",
    "number",
    "count",
    "flag",
    "status",
}
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


@dataclass(frozen=True, slots=True)
class Duration:
    """The time between two dates of one row, such as the length of a stay."""

    name: str
    table: str
    start: str
    end: str


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


class Vocabulary:
    """Look-up from words to parts of one semantic model. Built once, read by many threads."""

    def __init__(self, model: SemanticModel, lexicon: Lexicon) -> None:
        self.model = model
        self._lexicon = lexicon
        self.targets: list[Target] = []
        self._phrases: dict[tuple[str, ...], dict[int, SchemaHit]] = {}
        self.things: dict[str, Thing] = {}
        self.columns: dict[ColumnId, Column] = {}
        for table in model.tables:
            self._add_table(table)
        for entity in model.entities:
            self._add_entity(entity)
        for measure in model.measures:
            self._add_named("measure", measure)
        for named in model.filters:
            self._add_named("filter", named)
        self._cache: dict[tuple[str, ...], tuple[SchemaHit, ...]] = {}

    def lookup(self, phrase: tuple[str, ...]) -> tuple[SchemaHit, ...]:
        """Return what `phrase` (lemmas) may name, best first; synonyms included."""
        cached = self._cache.get(phrase)
        if cached is None:
            cached = self._lookup(phrase)
            if len(self._cache) < 50_000:
                self._cache[phrase] = cached
        return cached

    def word_of_stem(self, word: str) -> str | None:
        """Return the one-word name that shares its stem with a verb's form: sighted, sighting."""
        stem = word.removesuffix("ed").removesuffix("ing")
        if len(stem) < 4:
            return None
        found = {phrase[0] for phrase in self._phrases if len(phrase) == 1 and phrase[0].startswith(stem)}
        return min(found, key=len) if found else None

    def words(self) -> frozenset[str]:
        """Return the names of one word."""
        return frozenset(phrase[0] for phrase in self._phrases if len(phrase) == 1)

    def nearest_word(self, word: str) -> str | None:
        """Return the one-word name that `word` is a misspelling of, if one is clearly nearest."""
        from rapidfuzz import fuzz, process  # only for words that nothing else explains

        words = [
            phrase[0] for phrase in self._phrases if len(phrase) == 1 and abs(len(phrase[0]) - len(word)) <= 2
        ]
        found = process.extractOne(word, words, scorer=fuzz.ratio, score_cutoff=82)
        return str(found[0]) if found else None

    def _lookup(self, phrase: tuple[str, ...]) -> tuple[SchemaHit, ...]:
        found = dict(self._phrases.get(phrase, {}))
        for narrower in self._lexicon.narrower(" ".join(phrase)):
            for target, hit in self._phrases.get(tuple(lemma(w) for w in narrower.split()), {}).items():
                if hit.kind == "thing" and hit.score > 0.9 and target not in found:
                    found[target] = SchemaHit(hit.kind, target, 0.75 * hit.score)
        certain = any(hit.kind == "thing" and hit.score >= 0.97 for hit in found.values())
        for other, strength in self._lexicon.synonyms(" ".join(phrase)).items():
            words = tuple(lemma(w) for w in other.split())
            if len(words) == 1 and words[0] in _WEAK_HEADS:
                continue  # every table has a name, an id, a date: a synonym of these says nothing
            for target, hit in self._phrases.get(words, {}).items():
                score = hit.score * strength * 0.9
                if score < 0.45:
                    continue
                if certain and hit.kind == "thing":
                    continue  # the data has a table of this very name
                if target not in found or found[target].score < score:
                    found[target] = SchemaHit(hit.kind, target, score)
        return tuple(sorted(found.values(), key=lambda hit: (-hit.score, hit.target))[:12])

    def _add(self, kind: str, target: Target, phrases: dict[tuple[str, ...], float]) -> None:
        index = len(self.targets)
        self.targets.append(target)
        for phrase, score in phrases.items():
            if phrase:
                hits = self._phrases.setdefault(phrase, {})
                hits[index] = SchemaHit(kind, index, score)

    def _add_table(self, table: Table) -> None:
        thing = Thing(table.entity, table.name, None, tuple(table.label))
        self.things[table.name] = thing
        names = [table.entity, table.name, *table.synonyms]
        taken = {
            words_of(name)
            for e in self.model.entities
            if e.table == table.name
            for name in (e.name, *e.synonyms)
        }
        phrases: dict[tuple[str, ...], float] = {}
        for rank, name in enumerate(names):
            words = words_of(name)
            if words in taken:
                continue  # "order" is the entity that a table of order lines repeats, not its row
            _keep_best(phrases, words, 1.0 if rank < 2 else 0.97)
            if len(words) > 1:
                _keep_best(phrases, words[-1:], 0.6)
                if words[:1] not in taken:
                    _keep_best(phrases, words[:1], 0.45)
        self._add("thing", thing, phrases)
        for words in self._events_of(table):
            _keep_best(phrases, words, 0.7)
        owner = {*words_of(table.entity), *words_of(table.name)}
        if len(table.label) > 1:  # first and last name: "name" means both
            self._add("thing", thing, {("name",): 0.9, ("full", "name"): 0.97})
        for column in table.columns:
            identity = ColumnId(table.name, column.name)
            self.columns[identity] = column
            phrases_of = {
                words: score
                for words, score in _column_phrases(column, owner, table).items()
                if len(words) > 1 or words == words_of(column.name) or not self._lexicon.is_stop(words[0])
            }  # of `starts_at`, "at" is no name
            for word in _UNIT_NAMES.get((column.unit or "").lower(), ()):
                _keep_best(phrases_of, (word,), 0.6)
            self._add("column", identity, phrases_of)
        for duration in durations_of(table):
            self._add("duration", duration, _duration_phrases(duration, thing))

    def _events_of(self, table: Table) -> Iterator[tuple[str, ...]]:
        """Yield nouns for what happens once to every row: of `signed_up_on` a signup, of `hire_date` a hire."""
        if table.time_column is None:
            return
        words = [w for w in words_of(table.time_column) if w not in _DATE_PARTS]
        if not words:
            return
        yield ("".join(words),)
        yield tuple(words)
        verb = self._lexicon.verb(words[0])
        if verb is not None:
            base = verb.base.split()
            yield ("".join([*base, *words[1:]]),)
            yield (*base, *words[1:])
            for noun in verb.nouns[:2]:
                if noun.startswith(base[0][:4]):
                    yield tuple(lemma(word) for word in noun.split())

    def _add_entity(self, entity: Entity) -> None:
        labels = (entity.label,) if entity.label else ()
        thing = Thing(entity.name, entity.table, entity.key, labels, tuple(entity.attributes))
        phrases: dict[tuple[str, ...], float] = {}
        for name in (entity.name, *entity.synonyms):
            _keep_best(phrases, words_of(name), 1.0)
        self._add("thing", thing, phrases)

    def _add_named(self, kind: str, named: NamedMeasure | NamedFilter) -> None:
        self._add(kind, named, {words_of(name): 1.0 for name in (named.name, *named.synonyms)})


_DATE_PARTS = frozenset(
    {"date", "time", "on", "at", "dt", "ts", "timestamp", "day", "datetime", "year", "since"}
)
_UNIT_NAMES: dict[str, tuple[str, ...]] = {
    "km": ("kilometre", "kilometer"), "kg": ("kilogram", "kilo"), "mi": ("mile",), "miles": ("mile",),
    "ft": ("foot",), "m": ("metre", "meter"), "usd": ("dollar",), "eur": ("euro",), "minutes": ("minute",),
}  # fmt: skip
_STARTS = {"start": 3, "begin": 3, "from": 3, "open": 2, "admit": 3, "admitted": 3, "admission": 3, "check": 1, "hire": 2,
           "order": 2, "departure": 3, "depart": 3, "ship": 1, "request": 2, "create": 1, "created": 1, "sent": 2, "issue": 2,
           "borrow": 3, "loan": 2, "pickup": 3, "signup": 2, "enroll": 2, "in": 1, "out": 1, "placed": 2}  # fmt: skip
_ENDS = {"end": 3, "finish": 3, "to": 3, "close": 2, "closed": 2, "discharge": 3, "discharged": 3, "arrival": 3, "arrive": 3,
         "deliver": 3, "delivered": 3, "delivery": 3, "ship": 2, "shipped": 2, "resolve": 3, "resolved": 3, "return": 3,
         "returned": 3, "complete": 3, "completed": 3, "until": 3, "termination": 2, "leave": 2, "cancel": 2, "cancelled": 2,
         "canceled": 2, "graduation": 2, "dropoff": 3, "paid": 2}  # fmt: skip


def durations_of(table: Table) -> list[Duration]:
    """Return the time between the start and the end date of a row, where the columns' names tell which is which."""
    dated = [c.name for c in table.columns if c.type in (ColumnType.DATE, ColumnType.TIMESTAMP)]
    best: tuple[int, str, str] | None = None
    for start in dated:
        for end in dated:
            first = max((_STARTS.get(w, 0) for w in words_of(start)), default=0)
            last = max((_ENDS.get(w, 0) for w in words_of(end)), default=0)
            if start != end and first and last and (best is None or first + last > best[0]):
                best = (first + last, start, end)
    return [Duration("duration", table.name, best[1], best[2])] if best else []


def _duration_phrases(duration: Duration, thing: Thing) -> dict[tuple[str, ...], float]:
    entity = words_of(thing.name)
    phrases: dict[tuple[str, ...], float] = {
        ("duration",): 0.95,
        ("length",): 0.8,
        ("stay",): 0.7,
        ("turnaround",): 0.7,
        ("time",): 0.4,
    }
    for tail in (("length",), ("duration",), ("time",)):
        _keep_best(phrases, (*entity[-1:], *tail), 0.95)
        for word in (*words_of(duration.start), *words_of(duration.end)):
            if word not in ("date", "time", "on", "at", "to", "from"):
                _keep_best(phrases, (word, *tail), 0.85)
                _keep_best(
                    phrases, (f"{word}ing" if not word.endswith("e") else f"{word[:-1]}ing", *tail), 0.85
                )
    for words in (
        ("length", "of", "stay"),
        ("processing", "time"),
        ("lead", "time"),
        ("transit", "time"),
        ("turnaround", "time"),
        ("fulfillment", "time"),
    ):
        _keep_best(phrases, words, 0.8)
    if "ship" in words_of(duration.end) or "deliver" in " ".join(words_of(duration.end)):
        _keep_best(phrases, ("delivery", "time"), 0.85)
        _keep_best(phrases, ("shipping", "time"), 0.9)
    return phrases


def _keep_best(phrases: dict[tuple[str, ...], float], words: tuple[str, ...], score: float) -> None:
    if words and phrases.get(words, 0.0) < score:
        phrases[words] = score


_SPELT = {"avg": "average", "max": "maximum", "min": "minimum", "qty": "quantity", "amt": "amount", "tot": "total",
          "num": "number", "pct": "percentage", "yr": "year", "est": "estimate", "desc": "description", "dept": "department",
          "addr": "address", "cust": "customer", "prod": "product", "emp": "employee", "mgr": "manager", "cat": "category"}  # fmt: skip
_UNIT_WORDS = frozenset({"kg", "km", "km2", "m", "m2", "sqm", "cm", "mm", "ft", "mi", "eur", "usd", "gbp", "pct", "hr", "min", "sec"})  # fmt: skip


def _column_phrases(column: Column, owner: set[str], table: Table) -> dict[tuple[str, ...], float]:
    """Every way to name a column, with its strength."""
    phrases: dict[tuple[str, ...], float] = {}
    for rank, name in enumerate([column.name, *column.synonyms]):
        words = words_of(name)
        spelt = tuple(_SPELT.get(word, word) for word in words)
        if spelt != words:
            _keep_best(phrases, spelt, 0.98)
            bare_spelt = tuple(w for w in spelt if w not in owner and w not in _UNIT_WORDS)
            _keep_best(phrases, bare_spelt, 0.95)
        top = 1.0 if rank == 0 else 0.97
        _keep_best(phrases, words, top)
        bare = tuple(w for w in words if w not in owner)
        if bare and bare != words:
            _keep_best(phrases, bare, top * 0.95)
        if len(words) < 2:
            continue
        if words[-1] in _COUNTING and column.role is Role.MEASURE:
            _keep_best(phrases, words[:-1], 0.9)
        elif words[0] in _COUNTING and column.role is Role.MEASURE:
            _keep_best(phrases, words[1:], 0.9)
        elif words[-1] in _NAMING_SUFFIXES:
            _keep_best(phrases, words[:-1], 0.9)
        elif words[-1] in _KEY_SUFFIXES:
            plain_key = set(words[:-1]) <= owner
            _keep_best(
                phrases,
                words[:-1],
                0.75 if column.role is not Role.ID else 0.6 if plain_key or len(words) < 3 else 0.85,
            )
        elif words[-1] not in _WEAK_HEADS:
            _keep_best(phrases, words[-1:], 0.75)
            if len(words) > 2:
                _keep_best(phrases, words[-2:], 0.85)
        else:
            _keep_best(phrases, words[-1:], 0.55)
        for word in words[:-1]:
            if word not in owner and len(word) > 2:
                _keep_best(phrases, (word,), 0.55)
    return phrases
