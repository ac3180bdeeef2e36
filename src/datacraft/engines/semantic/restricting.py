"""From conditions and related things to predicates of a plan.

A related thing that only carries plain conditions is joined in; one that is denied, ranked, counted or in a
"the same ... as" becomes a subquery on its key. So a plan never needs a table twice in one scope, and no
filter multiplies rows.
"""

from __future__ import annotations

from datacraft.contracts.plan import (
    Aggregate,
    AggregateFunction,
    AnyOf,
    Between,
    Comparison,
    Constant,
    Expression,
    InPlan,
    InValues,
    IsNull,
    Not,
    Order,
    Output,
    OutputRef,
    Predicate,
    QueryPlan,
    ScalarPlan,
    TextMatch,
)
from datacraft.contracts.semantic import ColumnType, NamedFilter, NamedMeasure, Role
from datacraft.engines.semantic.computing import (
    adjective_column,
    compute,
    count_of,
    default_function,
    default_measure,
    overall,
)
from datacraft.engines.semantic.formulas import filter_predicate
from datacraft.engines.semantic.frame import Condition, Measure, Noun, NounPhrase, Rank, ValueChoice
from datacraft.engines.semantic.joins import Edge
from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.lexicon import lemma
from datacraft.engines.semantic.periods import period_predicate, time_column
from datacraft.engines.semantic.ranking import rank_expression, row_count, verb_measure
from datacraft.engines.semantic.saying import explained_verb, table_of_verb
from datacraft.engines.semantic.scope import Context, Scope, among, is_date, is_number, key_plan, link, ref
from datacraft.engines.semantic.vocabulary import ColumnId, Thing, words_of

_FLIP = {"gt": "le", "ge": "lt", "lt": "ge", "le": "gt", "eq": "ne", "ne": "eq"}
_SIGNS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "eq": "=", "ne": "!="}
_FROM_WORDS = frozenset(
    {"source", "src", "origin", "orig", "departure", "depart", "from", "start", "home", "sender", "out"}
)
_TO_WORDS = frozenset(
    {"destination", "dest", "dst", "arrival", "arrive", "to", "target", "end", "away", "receiver", "in"}
)


_NOTHING: Predicate = IsNull(left=Constant(value=None))  # a condition that every row meets: nothing to add


class Restrictor:
    """Puts the conditions of one frame onto scopes."""

    def __init__(self, context: Context, conditions: list[Condition], root: NounPhrase, base: Thing) -> None:
        self.context = context
        self.root = root
        self.measured: list[str] = []  # tables of the figures that are asked for
        self.about_things = True  # else about a measure over their rows: "sales of chairs and tables" adds up
        self.things: dict[int, Thing] = {id(root): base}
        self.children: dict[int, list[Condition]] = {}
        self.own: dict[int, list[Condition]] = {}
        self._phrases = {id(c.phrase): c.phrase for c in conditions if c.phrase is not None}
        for phrase in self._phrases.values():
            thing = self._thing_of(phrase)
            if thing is not None:
                self.things[id(phrase)] = thing
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
        self._apply_own(scope, thing, self.own.get(id(phrase), []))
        for condition in self.children.get(id(phrase), []):
            assert condition.phrase is not None
            if id(condition.phrase) in self.things:
                self._apply_child(scope, thing, condition)

    def _apply_own(self, scope: Scope, thing: Thing, conditions: list[Condition]) -> None:
        groups: list[list[Predicate]] = []
        for condition in conditions:
            made = self._predicates(scope, thing, condition)
            if condition.alternative and groups and made:
                groups[-1].extend(made)
            elif made and condition.kind == "value" and len(made) > 1:
                scope.filters.extend(made)
            elif made:
                groups.append(list(made))
        scope.filters.extend(group[0] if len(group) == 1 else AnyOf(items=tuple(group)) for group in groups)

    def _apply_child(self, scope: Scope, parent: Thing, condition: Condition) -> None:
        phrase = condition.phrase
        assert phrase is not None
        child = self.things[id(phrase)]
        if condition.kind == "count":
            self._counted(scope, parent, child, condition)
            return
        if phrase.same:
            self._same(scope, parent, child, phrase)
            return
        if phrase.all_of:
            self._all_of(scope, parent, child, phrase)
            return
        alike = child.table == parent.table and not child.virtual and not parent.virtual
        if (phrase.via is not None or alike) and self._self_related(
            scope, parent, child, phrase, condition.negated
        ):
            return
        if condition.negated:
            self._without(scope, parent, child, phrase)
            return
        role = self._role_edge(parent.table, child.table, condition)
        empty = not self.own.get(id(phrase)) and not self.children.get(id(phrase)) and phrase.rank is None
        if role is not None:
            self._through(scope, role, phrase)
            return
        if empty:
            self._must_have(scope, parent, child)
            return
        if not scope.need(child.table, near=parent.table):
            self.context.doubt(f"nothing connects {parent.name} and {child.name}", 1.0)
            return
        self.apply(scope, phrase)
        if phrase.rank is not None:
            key = self.context.key_of(child)
            if key is not None:
                scope.filters.append(InPlan(left=ref(key), plan=self.ranked(child, phrase.rank, phrase)))

    def _must_have(self, scope: Scope, parent: Thing, child: Thing) -> None:
        if child.table in scope.tables:
            return
        found = link(self.context, parent, child.table)
        if found is None:
            self.context.doubt(f"nothing connects {parent.name} and {child.name}", 1.0)
            return
        scope.filters.append(among(*found))

    def _without(self, scope: Scope, parent: Thing, child: Thing, phrase: NounPhrase) -> None:
        found = link(self.context, parent, child.table)
        if found is None:
            self.context.doubt(f"nothing connects {parent.name} and {child.name}", 1.0)
            return
        left, inner = found
        if self.own.get(id(phrase)) or self.children.get(id(phrase)):
            inner.need(child.table)
            self.apply(inner, phrase)
        scope.filters.append(among(left, inner, negated=True))

    def _counted(self, scope: Scope, parent: Thing, child: Thing, condition: Condition) -> None:
        """`customers with more than 10 orders`."""
        key = self.context.key_of(parent)
        assert condition.phrase is not None and condition.number is not None
        if key is None:
            self.context.doubt(f"{parent.name} has no single key", 1.0)
            return
        inner = key_plan(self.context, parent)
        if not inner.need(child.table):
            self.context.doubt(f"nothing connects {parent.name} and {child.name}", 1.0)
            return
        self.apply(inner, condition.phrase)
        counted = count_of(self.context, child)
        output = inner.output(counted.name, counted.expression)
        inner.having.append(_compare(OutputRef(name=output.name), condition, condition.negated))
        scope.need(parent.table)
        scope.filters.append(among(ref(key), inner))

    def _same(self, scope: Scope, parent: Thing, child: Thing, phrase: NounPhrase) -> None:
        """`authors in the same domain as Martin`: what the others share with the one that is named."""
        named = [
            c for c in self.own.get(id(phrase), []) + self.own.get(id(self.root), []) if c.kind == "value"
        ]
        found = link(self.context, parent, child.table)
        if found is None or not named:
            self.context.doubt("nothing to be the same as", 1.0)
            return
        left, outer = found
        outer.need(child.table)
        key = self.context.key_of(child)
        inner = Scope(self.context, child.table)
        if key is None or not inner.need(parent.table):
            self.context.doubt("nothing to be the same as", 1.0)
            return
        inner.outputs.append(Output(name=key.column, expression=ref(key)))
        self._apply_own(inner, parent, named)
        outer.filters.append(among(ref(key), inner))
        scope.filters[:] = [f for f in scope.filters if f not in inner.filters]
        scope.filters.append(among(left, outer))

    def _all_of(self, scope: Scope, parent: Thing, child: Thing, phrase: NounPhrase) -> None:
        """`products sold in all regions`: as many different ones as there are."""
        key, child_key = self.context.key_of(parent), self.context.key_of(child)
        inner = key_plan(self.context, parent)
        if key is None or child_key is None or not inner.need(child.table):
            self.context.doubt("'all' could not be tied to the data", 1.0)
            return
        whole = Scope(self.context, child.table)
        for target in (inner, whole):
            self.apply(target, phrase)
        count = Aggregate(
            function=AggregateFunction.COUNT_DISTINCT, argument=ref(child_key), grain=child.table
        )
        output = inner.output("matched", count)
        whole.outputs.append(Output(name="all", expression=count))
        inner.having.append(
            Comparison(left=OutputRef(name=output.name), operator="=", right=ScalarPlan(plan=whole.plan()))
        )
        scope.filters.append(among(ref(key), inner))

    def _self_related(
        self, scope: Scope, parent: Thing, child: Thing, phrase: NounPhrase, negated: bool
    ) -> bool:
        """Things tied to others of their kind: by a column of their own, or through a table of pairs."""
        edge_pair = self._pair(parent.table, child.table, phrase)
        key = self.context.key_of(child)
        if edge_pair is None or key is None:
            return False
        inner = Scope(self.context, child.table)
        target = edge_pair[-1].columns[0][1]
        inner.outputs.append(Output(name=target, expression=ref(ColumnId(child.table, target))))
        self.apply(inner, phrase)
        if phrase.rank is not None:
            inner.filters.append(InPlan(left=ref(key), plan=self.ranked(child, phrase.rank, phrase)))
        last = edge_pair[-1]
        membership = among(ref(ColumnId(last.left, last.columns[0][0])), inner)
        if len(edge_pair) == 1:
            scope.filters.append(membership.model_copy(update={"negated": negated}))
            return True
        first = edge_pair[0]
        pairs = Scope(self.context, first.right)
        pairs.outputs.append(
            Output(name=first.columns[0][1], expression=ref(ColumnId(first.right, first.columns[0][1])))
        )
        if inner.filters:
            pairs.filters.append(membership)
        scope.filters.append(among(ref(ColumnId(parent.table, first.columns[0][0])), pairs, negated))
        return True

    def _pair(self, parent: str, child: str, phrase: NounPhrase) -> tuple[Edge, ...] | None:
        graph = self.context.graph
        via = phrase.via.chosen if phrase.via is not None else None
        if not isinstance(via, ColumnId):
            own = [
                edge
                for edge in graph.edges(parent)
                if edge.right == child and edge.cardinality == "many_to_one" and len(edge.columns) == 1
            ]
            if own and parent == child:
                return (own[0],)
        for first in graph.edges(parent):
            if (isinstance(via, ColumnId) and first.right != via.table) or first.right in (parent, child):
                continue
            for second in graph.edges(first.right):
                if second.right == child and second.columns[0][0] != first.columns[0][1]:
                    if isinstance(via, ColumnId) and via.column in {
                        pair[0] for pair in first.columns for _ in (0,)
                    } | {first.columns[0][1]}:
                        continue
                    return (first, second)
        return None

    def _role_edge(self, parent: str, child: str, condition: Condition) -> Edge | None:
        """Of parallel joins (origin and destination), the one that the preposition or the words mean."""
        edges = [
            edge
            for edge in self.context.graph.edges(parent)
            if edge.right == child and len(edge.columns) == 1
        ]
        if len(edges) < 2:
            return None
        return pick_role(edges, condition)

    def _through(self, scope: Scope, edge: Edge, phrase: NounPhrase) -> None:
        child = self.things[id(phrase)]
        inner = Scope(self.context, child.table)
        left, right = edge.columns[0]
        inner.outputs.append(Output(name=right, expression=ref(ColumnId(edge.right, right))))
        self.apply(inner, phrase)
        scope.filters.append(among(ref(ColumnId(edge.left, left)), inner))

    def ranked(self, thing: Thing, rank: Rank, phrase: NounPhrase | None) -> QueryPlan:
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

    # Conditions of one thing

    def _predicates(self, scope: Scope, thing: Thing, condition: Condition) -> list[Predicate]:
        kind = condition.kind
        if kind == "value":
            return self._value(scope, thing, condition)
        if kind == "time":
            made = self._time(scope, thing, condition)
        elif kind == "compare":
            made = self._compare(scope, thing, condition)
        elif kind == "state":
            made = self._state(scope, thing, condition)
        elif kind == "times":
            made = self._times(thing, condition)
        elif kind == "count":
            made = self._count_values(scope, thing, condition)
        elif kind in ("null", "text", "flag", "named"):
            made = self._column(scope, thing, condition)
        else:
            made = None
        if made is _NOTHING:
            return []
        if made is None:
            self.context.doubt(f"a condition could not be tied to the data: {_words(condition)}", 1.0)
            return []
        return [made]

    def _value(self, scope: Scope, thing: Thing, condition: Condition) -> list[Predicate]:
        choices = [mention.chosen for mention in condition.values if mention.chosen is not None]
        if not choices:
            return []
        column = choices[0].column
        role = self._role_edge(thing.table, column.table, condition) if column.table != thing.table else None
        if role is not None:
            inner = Scope(self.context, column.table)
            left, right = role.columns[0]
            inner.outputs.append(Output(name=right, expression=ref(ColumnId(role.right, right))))
            inner.filters.append(self._one_of(choices, False))
            return [among(ref(ColumnId(role.left, left)), inner, condition.negated)]
        many = not self.context.determined(thing, column)
        base = self.things[id(self.root)]
        holder = thing if many else base if not self.context.determined(base, column) else None
        if condition.both and holder is not None and len(choices) > 1 and self.about_things:
            key = self.context.key_of(holder)
            made = [
                p
                for choice in choices
                if (p := self._has_value(holder, choice, condition.negated)) is not None
            ]
            if holder is thing or key is None or scope.need(holder.table):
                return made
        if condition.negated and many and self.about_things:
            denied = self._has_values(thing, choices, True)
            if denied is not None:
                return [denied]
        if not scope.need(column.table, near=thing.table):
            self.context.doubt(f"nothing connects {thing.name} and {column.table}", 1.0)
            return []
        return [self._one_of(choices, condition.negated)]

    def _has_value(self, thing: Thing, choice: ValueChoice, negated: bool) -> Predicate | None:
        return self._has_values(thing, [choice], negated)

    def _has_values(self, thing: Thing, choices: list[ValueChoice], negated: bool) -> Predicate | None:
        found = link(self.context, thing, choices[0].column.table)
        if found is None:
            return None
        left, inner = found
        inner.need(choices[0].column.table)
        inner.filters.append(self._one_of(choices, False))
        for condition in self.own.get(
            id(self.root), []
        ):  # "bought both ... in 2023": each of them in that year
            when = (
                self._time(inner, thing, condition)
                if condition.kind == "time" and not condition.negated
                else None
            )
            if when is not None and not negated:
                inner.filters.append(when)
        return among(left, inner, negated)

    def _one_of(self, choices: list[ValueChoice], negated: bool) -> Predicate:
        by_column: dict[ColumnId, list[object]] = {}
        for choice in choices:
            by_column.setdefault(choice.column, []).extend(choice.values)
        held = [c for c in choices if c.how == "contains" and len(c.values) > 1]
        if held and len(held) == len(choices):
            texts = tuple(_held_text(choice) for choice in held)
            matches = tuple(
                TextMatch(left=ref(c.column), mode="contains", value=t, negated=negated)
                for c, t in zip(held, texts, strict=True)
            )
            return matches[0] if len(matches) == 1 else AnyOf(items=matches)
        made: list[Predicate] = [
            InValues(left=ref(column), values=tuple(dict.fromkeys(values)), negated=negated)
            for column, values in by_column.items()
        ]
        return made[0] if len(made) == 1 else AnyOf(items=tuple(made))

    def _time(self, scope: Scope, thing: Thing, condition: Condition) -> Predicate | None:
        assert condition.span is not None
        tables = [thing.table, *(table for table in scope.tables if table != thing.table)]
        verbs = [condition.verb] if condition.verb is not None else []
        graph = self.context.graph
        near = [t.name for t in self.context.model.tables if graph.distance(thing.table, t.name) < 2]
        said = time_column(self.context, [*tables, *near], verbs, implied_only=True)
        measured = [t for t in self.measured if self.context.model.table(t).time_column is not None]
        column = said or time_column(self.context, [*measured, *tables], verbs)
        if column is not None and not scope.need(column.table, near=thing.table):
            return None
        made = period_predicate(self.context, condition.span, column, tables)
        key = self.context.key_of(thing)
        if (
            made is not None
            and condition.negated
            and key is not None
            and column is not None
            and not self.context.determined(thing, column)
        ):
            inner = key_plan(self.context, thing)
            inner.need(column.table)
            inner.filters.append(made)
            return among(ref(key), inner, negated=True)
        return Not(item=made) if made is not None and condition.negated else made

    def _compare(self, scope: Scope, thing: Thing, condition: Condition) -> Predicate | None:
        named = condition.noun.chosen if condition.noun is not None else None
        if isinstance(named, NamedMeasure) and condition.measure is None:
            condition.measure = Measure([], condition.noun)
        if condition.measure is not None:
            return self._compare_measure(scope, thing, condition)
        column = self._compared_column(thing, condition)
        if column is None:
            return None
        if thing.virtual and not self.context.determined(thing, column):
            spoken = condition.noun is None and condition.adjective is None
            additive = default_function(self.context, column) == "sum"
            if spoken or (additive and condition.number is not None):
                return self._compare_summed_up(scope, thing, condition, column)
        target = condition.noun.chosen if condition.noun is not None else None
        if (
            isinstance(target, Thing)
            and not is_number(self.context.column(column))
            and not is_date(self.context.column(column))
        ):
            return None
        info = self.context.column(column)
        if not (
            is_number(info) or is_date(info) or info.time_part == "year" or condition.operator in ("eq", "ne")
        ):
            return None
        if not scope.need(column.table, near=thing.table):
            return None
        left: Expression = ref(column)
        if condition.other is not None and not self.context.determined(thing, column):
            return self._compare_summed_up(scope, thing, condition, column)
        if condition.other is not None:
            return self._compare_other(left, column, condition)
        if condition.reference is not None:
            return self._compare_reference(left, column, condition)
        if condition.number is None:
            return None
        percent = info.unit == "%"
        if is_date(info):
            left, percent = _year_of(left), False
        return _compare(left, condition, condition.negated, percent)

    def _compare_summed_up(
        self, scope: Scope, thing: Thing, condition: Condition, column: ColumnId
    ) -> Predicate | None:
        """`customers with sales over 1000`: many rows for each thing, summed up as the column is by default."""
        condition.measure = Measure([default_function(self.context, column)], _noun_for(condition, column))
        return self._compare_measure(scope, thing, condition)

    def _compared_column(self, thing: Thing, condition: Condition) -> ColumnId | None:
        if condition.noun is not None:
            target = condition.noun.chosen
            return target if isinstance(target, ColumnId) else None
        if condition.adjective is not None:
            near = [
                thing.table,
                *(
                    t.name
                    for t in self.context.model.tables
                    if t.name != thing.table and self.context.graph.distance(thing.table, t.name) < 1.7
                ),
            ]
            found = adjective_column(self.context, condition.adjective, near)
            if found is None:
                return None
            column, up = found
            generic_up = condition.operator in ("gt", "ge")
            implied = condition.adjective.generic or (
                condition.adjective.attributes[0][1] if condition.adjective.attributes else "up"
            )
            if (implied == "up") == generic_up and not up and implied == "up":
                condition.operator = (
                    _FLIP[condition.operator] if condition.operator in ("gt", "lt") else condition.operator
                )
            return column
        measured = self._measured_in(thing, condition.unit) if condition.unit else None
        if measured is not None:
            return measured
        if condition.verb is not None:
            near = sorted(
                (
                    t.name
                    for t in self.context.model.tables
                    if self.context.graph.distance(thing.table, t.name) < 2.5
                ),
                key=lambda n: self.context.graph.distance(thing.table, n),
            )
            spoken = verb_measure(self.context, condition.verb, near)
            if spoken is not None:
                return spoken
        chosen = default_measure(self.context, thing.table)
        if chosen is None:
            numbers = [c for c in self.context.model.table(thing.table).columns if c.role is Role.MEASURE]
            chosen = ColumnId(thing.table, numbers[0].name) if len(numbers) == 1 else None
        if chosen is not None:
            money = condition.number is not None and condition.number.unit == "$"
            self.context.doubt("the measure that is compared was assumed", 0.1 if money else 0.5)
        return chosen

    def _measured_in(self, thing: Thing, unit: str) -> ColumnId | None:
        """`covered more than 10 km`: the one column of the thing that is told in that unit."""
        words = {unit.split()[0], lemma(unit.split()[0])}
        fitting = [
            ColumnId(thing.table, column.name)
            for column in self.context.model.table(thing.table).columns
            if column.role is Role.MEASURE and words & {*words_of(column.name), (column.unit or "").lower()}
        ]
        return fitting[0] if len(fitting) == 1 else None

    def _fill_measure(self, thing: Thing, condition: Condition) -> None:
        """`sold over 500 in total`: the verb or the thing's one measure says of what."""
        assert condition.measure is not None
        if condition.measure.noun is not None or condition.measure.functions[-1:] == ["count"]:
            return
        plain = Condition(
            "compare",
            condition.stack,
            operator=condition.operator,
            number=condition.number,
            verb=condition.verb,
        )
        column = self._compared_column(thing, plain)
        if column is not None:
            condition.measure.noun = _noun_for(condition, column)

    def _compare_measure(self, scope: Scope, thing: Thing, condition: Condition) -> Predicate | None:
        """`customers whose total sales are above 1000`: a condition on each thing's aggregate."""
        assert condition.measure is not None
        key = self.context.key_of(thing)
        if key is None:
            return None
        self._fill_measure(thing, condition)
        inner = key_plan(self.context, thing)
        computed = compute(self.context, condition.measure, None, thing.table)
        if not inner.need(computed.table):
            return None
        output = inner.output(computed.name, computed.expression, unit=computed.unit)
        if condition.other is not None:
            everyone = Scope(self.context, thing.table)
            everyone.need(computed.table)
            everyone.output(key.column, ref(key))
            value = everyone.output(computed.name, computed.expression)
            function = (condition.other.functions or ["avg"])[0]
            outer = Output(
                name="overall",
                expression=Aggregate(
                    function=AggregateFunction(function), argument=OutputRef(name=value.name)
                ),
            )
            scalar = ScalarPlan(plan=QueryPlan(source=everyone.plan(), outputs=(outer,)))
            inner.having.append(
                Comparison(
                    left=OutputRef(name=output.name), operator=_SIGNS[_denied(condition)], right=scalar
                )
            )
        elif condition.number is not None:
            inner.having.append(
                _compare(OutputRef(name=output.name), condition, condition.negated, computed.unit == "%")
            )
        else:
            return None
        return among(ref(key), inner)

    def _compare_other(self, left: Expression, column: ColumnId, condition: Condition) -> Predicate | None:
        assert condition.other is not None
        other = condition.other
        target = other.noun.chosen if other.noun is not None else None
        right: Expression
        if (
            isinstance(target, ColumnId)
            and self.context.column(target).role is Role.ID
            and not other.functions
        ):
            return None  # "more than their supervisor": of another row, not of a number
        if not other.functions and isinstance(target, ColumnId):
            right = ref(target)
        else:
            function = other.functions[0] if other.functions else "avg"
            right = overall(
                self.context,
                target if isinstance(target, ColumnId) and is_number(self.context.column(target)) else column,
                function,
            )
        return Comparison(left=left, operator=_SIGNS[_denied(condition)], right=right)

    def _compare_reference(
        self, left: Expression, column: ColumnId, condition: Condition
    ) -> Predicate | None:
        """`longer than the Ohio`: the same column of the thing that is named."""
        assert condition.reference is not None
        choice = condition.reference.chosen
        if choice is None:
            return None
        inner = Scope(self.context, column.table)
        if not inner.need(choice.column.table):
            return None
        inner.outputs.append(
            Output(
                name=column.column,
                expression=Aggregate(
                    function=AggregateFunction.MAX, argument=ref(column), grain=column.table
                ),
            )
        )
        inner.filters.append(self._one_of([choice], False))
        return Comparison(left=left, operator=_SIGNS[_denied(condition)], right=ScalarPlan(plan=inner.plan()))

    def _state(self, scope: Scope, thing: Thing, condition: Condition) -> Predicate | None:
        """`cancelled subscriptions`, `unpaid invoices`: the date of the act is there, or is missing."""
        verb = condition.verb
        assert verb is not None and verb.verb is not None
        column = time_column(self.context, [thing.table], [verb], implied_only=True)
        if column is None:
            flag = self._flag_of_verb(thing, verb)
            if flag is not None:
                return self._flag(ref(flag), flag, not condition.negated)
            amount = self._amount_of_verb(thing, verb)
            if amount is not None:
                sign = _SIGNS["eq" if condition.negated else "gt"]
                return Comparison(left=ref(amount), operator=sign, right=Constant(value=0))
            events = table_of_verb(self.context, thing, verb)
            found = link(self.context, thing, events) if events is not None and condition.negated else None
            if found is not None:
                return among(*found, negated=True)
            near = [
                t.name
                for t in self.context.model.tables
                if self.context.graph.distance(thing.table, t.name) < 2
            ]
            if not condition.negated and explained_verb(self.context, verb, near):
                return _NOTHING
            return None
        if self.context.column(column).null_fraction == 0 and not condition.negated:
            return _NOTHING
        return IsNull(left=ref(column), negated=not condition.negated)

    def _flag_of_verb(self, thing: Thing, verb: Item) -> ColumnId | None:
        assert verb.verb is not None
        for column in self.context.model.table(thing.table).columns:
            if column.role is Role.FLAG and any(
                w[:4] == verb.verb.base[:4] for w in words_of(column.name) if len(w) > 2
            ):
                return ColumnId(thing.table, column.name)
        return None

    def _amount_of_verb(self, thing: Thing, verb: Item) -> ColumnId | None:
        """`discounted lines`: the amount that the verb is about, where a row without one holds 0."""
        assert verb.verb is not None
        for column in self.context.model.table(thing.table).columns:
            if (
                column.role is Role.MEASURE
                and words_of(column.name)[:1] == (verb.verb.base,)
                and column.minimum == 0
            ):
                return ColumnId(thing.table, column.name)
        return None

    def _entity_of_verb(self, thing: Thing, verb: Item | None) -> Thing | None:
        """`ordered twice`: the orders inside the same table, where the verb speaks of them."""
        if verb is None or verb.verb is None:
            return None
        said = {verb.verb.base, *verb.verb.nouns}
        for target in self.context.vocabulary.targets:
            if (
                isinstance(target, Thing)
                and target.virtual
                and target.table == thing.table
                and target.key != thing.key
                and target.name in said
            ):
                return target
        return None

    def _times(self, thing: Thing, condition: Condition) -> Predicate | None:
        """`admitted at least six times`: how many rows of events each thing has."""
        key = self.context.key_of(thing)
        spoken = (
            verb_measure(self.context, condition.verb, [thing.table]) if condition.verb is not None else None
        )
        if spoken is not None and not thing.virtual:
            return _compare(ref(spoken), condition, condition.negated)
        target = condition.noun.chosen if condition.noun is not None else None
        table = target.table if target is not None else None
        if table is None and condition.verb is not None:
            table = table_of_verb(self.context, thing, condition.verb)
        if key is None:
            return None
        inner = key_plan(self.context, thing)
        event = self._entity_of_verb(thing, condition.verb)
        if event is not None:
            counted: Expression = count_of(self.context, event).expression
        elif thing.virtual or table in (None, thing.table):
            counted = (
                Aggregate(function=AggregateFunction.COUNT, grain=thing.table)
                if thing.virtual
                else row_count(self.context, thing, inner)
            )
        elif table is not None and inner.need(table):
            counted = Aggregate(function=AggregateFunction.COUNT, grain=table)
        else:
            return None
        output = inner.output("times", counted)
        inner.having.append(_compare(OutputRef(name=output.name), condition, condition.negated))
        return among(ref(key), inner)

    def _count_values(self, scope: Scope, thing: Thing, condition: Condition) -> Predicate | None:
        """`more than 2 categories`: different values of a column, for each thing."""
        target = condition.noun.chosen if condition.noun is not None else None
        key = self.context.key_of(thing)
        if target is None or key is None or not isinstance(target, ColumnId | Thing):
            return None
        inner = key_plan(self.context, thing)
        if not inner.need(target.table):
            return None
        counted = count_of(self.context, target)
        output = inner.output(counted.name, counted.expression)
        inner.having.append(_compare(OutputRef(name=output.name), condition, condition.negated))
        return among(ref(key), inner)

    def _column(self, scope: Scope, thing: Thing, condition: Condition) -> Predicate | None:
        target = condition.noun.chosen if condition.noun is not None else None
        if isinstance(target, NamedFilter):
            if not scope.need(target.table, near=thing.table):
                return None
            made = filter_predicate(target.condition, target.table)
            return Not(item=made) if condition.negated else made
        if target is None and condition.kind == "text":
            names = self.context.names_of(thing)
            target = names[0] if names else None
        if isinstance(target, Thing):
            names = self.context.names_of(target)
            target = names[0] if names else None
        if not isinstance(target, ColumnId) or not scope.need(target.table, near=thing.table):
            return None
        left = ref(target)
        if condition.kind == "null" and not self.context.determined(thing, target) and not condition.negated:
            found = link(self.context, thing, target.table)
            if found is None:
                return None
            there: Predicate = IsNull(left=left, negated=True)
            if condition.operator == "none" and is_number(self.context.column(target)):
                there = Comparison(left=left, operator="!=", right=Constant(value=0))
            found[1].need(target.table)
            found[1].filters.append(there)
            return among(*found, negated=True)
        if condition.kind == "null":
            missing: Predicate = IsNull(left=left, negated=condition.negated)
            if (
                condition.measure is None
                and condition.operator == "none"
                and is_number(self.context.column(target))
            ):
                return AnyOf(items=(missing, Comparison(left=left, operator="=", right=Constant(value=0))))
            return missing
        if condition.kind == "text":
            return TextMatch(
                left=left, mode=condition.operator, value=condition.text, negated=condition.negated
            )
        return self._flag(left, target, not condition.negated)

    def _flag(self, left: Expression, column: ColumnId, truth: bool) -> Predicate:
        info = self.context.column(column)
        if info.type is ColumnType.BOOLEAN or not info.true_values:
            return Comparison(left=left, operator="=", right=Constant(value=truth))
        return InValues(left=left, values=tuple(info.true_values), negated=not truth)


def _held_text(choice: ValueChoice) -> str:
    """The words that all of a choice's values contain, as they were typed."""
    return choice.words or str(choice.values[0])


def thing_of_column(context: Context, column: ColumnId) -> Thing:
    """Return the thing that a column stands for: the table's rows where it names them, else its values."""
    table = context.model.table(column.table)
    if table.label == [column.column] or table.primary_key == [column.column]:
        return context.vocabulary.things[column.table]
    for entity in context.model.entities:
        if entity.table == column.table and column.column in (entity.key, entity.label):
            return Thing(
                entity.name,
                entity.table,
                entity.key,
                (entity.label,) if entity.label else (),
                tuple(entity.attributes),
            )
    return Thing(column.column.replace("_", " "), column.table, column.column, (column.column,))


def pick_role(edges: list[Edge], condition: Condition) -> Edge | None:
    """Choose between parallel joins by the preposition: "from" the origin, "to" the destination."""
    verb = condition.verb.verb.base if condition.verb is not None and condition.verb.verb is not None else ""
    role = condition.role
    leaving = role == "from" or verb in ("depart", "leave", "originate", "start")
    arriving = role in ("to", "into") or verb in ("arrive", "land")
    wanted = (
        _FROM_WORDS if leaving and not (arriving and role == "to") else _TO_WORDS if arriving else frozenset()
    )
    for edge in edges:
        if wanted & set(words_of(edge.columns[0][0])):
            return edge
    return None


def _noun_for(condition: Condition, column: ColumnId) -> Noun:
    item = (
        condition.verb
        or (condition.noun.item if condition.noun is not None else None)
        or Item(0, 0, column.column, (column.column,))
    )
    return Noun(item, [(column, 1.0)], chosen=column)


def _denied(condition: Condition) -> str:
    return _FLIP[condition.operator] if condition.negated else condition.operator


def _compare(left: Expression, condition: Condition, negated: bool, percent: bool = False) -> Predicate:
    assert condition.number is not None
    low = _number(condition.number.value, condition.number.unit, percent)
    if condition.operator == "between" and condition.upper is not None:
        made: Predicate = Between(
            left=left,
            low=low,
            high=_number(condition.upper.value, condition.upper.unit or condition.number.unit, percent),
        )
        return Not(item=made) if negated else made
    operator = _FLIP[condition.operator] if negated else condition.operator
    return Comparison(left=left, operator=_SIGNS[operator], right=low)


def _number(value: float | int, unit: str, percent: bool) -> Constant:
    """A percentage is kept as a fraction where the column's unit is "%"."""
    return Constant(value=value / 100 if percent and unit == "%" else value)


def _year_of(left: Expression) -> Expression:
    from datacraft.contracts.plan import DatePart, DatePartOf

    return DatePartOf(part=DatePart.YEAR, argument=left)


def _words(condition: Condition) -> str:
    if condition.values:
        return condition.values[0].item.text
    if condition.noun is not None:
        return condition.noun.item.text
    return condition.text or (condition.span.label if condition.span else condition.operator)


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
        restrictor._apply_own(scope, thing, [condition])
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
