"""Cases proposed from what the data means, for a person to review: a plan, its SQL, and ways of asking for it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from datacraft.contracts.errors import DataCraftError
from datacraft.contracts.plan import (
    Aggregate,
    AggregateFunction,
    ColumnRef,
    Comparison,
    Constant,
    DateTrunc,
    Expression,
    Order,
    Output,
    OutputRef,
    QueryPlan,
    TimeUnit,
)
from datacraft.contracts.question_set import Case
from datacraft.contracts.semantic import Column, ColumnType, DefaultAggregation, Role, SemanticModel, Table
from datacraft.serving.english import plural_phrase, spoken
from datacraft.serving.explain.names import Names

_FEW_VALUES = 40
"""A dimension with more values than this makes a long list, not a question that people ask."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A meaning and the ways of asking for it, the plainest first."""

    kind: str
    difficulty: Literal["easy", "medium", "hard"]
    plan: QueryPlan
    questions: tuple[str, ...]
    ordered: bool = False


def propose_cases(
    model: SemanticModel, sql_of: Callable[[QueryPlan], str], *, count: int, seed: int
) -> list[Case]:
    """Return at least `count` cases where the data gives that many, spread over the kinds of question.

    The other phrasings of a question follow it as its paraphrases. The same arguments give the same cases.

    Args:
        model: what the data means; columns marked sensitive are left out.
        sql_of: writes a plan as SQL.
        count: how many cases are wanted.
        seed: of the choice.
    """
    by_kind: dict[str, list[Draft]] = {}
    for draft in drafts_of(model):
        by_kind.setdefault(draft.kind, []).append(draft)
    for drafts in by_kind.values():
        Random(seed).shuffle(drafts)
    cases: list[Case] = []
    while len(cases) < count and any(by_kind.values()):
        for drafts in by_kind.values():
            if drafts and len(cases) < count:
                cases += _cases(drafts.pop(), sql_of)
    return cases


def _cases(draft: Draft, sql_of: Callable[[QueryPlan], str]) -> Iterator[Case]:
    try:
        gold = sql_of(draft.plan)
    except DataCraftError:
        return  # a meaning that can't be written as SQL is none
    stem = f"{draft.kind}-{hashlib.sha256(draft.plan.model_dump_json().encode()).hexdigest()[:8]}"
    for number, question in enumerate(draft.questions):
        yield Case(
            id=stem if number == 0 else f"{stem}-{number + 1}",
            question=question,
            gold=(gold,),
            ordered=draft.ordered,
            tags=(draft.kind,),
            difficulty=draft.difficulty,
            phrasing=("plain", "terse")[min(number, 1)],
            paraphrase_of=None if number == 0 else stem,
        )


def drafts_of(model: SemanticModel) -> Iterator[Draft]:
    """Yield every meaning that the data suggests, with ways of asking for it."""
    names = Names(model)
    for table in model.tables:
        if table.bridge:
            continue
        yield _count(table, names)
        groups = [column for column in table.columns if _groups(column)]
        times = [column for column in table.columns if column.name == table.time_column]
        for dimension in groups:
            yield _count_by(table, dimension, names)
        for measure in (column for column in table.columns if _measures(column)):
            yield _total(table, measure, names)
            for dimension in groups:
                yield from _by(table, measure, dimension, names)
            for time in times:
                yield _monthly(table, measure, time, names)


def _groups(column: Column) -> bool:
    few = column.distinct is not None and 2 <= column.distinct <= _FEW_VALUES
    return column.role is Role.DIMENSION and few and not column.sensitive and column.type is ColumnType.TEXT


def _measures(column: Column) -> bool:
    sums = column.aggregation in (DefaultAggregation.SUM, DefaultAggregation.AVG)
    return column.role is Role.MEASURE and sums and not column.sensitive


def _ref(table: Table, column: Column) -> ColumnRef:
    return ColumnRef(table=table.name, column=column.name)


def _aggregated(table: Table, measure: Column) -> tuple[str, Aggregate]:
    """Return what a measure is asked for as, "total sales", and the aggregate that it is."""
    averaged = measure.aggregation is DefaultAggregation.AVG
    function = AggregateFunction.AVG if averaged else AggregateFunction.SUM
    word = "average" if averaged else "total"
    return word, Aggregate(function=function, argument=_ref(table, measure), grain=table.name)


def _plan(table: Table, outputs: Sequence[tuple[str, Expression]], **more: object) -> QueryPlan:
    named = tuple(Output(name=name, expression=expression) for name, expression in outputs)
    return QueryPlan.model_validate({"root": table.name, "outputs": named, **more})


def _count(table: Table, names: Names) -> Draft:
    rows = Aggregate(function=AggregateFunction.COUNT, grain=table.name)
    things = names.entities(table.name)
    return Draft(
        "count", "easy", _plan(table, [("count", rows)]),
        (f"How many {things} are there?", f"number of {things}"),
    )  # fmt: skip


def _count_by(table: Table, dimension: Column, names: Names) -> Draft:
    ref = _ref(table, dimension)
    rows = Aggregate(function=AggregateFunction.COUNT, grain=table.name)
    things, group = names.entities(table.name), names.column(ref)
    return Draft(
        "count-by", "medium", _plan(table, [(dimension.name, ref), ("count", rows)]),
        (f"How many {things} are there for each {group}?", f"number of {things} by {group}"),
    )  # fmt: skip


def _total(table: Table, measure: Column, names: Names) -> Draft:
    word, aggregate = _aggregated(table, measure)
    what = names.column(_ref(table, measure))
    plan = _plan(table, [(measure.name, aggregate)])
    return Draft("total", "easy", plan, (f"What is the {word} {what}?", f"{word} {what}"))


def _by(table: Table, measure: Column, dimension: Column, names: Names) -> Iterator[Draft]:
    ref = _ref(table, dimension)
    word, aggregate = _aggregated(table, measure)
    what, group = names.column(_ref(table, measure)), names.column(ref)
    outputs: list[tuple[str, Expression]] = [(dimension.name, ref), (measure.name, aggregate)]
    yield Draft(
        "group", "medium", _plan(table, outputs),
        (f"What is the {word} {what} for each {group}?", f"{word} {what} by {group}"),
    )  # fmt: skip
    if dimension.distinct is not None and dimension.distinct > 4:
        order = Order(expression=OutputRef(name=measure.name), descending=True)
        yield Draft(
            "top", "medium", _plan(table, outputs, order=(order,), limit=3),
            (f"Which 3 {plural_phrase(group)} have the highest {word} {what}?",
             f"top 3 {plural_phrase(group)} by {word} {what}"),
            ordered=True,
        )  # fmt: skip
    for value in dimension.values[:2]:
        keep = Comparison(left=ref, operator="=", right=Constant(value=value))
        yield Draft(
            "filter", "medium", _plan(table, outputs[1:], filters=(keep,)),
            (f"What is the {word} {what} where the {group} is {value}?", f"{word} {what} for {group} {value}"),
        )  # fmt: skip


def _monthly(table: Table, measure: Column, time: Column, names: Names) -> Draft:
    word, aggregate = _aggregated(table, measure)
    what = names.column(_ref(table, measure))
    month = DateTrunc(unit=TimeUnit.MONTH, argument=_ref(table, time))
    order = Order(expression=OutputRef(name="month"))
    plan = _plan(table, [("month", month), (measure.name, aggregate)], order=(order,))
    dated = spoken(time.name)
    return Draft(
        "time", "medium", plan,
        (f"What is the {word} {what} in each month of the {dated}?", f"monthly {word} {what} by {dated}"),
        ordered=True,
    )  # fmt: skip
