"""What DuckDB and BigQuery write differently. Everything else is rendered by one code path."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Protocol

from sqlglot import exp

from datacraft.contracts.errors import InputError
from datacraft.contracts.plan import DatePart, TextMatch, TimeUnit
from datacraft.contracts.semantic import ColumnType

_CLOCK_UNITS = frozenset({TimeUnit.SECOND, TimeUnit.MINUTE, TimeUnit.HOUR})


def is_clock_unit(unit: TimeUnit) -> bool:
    """Whether a unit is finer than a day."""
    return unit in _CLOCK_UNITS


def text(value: str) -> exp.Literal:
    """Return a text literal."""
    return exp.Literal(this=value, is_string=True)


def number(value: int | str) -> exp.Literal:
    """Return a number literal that is not negative."""
    return exp.Literal(this=str(value), is_string=False)


def cast(value: exp.Expr, to: exp.DType) -> exp.Cast:
    """Return `CAST(value AS to)`."""
    return exp.Cast(this=value, to=exp.DataType(this=to, nested=False))


class Dialect(Protocol):
    """The differences. Every method returns new nodes and takes over the nodes that it is given."""

    name: str

    def timestamp(self, value: dt.datetime) -> exp.Expr:
        """Return a literal moment, comparable with a timestamp column."""

    def date_trunc(self, unit: TimeUnit, value: exp.Expr, kind: ColumnType | None) -> exp.Expr:
        """Return the start of the unit that `value` lies in; a date for days and coarser units."""

    def date_part(self, part: DatePart, value: exp.Expr) -> exp.Expr:
        """Return a cyclic part of a date."""

    def date_diff(self, unit: TimeUnit, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        """Return how many boundaries of `unit` lie between `start` and `end`."""

    def text_match(self, match: TextMatch, value: exp.Expr) -> exp.Expr:
        """Return a comparison that ignores case; not for `equals`."""

    def percentile(self, value: exp.Expr, fraction: float) -> exp.Expr:
        """Return an aggregate: the value that `fraction` of the values lie below."""

    def only_where(
        self,
        build: Callable[[exp.Expr], exp.Expr],
        argument: exp.Expr,
        condition: exp.Expr,
    ) -> exp.Expr:
        """Return the aggregate that `build` makes of `argument`, over the rows where `condition` holds."""

    def same(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        """Return an equality in which null equals null, fit for a full join."""

    def window_order(self, value: exp.Expr, descending: bool) -> list[exp.Ordered]:
        """Return the sort keys of a window that order by `value`, nulls last."""

    def window_key(self, value: exp.Expr, kind: ColumnType | None) -> exp.Expr:
        """Return what a window is partitioned by, so that equal values come together."""


def ordered(value: exp.Expr, descending: bool) -> exp.Ordered:
    """Return a sort key, nulls last."""
    return exp.Ordered(this=value, desc=descending or None, nulls_first=False)


class DuckDB:
    """DuckDB."""

    name = "duckdb"

    def timestamp(self, value: dt.datetime) -> exp.Expr:
        """Return a typed literal."""
        return cast(text(value.isoformat(sep=" ")), exp.DType.TIMESTAMP)

    def date_trunc(self, unit: TimeUnit, value: exp.Expr, kind: ColumnType | None) -> exp.Expr:
        """Cast back to a date: `date_trunc` of a timestamp is a timestamp."""
        if unit is TimeUnit.DAY:
            return value if kind is ColumnType.DATE else cast(value, exp.DType.DATE)
        start = exp.TimestampTrunc(this=value, unit=exp.Var(this=unit.value.upper()))
        return start if is_clock_unit(unit) else cast(start, exp.DType.DATE)

    def date_part(self, part: DatePart, value: exp.Expr) -> exp.Expr:
        """Use `isodow` for weekdays, so that Monday is 1; weeks are ISO weeks as they are."""
        match part:
            case DatePart.MONTH_NAME:
                return exp.Monthname(this=value)
            case DatePart.WEEKDAY_NAME:
                return exp.Dayname(this=value)
            case DatePart.WEEKDAY:
                field = "ISODOW"
            case DatePart.DAY_OF_YEAR:
                field = "DOY"
            case _:
                field = part.value.upper()
        return exp.Extract(this=exp.Var(this=field), expression=value)

    def date_diff(self, unit: TimeUnit, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        """Use `date_diff`, which counts boundaries, but of weeks whole ones: from Monday to Monday then."""
        if unit is TimeUnit.WEEK:
            start, end = (exp.TimestampTrunc(this=day, unit=exp.Var(this="WEEK")) for day in (start, end))
        return exp.DateDiff(this=end, expression=start, unit=exp.Var(this=unit.value.upper()))

    def text_match(self, match: TextMatch, value: exp.Expr) -> exp.Expr:
        """Use `ILIKE`, with the pattern characters of the text escaped."""
        escaped = match.value.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        before = "" if match.mode == "starts_with" else "%"
        after = "" if match.mode == "ends_with" else "%"
        like = exp.ILike(this=value, expression=text(before + escaped + after))
        return like if escaped == match.value else exp.Escape(this=like, expression=text("\\"))

    def percentile(self, value: exp.Expr, fraction: float) -> exp.Expr:
        """Interpolate between the two nearest values."""
        if fraction == 0.5:
            return exp.Median(this=value)
        return exp.PercentileCont(this=value, expression=number(repr(fraction)))

    def only_where(
        self,
        build: Callable[[exp.Expr], exp.Expr],
        argument: exp.Expr,
        condition: exp.Expr,
    ) -> exp.Expr:
        """Use `FILTER (WHERE ...)`."""
        return exp.Filter(this=build(argument), expression=exp.Where(this=condition))

    def same(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        """Use `IS NOT DISTINCT FROM`, which DuckDB hashes on."""
        return exp.NullSafeEQ(this=left, expression=right)

    def window_order(self, value: exp.Expr, descending: bool) -> list[exp.Ordered]:
        """Sort as everywhere else."""
        return [ordered(value, descending)]

    def window_key(self, value: exp.Expr, kind: ColumnType | None) -> exp.Expr:
        """Partition by anything."""
        return value


class BigQuery:
    """BigQuery's GoogleSQL."""

    name = "bigquery"

    def timestamp(self, value: dt.datetime) -> exp.Expr:
        """Leave the literal untyped: it then takes the column's type, TIMESTAMP or DATETIME."""
        return text(value.isoformat(sep=" "))

    def date_trunc(self, unit: TimeUnit, value: exp.Expr, kind: ColumnType | None) -> exp.Expr:
        """Truncate dates as dates; `WEEK` would start on Sunday."""
        if is_clock_unit(unit):
            return exp.DatetimeTrunc(this=_datetime(value), unit=exp.Var(this=unit.value.upper()))
        day = value if kind is ColumnType.DATE else cast(value, exp.DType.DATE)
        if unit is TimeUnit.DAY:
            return day
        return exp.DateTrunc(this=day, unit=text(_week_from_monday(unit)))  # type: ignore[no-untyped-call]

    def date_part(self, part: DatePart, value: exp.Expr) -> exp.Expr:
        """Turn BigQuery's Sunday = 1 into Monday = 1; use ISO weeks."""
        match part:
            case DatePart.MONTH_NAME | DatePart.WEEKDAY_NAME:
                layout = "%B" if part is DatePart.MONTH_NAME else "%A"
                # FORMAT_DATE takes no TIMESTAMP.
                return exp.TimeToStr(this=cast(value, exp.DType.DATE), format=text(layout))
            case DatePart.WEEKDAY:
                sunday_first = exp.Extract(this=exp.Var(this="DAYOFWEEK"), expression=value)
                shifted = exp.Add(this=sunday_first, expression=number(5))
                return exp.Add(this=exp.Mod(this=shifted, expression=number(7)), expression=number(1))
            case DatePart.DAY_OF_YEAR:
                field = "DAYOFYEAR"
            case DatePart.WEEK:
                field = "ISOWEEK"
            case _:
                field = part.value.upper()
        return exp.Extract(this=exp.Var(this=field), expression=value)

    def date_diff(self, unit: TimeUnit, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        """Count boundaries; `TIMESTAMP_DIFF` would count elapsed units."""
        if is_clock_unit(unit):
            return exp.DatetimeDiff(
                this=_datetime(end), expression=_datetime(start), unit=exp.Var(this=unit.value.upper())
            )
        return exp.DateDiff(
            this=cast(end, exp.DType.DATE),
            expression=cast(start, exp.DType.DATE),
            unit=exp.Var(this=_week_from_monday(unit)),
        )

    def text_match(self, match: TextMatch, value: exp.Expr) -> exp.Expr:
        """Use functions of plain text, which need no escaping."""
        lower, wanted = exp.Lower(this=value), text(match.value.lower())
        match match.mode:
            case "starts_with":
                return exp.StartsWith(this=lower, expression=wanted)
            case "ends_with":
                return exp.EndsWith(this=lower, expression=wanted)
            case _:
                return exp.GT(this=exp.StrPosition(this=lower, substr=wanted), expression=number(0))

    def percentile(self, value: exp.Expr, fraction: float) -> exp.Expr:
        """Approximate to a thousandth: BigQuery has exact percentiles only as a window function."""
        quantiles = exp.ApproxQuantiles(this=value, expression=number(1000))
        position = number(round(fraction * 1000))
        return exp.Bracket(this=quantiles, expressions=[position], offset=0, safe=False)

    def only_where(
        self,
        build: Callable[[exp.Expr], exp.Expr],
        argument: exp.Expr,
        condition: exp.Expr,
    ) -> exp.Expr:
        """Make the argument null elsewhere, which every aggregate leaves out; there is no `FILTER`."""
        if isinstance(argument, exp.Star):
            return exp.CountIf(this=condition)
        return build(exp.If(this=condition, true=argument, false=exp.Null()))

    def same(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        """Compare as JSON text: a full join takes nothing but an equality, and `=` loses nulls."""
        return exp.EQ(this=exp.JSONFormat(this=left), expression=exp.JSONFormat(this=right))

    def window_order(self, value: exp.Expr, descending: bool) -> list[exp.Ordered]:
        """Sort by missing or not first, since not every window takes `NULLS LAST`."""
        if descending:
            return [ordered(value, descending)]
        missing = exp.Is(this=value.copy(), expression=exp.Null())
        return [exp.Ordered(this=missing, nulls_first=True), exp.Ordered(this=value, nulls_first=True)]

    def window_key(self, value: exp.Expr, kind: ColumnType | None) -> exp.Expr:
        """Partition by the text of a number that may be a FLOAT64, which no window takes."""
        return cast(value, exp.DType.VARCHAR) if kind is ColumnType.NUMBER else value


def _datetime(value: exp.Expr) -> exp.Cast:
    return cast(value, exp.DType.TIMESTAMP)  # sqlglot's TIMESTAMP without zone is BigQuery's DATETIME


def _week_from_monday(unit: TimeUnit) -> str:
    return "ISOWEEK" if unit is TimeUnit.WEEK else unit.value.upper()


_DIALECTS: dict[str, Callable[[], Dialect]] = {"duckdb": DuckDB, "bigquery": BigQuery}


def dialect_named(name: str) -> Dialect:
    """Return the dialect called `name`.

    Raises:
        InputError: plans can't be rendered in that dialect.
    """
    if name not in _DIALECTS:
        raise InputError(f"There is no SQL dialect {name!r}.", hint=f"Use one of: {', '.join(_DIALECTS)}.")
    return _DIALECTS[name]()
