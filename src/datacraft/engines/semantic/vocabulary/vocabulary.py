"""Which words name which part of the data: tables, columns, entities, named measures and filters.

Every name is split into words and reduced to lemmas. A full name is the strongest evidence; a name without
its table's prefix or a generic suffix (`name`, `id`, ...) is weaker; a single word of a longer name weaker
still. General English synonyms are applied to the question's words at look-up, with their own strength.
"""

from __future__ import annotations

from collections.abc import Iterator

from datacraft.contracts.semantic import Column, Entity, NamedFilter, NamedMeasure, Role, SemanticModel, Table
from datacraft.engines.semantic.lexicon import Lexicon, lemma
from datacraft.engines.semantic.vocabulary.abbreviations import spelt_out
from datacraft.engines.semantic.vocabulary.columns import WEAK_HEADS, column_phrases, keep_best
from datacraft.engines.semantic.vocabulary.durations import duration_phrases, durations_of
from datacraft.engines.semantic.vocabulary.targets import ColumnId, SchemaHit, Target, Thing, words_of

_DATE_PARTS = frozenset(
    {"date", "time", "on", "at", "dt", "ts", "timestamp", "day", "datetime", "year", "since"}
)
_UNIT_NAMES: dict[str, tuple[str, ...]] = {
    "km": ("kilometre", "kilometer"), "kg": ("kilogram", "kilo"), "mi": ("mile",), "miles": ("mile",),
    "ft": ("foot",), "m": ("metre", "meter"), "usd": ("dollar",), "eur": ("euro",), "minutes": ("minute",),
}  # fmt: skip
_BESIDE_ITS_MEASURE = 0.94
_STATES = frozenset(
    {"open", "opened", "close", "closed", "start", "started", "begin", "end", "create", "created", "updated"}
)
_ROWS = frozenset({("row",), ("record",), ("entry",), ("observation",), ("line",)})


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
        if len(model.tables) == 1:
            rows = self.things[model.tables[0].name]
            names = {
                phrase for phrase, hits in self._phrases.items() if max(h.score for h in hits.values()) > 0.6
            }
            unspoken = _ROWS - names
            self._add("thing", rows, {words: 0.8 if words == ("line",) else 0.9 for words in unspoken})
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
            if len(words) == 1 and words[0] in WEAK_HEADS:
                continue  # every table has a name, an id, a date: a synonym of these says nothing
            for target, hit in self._phrases.get(words, {}).items():
                score = hit.score * strength * 0.9
                if score < 0.45:
                    continue
                if hit.kind == "duration" and phrase[-1:] == ("size",):
                    continue  # of a grant, not how long it runs
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
            spelt = spelt_out(words)
            if spelt != words and spelt not in taken:
                keep_best(phrases, spelt, 0.98)
            if words in taken:
                continue  # "order" is the entity that a table of order lines repeats, not its row
            keep_best(phrases, words, 1.0 if rank < 2 else 0.97)
            if "of" in words[1:-1]:
                keep_best(phrases, words[: words.index("of")], 0.85)  # a "member of club" is a member
            if len(words) > 1 and not self._lexicon.is_stop(
                words[-1]
            ):  # the "in" of `enrolled_in` is no name
                keep_best(phrases, words[-1:], 0.8 if words[-1] == "line" else 0.6)  # of an order, its lines
                if words[:1] not in taken:
                    keep_best(phrases, words[:1], 0.45)
        figures = {words_of(column.name) for column in table.columns if column.role is Role.MEASURE}
        figures |= {words_of(n) for m in self.model.measures if m.table == table.name for n in m.synonyms}
        for words in figures:
            if (
                words in phrases
            ):  # of `sales.csv` with a column `sales` the figure is meant, but where rows are counted
                phrases[words] = min(phrases[words], _BESIDE_ITS_MEASURE)
        for words in self._events_of(table):
            keep_best(phrases, words, 0.7)
        self._add("thing", thing, phrases)
        owner = {*words_of(table.entity), *words_of(table.name)}
        if len(table.label) > 1:  # first and last name: "name" means both
            self._add("thing", thing, {("name",): 0.9, ("full", "name"): 0.97})
        for column in table.columns:
            identity = ColumnId(table.name, column.name)
            self.columns[identity] = column
            phrases_of = {
                words: score
                for words, score in column_phrases(column, owner, table).items()
                if len(words) > 1 or words == words_of(column.name) or not self._lexicon.is_stop(words[0])
            }  # of `starts_at`, "at" is no name
            for word in _UNIT_NAMES.get((column.unit or "").lower(), ()):
                keep_best(phrases_of, (word,), 0.6)
            self._add("column", identity, phrases_of)
        for duration in durations_of(table):
            self._add("duration", duration, duration_phrases(duration, thing))

    def _events_of(self, table: Table) -> Iterator[tuple[str, ...]]:
        """Yield nouns for what happens once to every row: of `signed_up_on` a signup, of `hire_date` a hire."""
        if table.time_column is None:
            return
        words = [w for w in words_of(table.time_column) if w not in _DATE_PARTS]
        known = self._lexicon.verb(words[0]) if words else None
        if not words or words[0] in _STATES or (known is not None and known.base in _STATES):
            return
        if len(words) == 1 and self._lexicon.operator(words[0]):
            return  # of `from_date` "from" is no name
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
            keep_best(phrases, words_of(name), 1.0)
        self._add("thing", thing, phrases)

    def _add_named(self, kind: str, named: NamedMeasure | NamedFilter) -> None:
        self._add(kind, named, {words_of(name): 1.0 for name in (named.name, *named.synonyms)})
