"""`QueryPlan`: the typed meaning of a question, from which SQL is rendered.

A plan names tables and columns of the semantic model; it holds no SQL text. It is closed under nesting
(a predicate or a source may hold another plan), round-trips through JSON, and is what the built-in
engine produces and what a language model may fill in.

Reading a plan: take `root` (or the rows of `source`), connect the tables that are used by `joins`, keep
the rows where every one of `filters` holds, then
- when any output holds an `Aggregate`: group by the outputs that hold none, keep groups where `having` holds;
- otherwise: one row per row of `root` (made distinct when `distinct`).
Then windows, `order`, `limit`. No measure is ever multiplied by a one-to-many join: an aggregate is taken
over the rows of its own table (`grain`), whatever the filters and dimensions have to be joined.
"""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator


class _Node(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TimeUnit(StrEnum):
    """A calendar unit, for truncating and for differences."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class DatePart(StrEnum):
    """A cyclic part of a date. `MONTH_NAME` and `WEEKDAY_NAME` are English names ("January", "Monday")."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    WEEK = "week"
    DAY = "day"
    WEEKDAY = "weekday"  # ISO: Monday = 1 ... Sunday = 7
    DAY_OF_YEAR = "day_of_year"
    HOUR = "hour"
    MONTH_NAME = "month_name"
    WEEKDAY_NAME = "weekday_name"


class AggregateFunction(StrEnum):
    """What is computed over the rows of a group."""

    COUNT = "count"
    COUNT_DISTINCT = "count_distinct"
    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    MEDIAN = "median"
    PERCENTILE = "percentile"
    STDDEV = "stddev"
    VARIANCE = "variance"
    CORRELATION = "correlation"


class WindowFunction(StrEnum):
    """What is computed over the rows of the result, after grouping."""

    RUNNING_TOTAL = "running_total"
    MOVING_AVERAGE = "moving_average"
    PREVIOUS = "previous"
    CHANGE = "change"  # value - previous value
    GROWTH = "growth"  # (value - previous value) / previous value, as a fraction
    SHARE = "share"  # value / sum of values in the partition, as a fraction
    RANK = "rank"
    ROW_NUMBER = "row_number"
    PARTITION_AVG = "partition_avg"
    PARTITION_MAX = "partition_max"


_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ISO_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*")


def _read_scalar(value: object) -> object:
    """JSON has no dates: text in strict ISO 8601 form is one, any other text (a postal code) stays text."""
    if isinstance(value, str) and _ISO_DATE.fullmatch(value):
        return dt.date.fromisoformat(value)
    if isinstance(value, str) and _ISO_TIMESTAMP.fullmatch(value):
        return dt.datetime.fromisoformat(value)
    if isinstance(value, bool | int | float | str | dt.date | None):
        return value
    raise ValueError("a value is text, a number, true or false, a date or null")


Scalar = Annotated[bool | int | float | str | dt.datetime | dt.date | None, PlainValidator(_read_scalar)]


class ColumnRef(_Node):
    """A column of a table of the semantic model."""

    kind: Literal["column"] = "column"
    table: str
    column: str


class Constant(_Node):
    """A literal value; dates and times are ISO 8601 in JSON."""

    kind: Literal["constant"] = "constant"
    value: Scalar


class OutputRef(_Node):
    """An output of `source`, by name; in `having` and `order`, of this plan itself."""

    kind: Literal["output"] = "output"
    name: str


class Aggregate(_Node):
    """An aggregate over the rows of `grain` that pass the plan's filters and `where`.

    `count` without an argument counts rows of `grain`; `count_distinct` needs an argument.
    `grain` may be left out when `argument` names one table's columns: then it is that table.
    """

    kind: Literal["aggregate"] = "aggregate"
    function: AggregateFunction
    argument: Expression | None = None
    second: Expression | None = Field(default=None, description="The other variable of a correlation.")
    fraction: float | None = Field(default=None, ge=0, le=1, description="For percentile: 0.9 is the 90th.")
    where: tuple[Predicate, ...] = Field(default=(), description="Only rows where all of these hold count.")
    grain: str | None = Field(default=None, description="The table whose rows are aggregated.")
    weight: Expression | None = Field(default=None, description="For avg: sum(argument*weight)/sum(weight).")


class Arithmetic(_Node):
    """`left operator right`; a division by zero gives null; division is never integer division."""

    kind: Literal["arithmetic"] = "arithmetic"
    operator: Literal["+", "-", "*", "/"]
    left: Expression
    right: Expression


class DateTrunc(_Node):
    """The start of the calendar unit that `argument` lies in; weeks start on Monday."""

    kind: Literal["date_trunc"] = "date_trunc"
    unit: TimeUnit
    argument: Expression


class DatePartOf(_Node):
    """A cyclic part of a date, such as the month number or the weekday's name."""

    kind: Literal["date_part"] = "date_part"
    part: DatePart
    argument: Expression


class DateDiff(_Node):
    """`end - start` in whole units (boundaries crossed)."""

    kind: Literal["date_diff"] = "date_diff"
    unit: TimeUnit
    start: Expression
    end: Expression


class Bucket(_Node):
    """The lower edge of the equal-width bucket that a number falls in: floor(x / width) * width."""

    kind: Literal["bucket"] = "bucket"
    argument: Expression
    width: float = Field(gt=0)


class Window(_Node):
    """A window over the grouped rows. `argument`, `partition_by` and `order_by` use this plan's expressions.

    `size` is the number of rows of a moving average (the current one included), or the lag of
    previous, change and growth (1 where left out).
    """

    kind: Literal["window"] = "window"
    function: WindowFunction
    argument: Expression | None = None
    partition_by: tuple[Expression, ...] = ()
    order_by: tuple[Order, ...] = ()
    size: int | None = Field(default=None, ge=1)


class ScalarPlan(_Node):
    """The single value of a plan with one output and one row, for example an overall average."""

    kind: Literal["scalar_plan"] = "scalar_plan"
    plan: QueryPlan


Expression = Annotated[
    ColumnRef
    | Constant
    | OutputRef
    | Aggregate
    | Arithmetic
    | DateTrunc
    | DatePartOf
    | DateDiff
    | Bucket
    | Window
    | ScalarPlan,
    Field(discriminator="kind"),
]


class Comparison(_Node):
    """`left operator right`. Text is compared exactly; use `TextMatch` to ignore case."""

    kind: Literal["comparison"] = "comparison"
    left: Expression
    operator: Literal["=", "!=", "<", "<=", ">", ">="]
    right: Expression


class Between(_Node):
    """`low <= left <= high`, both ends included."""

    kind: Literal["between"] = "between"
    left: Expression
    low: Expression
    high: Expression


class InValues(_Node):
    """`left` is one of `values` (negated: none of them; a null then counts as none of them)."""

    kind: Literal["in_values"] = "in_values"
    left: Expression
    values: tuple[Scalar, ...] = Field(min_length=1)
    negated: bool = False


class InPlan(_Node):
    """`left` is among the values of the plan's first output (negated: anti-join, nulls never match)."""

    kind: Literal["in_plan"] = "in_plan"
    left: Expression
    plan: QueryPlan
    negated: bool = False


class IsNull(_Node):
    """`left` is missing (negated: is there)."""

    kind: Literal["is_null"] = "is_null"
    left: Expression
    negated: bool = False


class TextMatch(_Node):
    """Case-insensitive text comparison; `value` is plain text, never a pattern."""

    kind: Literal["text_match"] = "text_match"
    left: Expression
    mode: Literal["equals", "contains", "starts_with", "ends_with"]
    value: str
    negated: bool = False


class TimeRange(_Node):
    """`start <= left < end` in calendar dates; an end that is left out is open."""

    kind: Literal["time_range"] = "time_range"
    left: Expression
    start: dt.date | None = None
    end: dt.date | None = Field(default=None, description="Exclusive.")
    label: str = Field(default="", description='As a person would say it: "2021", "the last 3 months".')


class AllOf(_Node):
    """Every one of `items` holds."""

    kind: Literal["all_of"] = "all_of"
    items: tuple[Predicate, ...] = Field(min_length=1)


class AnyOf(_Node):
    """At least one of `items` holds."""

    kind: Literal["any_of"] = "any_of"
    items: tuple[Predicate, ...] = Field(min_length=1)


class Not(_Node):
    """`item` does not hold (a null counts as not holding)."""

    kind: Literal["not"] = "not"
    item: Predicate


Predicate = Annotated[
    Comparison | Between | InValues | InPlan | IsNull | TextMatch | TimeRange | AllOf | AnyOf | Not,
    Field(discriminator="kind"),
]


class Order(_Node):
    """A sort key; nulls come last either way."""

    expression: Expression
    descending: bool = False


class Output(_Node):
    """A column of the result."""

    name: str = Field(description="Unique in the plan; the SQL alias: lower snake case.")
    expression: Expression
    label: str = Field(default="", description="As a person would say it; default: made from `name`.")
    unit: str | None = Field(default=None, description='"USD", "%", "days"; "%" means that 0.2 reads 20 %.')


class PlanJoin(_Node):
    """An equi-join that connects two tables of the plan; `columns` are pairs (left column, right column)."""

    left: str
    right: str
    columns: tuple[tuple[str, str], ...] = Field(min_length=1)
    cardinality: Literal["many_to_one", "one_to_many", "one_to_one", "many_to_many"]


class SetOperation(_Node):
    """Rows of this plan combined with those of another that has as many outputs; duplicates removed."""

    operator: Literal["union", "intersect", "except"]
    plan: QueryPlan


class QueryPlan(_Node):
    """The typed meaning of a question. See the module's text for how to read it."""

    schema_version: Literal[1] = 1
    root: str | None = Field(
        default=None, description="The table whose rows are listed or counted by default."
    )
    source: QueryPlan | None = Field(default=None, description="Take rows from this plan instead of tables.")
    outputs: tuple[Output, ...] = Field(min_length=1)
    joins: tuple[PlanJoin, ...] = ()
    filters: tuple[Predicate, ...] = ()
    having: tuple[Predicate, ...] = ()
    order: tuple[Order, ...] = ()
    limit: int | None = Field(default=None, ge=1)
    with_ties: bool = Field(default=False, description="Keep rows that tie with the last one kept.")
    limit_per: tuple[str, ...] = Field(
        default=(), description="`limit` rows for each value of these outputs."
    )
    distinct: bool = False
    combine: tuple[SetOperation, ...] = ()
    notes: tuple[str, ...] = Field(default=(), description="Assumptions, each as a sentence for a person.")


for _model in (
    Aggregate,
    Arithmetic,
    DateTrunc,
    DatePartOf,
    DateDiff,
    Bucket,
    Window,
    ScalarPlan,
    Comparison,
    Between,
    InValues,
    InPlan,
    IsNull,
    TextMatch,
    TimeRange,
    AllOf,
    AnyOf,
    Not,
    Order,
    Output,
    SetOperation,
    QueryPlan,
):
    _model.model_rebuild()
