"""What a rank orders by: a column of each thing, or an aggregate over what belongs to it."""

from __future__ import annotations

import itertools

from datacraft.contracts.plan import Aggregate, AggregateFunction, Expression
from datacraft.contracts.semantic import Role
from datacraft.engines.semantic.adjectives import adjective_column
from datacraft.engines.semantic.aggregates import CannotCompute, default_function, default_measure
from datacraft.engines.semantic.computing import compute
from datacraft.engines.semantic.durations import duration_of, ends_of, natural_unit_of, time_between
from datacraft.engines.semantic.frame import Measure, Rank
from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.lexicon import OperatorKind
from datacraft.engines.semantic.periods import time_column
from datacraft.engines.semantic.saying import same_stem
from datacraft.engines.semantic.scope import Context, Scope, is_date, is_number, ref
from datacraft.engines.semantic.vocabulary import ColumnId, Duration, Thing, words_of

_COUNTING = frozenset(
    {"popular", "common", "frequent", "busy", "used", "active", "prolific", "productive", "usual"}
)
_HAPPENING = frozenset({"use", "choose", "pick", "select", "prefer", "visit", "request", "frequent", "occur"})
_LOWER_IS_BETTER = frozenset(
    {
        "delay",
        "late",
        "wait",
        "error",
        "complaint",
        "defect",
        "loss",
        "churn",
        "absence",
        "cancellation",
        "mortality",
        "failure",
        "fault",
    }
)


_AMOUNT_NOUNS = frozenset({"amount", "price", "salary", "revenue", "fee", "cost", "sale", "payment", "spend", "income",
                           "purchase", "balance", "quantity", "value", "budget", "funding"})  # fmt: skip
_OF_EACH = frozenset({"cheap", "expensive", "affordable", "pricey", "inexpensive", "fast", "slow", "quick"})


def verb_measure(context: Context, verb: Item, tables: list[str]) -> ColumnId | None:
    """Return the number that a verb speaks of: "paid" the salary, "sold" the sales."""
    if verb.verb is None:
        return None
    told = {verb.verb.base, *verb.verb.nouns}
    done = {sense.column.table for sense in (*verb.values, *verb.acts)}
    for table in tables:
        named = {context.model.table(table).entity, *words_of(table)[-1:]}
        own = default_measure(context, table) if told & named or table in done else None
        if own is not None and table not in done and not _tells_amount(verb, own):
            own = None  # "which client ships the most": how often, not for how much
        if own is not None:
            return own  # "paid": of a table of payments its amount, before a column elsewhere that sounds like it
    money = {word for noun in verb.verb.nouns for word in noun.split()} & _AMOUNT_NOUNS
    own = default_measure(context, tables[0]) if tables and money else None
    for table, noun in itertools.product(tables, (verb.verb.base, *verb.verb.nouns)):
        if table != tables[0] and own is not None and context.column(own).unit:
            return own  # "admissions that cost more than 10000": of their bill, not of a drug's price
        hits = _numbers_called(context, noun, table, 0.6)
        exact = (
            [t for t in tables if _numbers_called(context, noun, t, 0.9)] if noun == verb.verb.base else []
        )
        if exact and table not in exact:
            continue  # "scored above 95": the score of another table, before a grade of this one
        if len(hits) > 1 and hits[0][0] - hits[1][0] < 0.02:
            context.doubt(f"“{verb.text}” could mean {hits[0][1].column} or {hits[1][1].column}", 0.7)
        if hits:
            return hits[0][1]
    return None


def _numbers_called(context: Context, noun: str, table: str, floor: float) -> list[tuple[float, ColumnId]]:
    """Return the columns of numbers of a table that a noun names, best first."""
    return [
        (hit.score, target)
        for hit in context.vocabulary.lookup(tuple(noun.split()))
        if isinstance(target := context.vocabulary.targets[hit.target], ColumnId)
        and target.table == table
        and hit.score >= floor
        and is_number(context.column(target))
    ]


def _tells_amount(verb: Item, column: ColumnId) -> bool:
    """Whether a verb is about amounts (pay, donate), or the column is named after it (claim: claimed amount)."""
    assert verb.verb is not None
    nouns = {word for noun in verb.verb.nouns for word in noun.split()}
    return bool(nouns & _AMOUNT_NOUNS) or any(same_stem(w, verb.verb.base) for w in words_of(column.column))


def rank_expression(context: Context, rank: Rank, thing: Thing, scope: Scope) -> Expression:
    """Return what a rank orders by: a column of each thing, or an aggregate over what belongs to it.

    Raises:
        CannotCompute: nothing in the data fits.
    """
    measure = rank.measure
    if measure is None:
        return _implied_rank(context, rank, thing, scope)
    target = measure.noun.chosen if measure.noun is not None else None
    judged = rank.adjective is not None and rank.adjective.base in ("good", "bad")
    if judged and isinstance(target, ColumnId) and set(words_of(target.column)) & _LOWER_IS_BETTER:
        rank.descending = rank.adjective is not None and rank.adjective.base == "bad"
    if (
        isinstance(target, Duration)
        and not set(measure.functions) - {"max", "min"}
        and context.determined(thing, ColumnId(target.table, target.end))
    ):
        scope.need(target.table, near=thing.table)
        ends = ends_of(target)
        return time_between(context, *ends, natural_unit_of(context, *ends))
    if isinstance(target, ColumnId) and not measure.functions and not measure.operator:
        named = context.column(target)
        if (
            not (is_number(named) or is_date(named) or named.time_part)
            and rank.adjective is not None
            and rank.adjective.attributes
        ):
            return _size_of_named(context, rank, target, thing, scope)
        if context.determined(thing, target) and not (thing.virtual and target.column == thing.key):
            if not scope.need(target.table, near=thing.table):
                raise CannotCompute("nothing connects them")
            return ref(target)
        info = context.column(target)
        most = rank.item is not None and rank.item.operator(OperatorKind.SUPERLATIVE_COUNT) is not None
        function = (
            ("sum" if most and info.role is Role.MEASURE else default_function(context, target))
            if is_number(info)
            else ("max" if rank.descending else "min")
            if is_date(info)
            else "count_distinct"
        )
        measure = Measure([function], measure.noun)
    computed = compute(context, measure, thing if measure.noun is None else None, thing.table)
    if not scope.need(computed.table, near=thing.table):
        raise CannotCompute("nothing connects them")
    return computed.expression


def _size_of_named(context: Context, rank: Rank, target: ColumnId, thing: Thing, scope: Scope) -> Expression:
    """`the biggest stadium`, where the data names stadiums: the number beside the name that the adjective measures."""
    assert rank.adjective is not None
    found = adjective_column(context, rank.adjective, [target.table])
    if (
        found is None
        or not context.determined(thing, found[0])
        or not scope.need(found[0].table, near=thing.table)
    ):
        raise CannotCompute(f"nothing in the data says how {rank.adjective.base} a {target.column} is")
    return ref(found[0])


def _implied_rank(context: Context, rank: Rank, thing: Thing, scope: Scope) -> Expression:
    graph = context.graph
    if rank.time_order:
        column = time_column(context, [thing.table], [])
        if column is not None and scope.need(column.table):
            return (
                ref(column)
                if context.determined(thing, column)
                else Aggregate(
                    function=AggregateFunction.MAX if rank.descending else AggregateFunction.MIN,
                    argument=ref(column),
                    grain=column.table,
                )
            )
    near = sorted(
        (t.name for t in context.model.tables if graph.distance(thing.table, t.name) < 4),
        key=lambda name: graph.distance(thing.table, name),
    )
    verb = rank.verb
    if verb is not None and verb.verb is not None and verb.verb.base not in _HAPPENING:
        spoken = verb_measure(context, verb, near[:1])
        if spoken is not None:
            scope.need(spoken.table, near=thing.table)
            if context.determined(thing, spoken):
                return ref(spoken)
            return Aggregate(
                function=AggregateFunction(default_function(context, spoken)),
                argument=ref(spoken),
                grain=spoken.table,
            )
    if rank.adjective is not None:
        counting = rank.adjective.base in _COUNTING
        if counting and thing.virtual:
            return row_count(context, thing, scope)
        lasted = _lasting(context, rank, thing, scope)
        if lasted is not None:
            return lasted
        found = adjective_column(
            context, rank.adjective, near[:1] if counting or rank.adjective.base in ("good", "bad") else near
        )
        if found is not None:
            column, up = found
            implied = rank.adjective.generic or (
                rank.adjective.attributes[0][1] if rank.adjective.attributes else "up"
            )
            if (not up and implied == "up") or (up and implied == "down" and not rank.adjective.generic):
                rank.descending = (
                    not rank.descending if (implied == "up") == rank.descending else rank.descending
                )
            if not scope.need(column.table, near=thing.table):
                raise CannotCompute("nothing connects them")
            if context.determined(thing, column):
                return ref(column)
            info = context.column(column)
            if not thing.virtual:
                words = set(words_of(column.column))
                twins = [
                    c for c in context.model.table(column.table).columns if words & set(words_of(c.name))
                ]
                alike = sum(c.role is Role.MEASURE for c in twins) > 1
                context.doubt(
                    f"nothing says how {rank.adjective.base} a {thing.name} is", 0.7 if alike else 0.3
                )
            usual = rank.adjective.base in _OF_EACH  # "the cheapest contractor": by what it asks on average
            function = (
                ("avg" if usual else default_function(context, column))
                if is_number(info)
                else "max"
                if rank.descending
                else "min"
            )
            return Aggregate(function=AggregateFunction(function), argument=ref(column), grain=column.table)
        counts = rank.adjective.base in _COUNTING or any(
            noun in ("count", "popularity", "frequency", "number") for noun, _ in rank.adjective.attributes
        )
        if not counts and rank.adjective.generic is None:
            raise CannotCompute(f"nothing in the data says how {rank.adjective.base} a {thing.name} is")
        if not counts and rank.adjective.base in ("good", "bad"):
            raise CannotCompute(f"the question does not say by what the {thing.name} should be judged")
        if not counts:
            return _assumed_measure(context, thing, scope)
    if rank.count_of_rows or rank.adjective is not None:
        return row_count(context, thing, scope)
    return _assumed_measure(context, thing, scope)


def _lasting(context: Context, rank: Rank, thing: Thing, scope: Scope) -> Expression | None:
    """`the longest absence`, which has a first and a last day and no length of its own."""
    if (
        rank.adjective is None
        or rank.adjective.base not in ("long", "short", "lengthy", "brief")
        or thing.virtual
    ):
        return None
    lasted = duration_of(context, thing.table)
    if lasted is None or adjective_column(context, rank.adjective, [thing.table]) is not None:
        return None
    scope.need(thing.table)
    ends = ends_of(lasted)
    return time_between(context, *ends, natural_unit_of(context, *ends))


def _assumed_measure(context: Context, thing: Thing, scope: Scope) -> Expression:
    column = default_measure(context, thing.table)
    if column is None:
        raise CannotCompute(f"the question does not say by what to rank each {thing.name}")
    context.doubt("the measure to rank by was assumed", 0.2)
    scope.need(column.table)
    if not thing.virtual:
        return ref(column)
    return Aggregate(function=AggregateFunction.SUM, argument=ref(column), grain=column.table)


def row_count(context: Context, thing: Thing, scope: Scope) -> Expression:
    """How often a thing occurs: rows of its own table where it repeats there, else of the nearest table of events."""
    if thing.virtual:
        return Aggregate(function=AggregateFunction.COUNT, grain=thing.table)
    many = [
        edge for edge in context.graph.edges(thing.table) if edge.multiplies and edge.right != thing.table
    ]
    if not many:
        raise CannotCompute(f"nothing in the data is counted for each {thing.name}")
    if len(many) > 1:
        context.doubt("what is counted was assumed", 0.2)
    edge = max(many, key=lambda e: context.model.table(e.right).rows or 0)
    scope.need(edge.right, near=thing.table)
    return Aggregate(function=AggregateFunction.COUNT, grain=edge.right)
