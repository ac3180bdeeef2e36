"""What is said of each thing of a question, and where it goes: onto the plan's own scope, or into a subquery.

A related thing that only carries plain conditions is joined in; one that is denied, ranked, counted or in a
"the same ... as" becomes a subquery on its key. So a plan never needs a table twice in one scope, and no
filter multiplies rows.
"""

from __future__ import annotations

from itertools import pairwise

from datacraft.contracts.plan import AnyOf, Order, Output, Predicate, QueryPlan
from datacraft.engines.semantic.frame import Condition, NounPhrase, Rank
from datacraft.engines.semantic.ranking import rank_expression
from datacraft.engines.semantic.restricting.predicates import predicates
from datacraft.engines.semantic.restricting.related import relate
from datacraft.engines.semantic.scope import Context, Scope, among, is_date, key_plan, ref, thing_of_column
from datacraft.engines.semantic.vocabulary import ColumnId, Thing


class Restrictor:
    """Puts the conditions of one frame onto scopes."""

    def __init__(self, context: Context, conditions: list[Condition], root: NounPhrase, base: Thing) -> None:
        self.context = context
        self.root = root
        self.measured: list[str] = []  # tables of the figures that are asked for
        self.dated: ColumnId | None = None  # the date that the question says periods are of
        self.about_things = True  # else about a measure over their rows: "sales of chairs and tables" adds up
        self.things: dict[int, Thing] = {id(root): base}
        self.children: dict[int, list[Condition]] = {}
        self.own: dict[int, list[Condition]] = {}
        self._phrases = {id(c.phrase): c.phrase for c in conditions if c.phrase is not None}
        for phrase in self._phrases.values():
            thing = self._thing_of(phrase)
            if thing is not None:
                self.things[id(phrase)] = thing
        _give_periods(conditions)
        for condition in self._merged(conditions):
            anchor = self._anchor(condition)
            bucket = self.children if condition.phrase is not None else self.own
            bucket.setdefault(id(anchor), []).append(condition)

    def _merged(self, conditions: list[Condition]) -> list[Condition]:
        """Two different values asked of one column are a list: all of them where that can be, else any."""
        kept: list[Condition] = []
        for condition in conditions:
            chosen = condition.values[0].chosen if condition.kind == "value" and condition.values else None
            twin = next((
                k for k in kept
                if chosen is not None and k.kind == "value" and k.values and k.values[0].chosen is not None
                and k.values[0].chosen.column == chosen.column and k.values[0].chosen.values != chosen.values
                and not k.negated and not condition.negated and k.role == condition.role
                and k.stack[-1:] == condition.stack[-1:]
            ), None)  # fmt: skip
            if twin is not None:
                twin.values.extend(condition.values)
                twin.both = twin.both or not condition.alternative
            else:
                kept.append(condition)
        return kept

    def _thing_of(self, phrase: NounPhrase) -> Thing | None:
        target = phrase.thing.chosen if phrase.thing is not None else None
        if isinstance(target, Thing):
            return target
        if isinstance(target, ColumnId):
            return thing_of_column(self.context, target)
        return None

    def _anchor(self, condition: Condition) -> NounPhrase:
        """The open noun phrase nearest to what is said; the innermost where several are as near."""
        table = self._table_said(condition)
        stack = [
            phrase
            for phrase in condition.stack
            if id(phrase) in self.things and phrase is not condition.phrase
        ]
        if table is not None and condition.measure is not None and condition.measure.functions[:1] == ["sum"]:
            stack = [p for p in stack if not self._is_one_row(p, table)] or stack
        if not stack:
            return self.root
        if condition.kind == "time" or table is None:
            return stack[-1] if condition.kind != "time" else self._timed(stack)
        graph = self.context.graph
        best = min(
            enumerate(stack),
            key=lambda pair: (round(graph.distance(self.things[id(pair[1])].table, table), 1), -pair[0]),
        )
        return best[1]

    def _is_one_row(self, phrase: NounPhrase, table: str) -> bool:
        """`teams whose players have a total value over ...`: one row has no total, whoever has the rows does."""
        thing = self.things[id(phrase)]
        return phrase is not self.root and thing.table == table and not thing.virtual

    def _timed(self, stack: list[NounPhrase]) -> NounPhrase:
        for phrase in reversed(stack):
            table = self.context.model.table(self.things[id(phrase)].table)
            if table.time_column or any(is_date(c) or c.time_part == "year" for c in table.columns):
                return phrase
        return stack[0]

    def _table_said(self, condition: Condition) -> str | None:
        if condition.phrase is not None and id(condition.phrase) in self.things:
            return self.things[id(condition.phrase)].table
        if condition.values and condition.values[0].chosen is not None:
            return condition.values[0].chosen.column.table
        if condition.noun is not None and condition.noun.chosen is not None:
            return condition.noun.chosen.table
        if (
            condition.measure is not None
            and condition.measure.noun is not None
            and condition.measure.noun.chosen is not None
        ):
            return condition.measure.noun.chosen.table
        return None

    def apply(self, scope: Scope, phrase: NounPhrase | None = None) -> None:
        """Put everything that is said of a phrase (default: the root) onto a scope that holds its thing."""
        phrase = phrase or self.root
        thing = self.things[id(phrase)]
        self.apply_own(scope, thing, self.own.get(id(phrase), []))
        for condition in self.children.get(id(phrase), []):
            assert condition.phrase is not None
            if id(condition.phrase) in self.things:
                relate(self, scope, thing, condition)

    def apply_own(self, scope: Scope, thing: Thing, conditions: list[Condition]) -> None:
        """Put conditions of one thing onto a scope that holds it; alternatives together."""
        groups: list[list[Predicate]] = []
        for condition in conditions:
            made = predicates(self, scope, thing, condition)
            if condition.alternative and groups and made:
                groups[-1].extend(made)
            elif made and condition.kind == "value" and len(made) > 1:
                scope.filters.extend(made)
            elif made:
                groups.append(list(made))
        scope.filters.extend(group[0] if len(group) == 1 else AnyOf(items=tuple(group)) for group in groups)

    def keys_of_first(self, thing: Thing, rank: Rank, phrase: NounPhrase | None) -> QueryPlan:
        """Return the plan of the keys of the first things by a rank: "the largest state"."""
        scope = key_plan(self.context, thing)
        if phrase is not None:
            self.apply(scope, phrase)
        expression = rank_expression(self.context, rank, thing, scope)
        limit = rank.limit or 1
        return scope.plan(
            order=(Order(expression=expression, descending=rank.descending),),
            limit=limit,
            with_ties=limit == 1,
        )


def _give_periods(conditions: list[Condition]) -> None:
    """Tell each comparison the period that is said right behind it."""
    for earlier, later in pairwise(conditions):
        plain = not (earlier.negated or later.negated or later.alternative)
        if earlier.kind == "compare" and later.kind == "time" and plain and earlier.clause == later.clause:
            earlier.period = later


def predicates_of(
    context: Context, conditions: list[Condition], base: Thing | None, table: str
) -> tuple[Predicate, ...]:
    """Return predicates for conditions that belong to one measure alone; other tables are reached by subqueries."""
    made: list[Predicate] = []
    thing = base if base is not None and base.table == table else context.vocabulary.things[table]
    restrictor = Restrictor(context, conditions, NounPhrase(), thing)
    for condition in conditions:
        if condition.phrase is not None:
            continue
        scope = Scope(context, thing.table)
        restrictor.apply_own(scope, thing, [condition])
        if len(scope.tables) == 1:
            made.extend(scope.filters)
            continue
        key = context.key_of(context.vocabulary.things[thing.table])
        if key is None:
            context.doubt("a condition could not be tied to the data", 1.0)
            continue
        scope.outputs.append(Output(name=key.column, expression=ref(key)))
        made.append(among(ref(key), scope))
    return tuple(made)
