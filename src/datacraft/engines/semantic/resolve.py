"""One meaning for every mention: a beam search over complete readings of a question.

The cost of a reading is what its evidence lacks (1 - score for every mention), plus how far apart the
tables it uses lie in the join graph, plus what does not fit the role of a mention (an average wants a
number, a group wants something that repeats). The gap between the best reading and the next one that means
something else says how sure the choice is. After ATHENA (Saha et al., VLDB 2016), section 4: interpretations
are ranked by evidence and by the compactness of their join tree.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from datacraft.contracts.semantic import ColumnType, NamedFilter, NamedMeasure, Role, SemanticModel
from datacraft.engines.semantic.frame import Condition, Frame, Measure, Noun, ValueChoice, ValueMention
from datacraft.engines.semantic.joins import JoinGraph
from datacraft.engines.semantic.roles import wanted_role
from datacraft.engines.semantic.vocabulary import ColumnId, Duration, Target, Thing, words_of

_BEAM = 16
_CANDIDATES = 8
_DISTANCE = 0.22
_APART = 4.0
_IN_ROLE = 0.15
_EVIDENCE = 1.5
_NUMERIC = (ColumnType.INTEGER, ColumnType.NUMBER)


@dataclass(slots=True)
class Reading:
    """A complete choice: what every mention means, and what it costs."""

    cost: float = 0.0
    tables: tuple[str, ...] = ()
    choices: dict[int, Target | ValueChoice] = field(default_factory=dict)


@dataclass(slots=True)
class Resolution:
    """The best reading, and the closest other one that means something else."""

    best: Reading
    gap: float = 1.0
    rival: Reading | None = None
    differs: Noun | ValueMention | None = None


def table_of(target: Target | ValueChoice) -> str:
    """Return the table that a choice belongs to."""
    if isinstance(target, ValueChoice):
        return target.column.table
    return target.table


def resolve(frame: Frame, model: SemanticModel, graph: JoinGraph) -> Resolution:
    """Choose one meaning for every mention of the frame, in place, and say how sure the choice is."""
    search = _Search(frame, model, graph)
    readings = search.run()
    best = readings[0]
    for mention in search.mentions:
        choice = best.choices[id(mention)]
        if isinstance(mention, Noun):
            assert not isinstance(choice, ValueChoice)
            mention.chosen = choice
        else:
            assert isinstance(choice, ValueChoice)
            mention.chosen = choice
    resolution = Resolution(best)
    for other in readings[1:]:
        differs = next(
            (m for m in search.mentions if not search.same(best.choices[id(m)], other.choices[id(m)])), None
        )
        if differs is not None:
            return Resolution(best, other.cost - best.cost, other, differs)
    return resolution


class _Search:
    def __init__(self, frame: Frame, model: SemanticModel, graph: JoinGraph) -> None:
        self.model = model
        self.graph = graph
        self.wants: dict[int, str] = {}
        self.roles = {id(value): wanted_role(c) for c in frame.all_conditions() for value in c.values}
        self._note_roles(frame)
        nouns = list(frame.nouns())
        values = [value for condition in frame.all_conditions() for value in condition.values]
        values += [c.reference for c in frame.all_conditions() if c.reference is not None]
        self.mentions: list[Noun | ValueMention] = [
            *sorted(nouns, key=lambda noun: len(noun.candidates)),
            *sorted(values, key=lambda value: (value.hint is None, len(value.candidates))),
        ]
        self._order_owners_first()
        self._equal = {
            frozenset(((join.left, a), (join.right, b))) for join in model.joins for a, b in join.columns
        }

    def _order_owners_first(self) -> None:
        placed: list[Noun | ValueMention] = []
        for mention in self.mentions:
            chain: list[Noun | ValueMention] = [mention]
            first = mention.owner if isinstance(mention, Noun) else mention.hint
            while first is not None:
                chain.append(first)
                first = first.owner
            placed.extend(m for m in reversed(chain) if not any(m is p for p in placed))
        self.mentions = placed

    def _note_roles(self, frame: Frame) -> None:
        if frame.root.thing is not None:
            self.wants[id(frame.root.thing)] = "thing"
        for phrase in frame.phrases:
            if phrase.thing is not None:
                self.wants[id(phrase.thing)] = "thing"
        for asked in frame.groups:
            if asked.noun is not None:
                self.wants[id(asked.noun)] = "group"
            if asked.grain is not None and asked.grain.of is not None:
                self.wants[id(asked.grain.of)] = "date"
        for asked in frame.asked:
            if asked.measure is not None:
                self._note_measure(asked.measure)
        for rank in (frame.rank, *(phrase.rank for phrase in frame.phrases)):
            if rank is not None and rank.measure is not None:
                self._note_measure(rank.measure)
        for condition in frame.all_conditions():
            self._note_condition(condition)

    def _note_measure(self, measure: Measure) -> None:
        if measure.operator == "duration":
            for noun in (measure.noun, measure.second):
                if noun is not None:
                    self.wants[id(noun)] = "date"
            return
        if measure.noun is not None:
            counted = bool(measure.functions) and measure.functions[-1].startswith("count")
            extremes = bool(measure.functions) and set(measure.functions) <= {"max", "min"}
            self.wants[id(measure.noun)] = "counted" if counted else "ordered" if extremes else "number"
        if measure.second is not None:
            self.wants[id(measure.second)] = "number"
        if measure.per is not None:
            self.wants[id(measure.per)] = "thing"
        if measure.denominator is not None:
            self._note_measure(measure.denominator)

    def _note_condition(self, condition: Condition) -> None:
        if condition.noun is not None:
            wanted = {
                "compare": "ordered",
                "count": "counted",
                "null": "column",
                "text": "column",
                "flag": "flag",
            }
            self.wants[id(condition.noun)] = wanted.get(condition.kind, "any")
        for measure in (condition.measure, condition.other):
            if measure is not None:
                self._note_measure(measure)

    def run(self) -> list[Reading]:
        beam = [Reading()]
        for mention in self.mentions:
            grown: list[Reading] = []
            for reading in beam:
                for choice, cost in self._options(mention, reading):
                    table = table_of(choice)
                    cost += self._spread(reading.tables, table)
                    tables = reading.tables if table in reading.tables else (*reading.tables, table)
                    grown.append(
                        Reading(reading.cost + cost, tables, {**reading.choices, id(mention): choice})
                    )
            grown.sort(key=lambda reading: reading.cost)
            beam = grown[:_BEAM]
        return beam

    def _spread(self, tables: tuple[str, ...], table: str) -> float:
        if not tables or table in tables:
            return 0.0
        return min(_APART, _DISTANCE * min(self.graph.distance(other, table) for other in tables))

    def _options(
        self, mention: Noun | ValueMention, reading: Reading
    ) -> list[tuple[Target | ValueChoice, float]]:
        if isinstance(mention, Noun):
            want = self.wants.get(id(mention), "any")
            owner = reading.choices.get(id(mention.owner)) if mention.owner is not None else None
            things = [t for t, score in mention.candidates if isinstance(t, Thing) and score >= 0.97]
            return [
                (
                    target,
                    _EVIDENCE * (1 - score)
                    + self._misfit(target, want)
                    + self._owner_cost(target, owner)
                    + self._copy_cost(target, want, things),
                )
                for target, score in mention.candidates[:_CANDIDATES]
            ]
        hint = reading.choices.get(id(mention.hint)) if mention.hint is not None else None
        return [
            (
                choice,
                _EVIDENCE * (1 - choice.score)
                + self._hint_cost(choice, hint)
                + self._home_cost(choice)
                + self._role_cost(choice, mention)
                - (
                    0.08
                    if any(
                        c == choice.column or (isinstance(c, ValueChoice) and c.column == choice.column)
                        for c in reading.choices.values()
                    )
                    else 0
                ),
            )
            for choice in mention.candidates[:_CANDIDATES]
        ]

    def _copy_cost(self, target: Target, want: str, things: list[Thing]) -> float:
        """Things that are asked for are the rows of their own table, not the copies of their key in another.

        Only there are those with nothing to join: "islands with no peak".
        """
        refers = isinstance(target, ColumnId) and any(
            join.left == target.table
            and join.columns[0][0] == target.column
            and join.cardinality == "many_to_one"
            for join in self.model.joins
        )
        if not isinstance(target, ColumnId) or not (want == "thing" or (want in ("group", "any") and refers)):
            return 0.0
        return (
            0.3
            if any(thing.table != target.table and self._names(thing, target) for thing in things)
            else 0.0
        )

    def _misfit(self, target: Target, want: str) -> float:
        thing = isinstance(target, Thing)
        if isinstance(target, Duration):
            return 0.1 if want in ("number", "ordered", "any") else 0.8
        if isinstance(target, NamedMeasure):
            return 0.0 if want in ("number", "ordered", "any") else 0.5
        if isinstance(target, NamedFilter):
            return 0.0 if want in ("flag", "any") else 0.8
        if thing:
            return {
                "thing": 0.0,
                "group": 0.0,
                "counted": 0.0,
                "any": 0.0,
                "number": 0.35,
                "ordered": 0.7,
            }.get(want, 0.7)
        if not isinstance(target, ColumnId):
            return 0.5
        column = self.model.column(target.table, target.column)
        numeric = column.type in _NUMERIC and column.role is not Role.ID
        if want == "number":
            return 0.0 if numeric else 0.6
        if want == "ordered":
            return 0.0 if numeric or column.role is Role.TIME else 0.5
        if want == "counted":
            return 0.2 if column.role is Role.MEASURE else 0.06
        if want == "thing":
            return 0.25 if column.role is Role.MEASURE else 0.06
        if want == "group":
            return 0.15 if column.role is Role.MEASURE else 0.02
        if want == "date":
            return 0.0 if column.type in (ColumnType.DATE, ColumnType.TIMESTAMP) else 2.0
        if want == "flag":
            return 0.0 if column.role is Role.FLAG else 0.5
        return 0.02

    def _owner_cost(self, target: Target, owner: Target | ValueChoice | None) -> float:
        if owner is None:
            return 0.0
        if table_of(target) == table_of(owner):
            return -0.1
        return 0.1 + 0.2 * min(5.0, self.graph.distance(table_of(owner), table_of(target)))

    def _hint_cost(self, choice: ValueChoice, hint: Target | ValueChoice | None) -> float:
        if hint is None:
            return 0.0
        if isinstance(hint, ColumnId) and (hint == choice.column or self.same(hint, choice.column)):
            return 0.0
        if isinstance(hint, Thing) and hint.table == choice.column.table:
            named = choice.column.column in hint.labels or choice.column.column == hint.key
            return 0.0 if named else 0.3
        return 1.0

    def _role_cost(self, choice: ValueChoice, mention: ValueMention) -> float:
        """`from Vienna`, `ended in Linz`: of two columns of places, the one that is named after the role."""
        wanted = self.roles.get(id(mention), frozenset())
        return -_IN_ROLE if wanted & set(words_of(choice.column.column)) else 0.0

    def _home_cost(self, choice: ValueChoice) -> float:
        """A name is best looked for where it names the row, and in few-valued columns before long texts."""
        table = self.model.table(choice.column.table)
        if choice.column.column in table.label or [choice.column.column] == table.primary_key:
            return 0.0
        if any(
            e.table == table.name and choice.column.column in (e.label, e.key) for e in self.model.entities
        ):
            return 0.0
        column = self.model.column(choice.column.table, choice.column.column)
        return {Role.DIMENSION: 0.06, Role.ID: 0.14, Role.TEXT: 0.2}.get(column.role, 0.06)

    def same(self, a: object, b: object) -> bool:
        """Whether two choices come to the same: equal, joined columns, or a thing and the column that names it."""
        if a == b:
            return True
        if isinstance(a, ValueChoice) and isinstance(b, ValueChoice):
            return self.same(a.column, b.column) and a.values == b.values
        if isinstance(a, ColumnId) and isinstance(b, ColumnId):
            return frozenset(((a.table, a.column), (b.table, b.column))) in self._equal
        if isinstance(a, Thing) and isinstance(b, ColumnId):
            return self._names(a, b)
        if isinstance(b, Thing) and isinstance(a, ColumnId):
            return self._names(b, a)
        return False

    def _names(self, thing: Thing, column: ColumnId) -> bool:
        if thing.table == column.table and thing.name == column.column:
            return True
        if thing.table == column.table and (column.column in thing.labels or column.column == thing.key):
            return True
        keys = self.model.table(thing.table).primary_key
        return any(
            self.same(ColumnId(thing.table, name), column)
            for name in (*thing.labels, *keys)
            if (thing.table, name) != (column.table, column.column)
        )
