"""What each output of a plan is: a measure or what it is grouped by, in which unit, over which calendar grain.

Columns, charts and sentences are all made from these facts, so that they never tell different stories.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from datacraft.contracts.answer import Cell, ResultColumn
from datacraft.contracts.plan import (
    Aggregate,
    AggregateFunction,
    Arithmetic,
    Bucket,
    ColumnRef,
    Constant,
    DateDiff,
    DatePart,
    DatePartOf,
    DateTrunc,
    Expression,
    Output,
    OutputRef,
    QueryPlan,
    ScalarPlan,
    TimeUnit,
    Window,
    WindowFunction,
)
from datacraft.contracts.semantic import ColumnType, Role, SemanticModel
from datacraft.serving.english import spoken
from datacraft.serving.formats import YEAR, format_cell, part_name
from datacraft.sql.render.joins import JoinTree
from datacraft.sql.render.walk import holds, tables_of
from datacraft.warehouse.model import ResultColumnInfo

_COUNTS = frozenset({AggregateFunction.COUNT, AggregateFunction.COUNT_DISTINCT})
_ADDITIVE = frozenset({AggregateFunction.SUM, AggregateFunction.COUNT})
_UNITLESS = frozenset({AggregateFunction.VARIANCE, AggregateFunction.CORRELATION}) | _COUNTS
_FRACTIONS = frozenset({WindowFunction.SHARE, WindowFunction.GROWTH})
_POSITIONS = frozenset({WindowFunction.RANK, WindowFunction.ROW_NUMBER})
PARTS = {"year": DatePart.YEAR, "quarter": DatePart.QUARTER, "month": DatePart.MONTH, "week": DatePart.WEEK,
          "day": DatePart.DAY, "weekday": DatePart.WEEKDAY, "hour": DatePart.HOUR}  # fmt: skip
_RATES = (None, "%")
NUMERIC = frozenset({ColumnType.INTEGER, ColumnType.NUMBER})
TIMES = frozenset({ColumnType.DATE, ColumnType.TIMESTAMP})


@dataclass(frozen=True, slots=True)
class OutputFacts:
    """One output of a plan.

    Attributes:
        name: as in the plan.
        label: as a person would say it.
        unit: of the numbers; see `ResultColumn.unit`.
        measure: a number that is shown; otherwise it is what rows are grouped or told apart by.
        moment: a date or time.
        grain: the calendar unit that a moment was cut to.
        part: the cyclic part of a date that it is.
        bucket: the width of the buckets whose lower edges it holds.
        additive: the values of several groups may be summed to that of all of them together.
        share: a fraction of a whole.
        position: a rank or row number; neither shown as a bar nor grouped by.
        identifier: a key, which a name beside it says better.
    """

    name: str = ""
    label: str = ""
    unit: str | None = None
    measure: bool = False
    moment: bool = False
    grain: TimeUnit | None = None
    part: DatePart | None = None
    bucket: float | None = None
    additive: bool = False
    share: bool = False
    position: bool = False
    identifier: bool = False

    @property
    def ordered(self) -> bool:
        """Whether its values have an order of their own that is no ranking: time, parts of it, buckets."""
        return self.moment or self.part is not None or self.bucket is not None


def output_facts(plan: QueryPlan, model: SemanticModel) -> list[OutputFacts]:
    """Return the facts of every output of `plan`, in order."""
    inner = {facts.name: facts for facts in output_facts(plan.source, model)} if plan.source else {}
    reader = _Reader(plan, model, inner)
    return [reader.output(output) for output in plan.outputs]


def _unit_of(fact: OutputFacts | None) -> str | None:
    if fact is None:
        return None
    return YEAR if fact.part is DatePart.YEAR else fact.unit


def result_columns(facts: list[OutputFacts], found: list[ResultColumnInfo]) -> list[ResultColumn]:
    """Return the columns of a result as an answer shows them: the warehouse's types, the plan's meaning."""
    by_name = {fact.name: fact for fact in facts}
    columns: list[ResultColumn] = []
    for position, column in enumerate(found):
        fact = by_name.get(column.name) or (facts[position] if len(facts) == len(found) else None)
        columns.append(
            ResultColumn(
                name=column.name,
                label=fact.label if fact else spoken(column.name),
                type=column.type.value,
                unit=_unit_of(fact),
                role="measure" if fact and fact.measure else "dimension",
            )
        )
    return columns


def group_name(value: Cell, fact: OutputFacts) -> str:
    """Return a value that is grouped by, as text; numbers among them are names, like a year or a key."""
    if isinstance(value, int) and not isinstance(value, bool) and fact.bucket is None:
        return (part_name(fact.part, value) if fact.part else None) or str(value)
    return format_cell(value, unit=fact.unit, grain=fact.grain)


class _Reader:
    """Works out what the expressions of one plan mean; facts come back without the output's own name."""

    def __init__(self, plan: QueryPlan, model: SemanticModel, inner: Mapping[str, OutputFacts]) -> None:
        self._plan = plan
        self._model = model
        self._inner = inner
        self._own = {output.name: output.expression for output in plan.outputs}
        self._grouped = any(holds(output.expression, Aggregate) for output in plan.outputs)

    def output(self, output: Output) -> OutputFacts:
        facts = self._expression(output.expression)
        label = output.label or facts.label or spoken(output.name)
        return replace(facts, name=output.name, label=label, unit=output.unit or facts.unit)

    def _expression(self, node: Expression) -> OutputFacts:
        match node:
            case ColumnRef():
                return self._column(node)
            case OutputRef():
                return self._output_ref(node)
            case Aggregate():
                return self._aggregate(node)
            case Arithmetic():
                return self._arithmetic(node)
            case DateTrunc(unit=unit):
                return OutputFacts(moment=True, grain=unit)
            case DatePartOf(part=part):
                return OutputFacts(part=part)
            case DateDiff(unit=unit):
                return OutputFacts(unit=f"{unit.value}s", measure=True)
            case Bucket(argument=argument, width=width):
                return OutputFacts(unit=self._expression(argument).unit, bucket=width)
            case Window():
                return self._window(node)
            case ScalarPlan(plan=plan):
                return replace(output_facts(plan, self._model)[0], label="", measure=True, additive=False)
            case Constant(value=value):
                return OutputFacts(measure=isinstance(value, int | float) and not isinstance(value, bool))

    def _column(self, node: ColumnRef) -> OutputFacts:
        try:
            column = self._model.column(node.table, node.column)
        except KeyError:
            return OutputFacts()
        if column.time_part is not None:
            return OutputFacts(part=PARTS[column.time_part])
        number = column.type in NUMERIC
        # A plan that groups by a number means its values as groups, whatever the column is for.
        shown = number and column.role is Role.MEASURE and not self._grouped
        return OutputFacts(
            unit=column.unit if number else None,
            measure=shown,
            moment=column.type in TIMES,
            identifier=column.role is Role.ID,
        )

    def _output_ref(self, node: OutputRef) -> OutputFacts:
        if node.name in self._inner:
            facts = self._inner[node.name]
            return replace(facts, measure=facts.measure and not self._grouped, additive=False)
        own = self._own.get(node.name)
        return self._expression(own) if own is not None and not holds(own, OutputRef) else OutputFacts()

    def _aggregate(self, node: Aggregate) -> OutputFacts:
        argument = self._argument(node.argument)
        if argument.moment and node.function not in _COUNTS:  # the first or last date
            return OutputFacts(moment=True, grain=argument.grain)
        return OutputFacts(
            unit=None if node.function in _UNITLESS else argument.unit,
            measure=True,
            additive=node.function in _ADDITIVE and self._splits_rows(node),
        )

    def _splits_rows(self, node: Aggregate) -> bool:
        """Whether each row that is aggregated falls in one group only, so that groups add up."""
        groups = [
            output.expression for output in self._plan.outputs if not holds(output.expression, Aggregate)
        ]
        grain = node.grain or next(iter(tables_of(node)), self._plan.root)
        if grain is None or self._plan.source is not None:
            return True
        tree = JoinTree(grain, self._plan.joins)
        return all(tree.reaches_one(table) for table in tables_of(*groups))

    def _arithmetic(self, node: Arithmetic) -> OutputFacts:
        left, right = self._expression(node.left), self._expression(node.right)
        match node.operator:
            case "+" | "-":
                unit, additive = left.unit or right.unit, left.additive and right.additive
            case "*":  # a price times a number or a rate is money
                unit = left.unit if right.unit in _RATES else right.unit if left.unit in _RATES else None
                factor = isinstance(node.left, Constant) or isinstance(node.right, Constant)
                additive = factor and (left.additive or right.additive)
            case "/":
                unit = left.unit if right.unit is None else None
                additive = isinstance(node.right, Constant) and left.additive
        return OutputFacts(unit=unit, measure=True, additive=additive)

    def _window(self, node: Window) -> OutputFacts:
        argument = self._argument(node.argument)
        if node.function in _FRACTIONS:
            share = node.function is WindowFunction.SHARE
            return OutputFacts(unit="%", measure=True, share=share, additive=share)
        if node.function in _POSITIONS:
            return OutputFacts(position=True)
        return replace(argument, label="", measure=not argument.moment, additive=False, share=False)

    def _argument(self, node: Expression | None) -> OutputFacts:
        return OutputFacts() if node is None else self._expression(node)
