"""Types of expressions, and literals that fit the type they are compared with."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping

from sqlglot import exp

from datacraft.contracts.errors import InputError
from datacraft.contracts.plan import (
    Aggregate,
    AggregateFunction,
    ColumnRef,
    Constant,
    DatePart,
    DatePartOf,
    DateTrunc,
    Expression,
    OutputRef,
    QueryPlan,
    Scalar,
    ScalarPlan,
    Window,
    WindowFunction,
)
from datacraft.contracts.semantic import ColumnType
from datacraft.sql.render.dialects import Dialect, cast, is_clock_unit, number, text
from datacraft.sql.render.schema import SchemaView

OutputTypes = Mapping[str, ColumnType | None]

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}([T ].*)?")
_KEEPS_TYPE = frozenset({AggregateFunction.MIN, AggregateFunction.MAX})
_COUNTS = frozenset({AggregateFunction.COUNT, AggregateFunction.COUNT_DISTINCT})
_NUMBERS_ROWS = frozenset({WindowFunction.RANK, WindowFunction.ROW_NUMBER})


def output_types(plan: QueryPlan, schema: SchemaView) -> dict[str, ColumnType | None]:
    """Return the types of a plan's outputs; None where it is not known."""
    source = output_types(plan.source, schema) if plan.source else {}
    return {output.name: type_of(output.expression, schema, source) for output in plan.outputs}


def type_of(node: Expression, schema: SchemaView, source: OutputTypes) -> ColumnType | None:
    """Return the type of an expression over tables, or over the outputs of `source`."""
    match node:
        case ColumnRef(table=table, column=column):
            return schema.type_of(table, column)
        case Constant(value=value):
            return _type_of_value(value)
        case OutputRef(name=name):
            return source.get(name)
        case Aggregate(function=function, argument=argument):
            if function in _KEEPS_TYPE and argument is not None:
                return type_of(argument, schema, source)
            return ColumnType.INTEGER if function in _COUNTS else ColumnType.NUMBER
        case DateTrunc(unit=unit):
            return ColumnType.TIMESTAMP if is_clock_unit(unit) else ColumnType.DATE
        case DatePartOf(part=DatePart.MONTH_NAME | DatePart.WEEKDAY_NAME):
            return ColumnType.TEXT
        case Window(function=WindowFunction.PREVIOUS | WindowFunction.PARTITION_MAX, argument=argument):
            return None if argument is None else type_of(argument, schema, source)
        case Window(function=function) if function in _NUMBERS_ROWS:
            return ColumnType.INTEGER
        case ScalarPlan(plan=plan):
            return output_types(plan, schema)[plan.outputs[0].name]
        case _:
            return ColumnType.NUMBER


def _type_of_value(value: Scalar) -> ColumnType | None:
    match value:
        case None:
            return None
        case bool():
            return ColumnType.BOOLEAN
        case int():
            return ColumnType.INTEGER
        case float():
            return ColumnType.NUMBER
        case dt.datetime():
            return ColumnType.TIMESTAMP
        case dt.date():
            return ColumnType.DATE
        case _:
            return ColumnType.TEXT


def is_day(value: Scalar) -> bool:
    """Whether a value names a whole day: a date, or text that reads as one."""
    value = _as_moment(value) if isinstance(value, str) else value
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


def literal(value: Scalar, wanted: ColumnType | None, dialect: Dialect) -> exp.Expr:
    """Return `value` as a literal that compares with a column of type `wanted`.

    Dates that came as text become dates, numbers that meet a text column become text, and so on. A value
    that doesn't fit keeps its own type, and the warehouse will say so.
    """
    match _fitted(value, wanted):
        case None:
            return exp.Null()
        case bool() as flag:
            return exp.Boolean(this=flag)
        case int() | float() as amount:
            return _number(amount)
        case dt.datetime() as moment:
            return dialect.timestamp(moment)
        case dt.date() as day:
            if wanted is ColumnType.TIMESTAMP:
                return dialect.timestamp(dt.datetime.combine(day, dt.time()))
            return cast(text(day.isoformat()), exp.DType.DATE)
        case str() as words:
            return text(words)


def _fitted(value: Scalar, wanted: ColumnType | None) -> Scalar:
    match wanted:
        case ColumnType.TEXT if isinstance(value, dt.datetime):
            return value.isoformat(sep=" ")
        case ColumnType.TEXT if isinstance(value, dt.date):
            return value.isoformat()
        case ColumnType.TEXT if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        case ColumnType.DATE | ColumnType.TIMESTAMP if isinstance(value, str):
            return _as_moment(value)
        case ColumnType.INTEGER | ColumnType.NUMBER if isinstance(value, bool):
            return int(value)
        case ColumnType.INTEGER | ColumnType.NUMBER if isinstance(value, str) and _NUMBER.fullmatch(value):
            return float(value) if "." in value else int(value)
        case ColumnType.BOOLEAN if isinstance(value, int) and value in (0, 1):
            return bool(value)
        case ColumnType.BOOLEAN if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        case _:
            return value


def _as_moment(value: str) -> Scalar:
    """Return ISO 8601 text as a date or a moment; other text as it is."""
    if _ISO_DAY.fullmatch(value) is None:
        return value
    for parse in (dt.date.fromisoformat, dt.datetime.fromisoformat):
        try:
            return parse(value)
        except ValueError:
            continue
    return value


def _number(value: int | float) -> exp.Expr:
    if not math.isfinite(value):
        raise InputError(f"The plan holds the number {value}, which SQL has no literal for.")
    magnitude = number(repr(abs(value)))
    return exp.Neg(this=magnitude) if value < 0 else magnitude
