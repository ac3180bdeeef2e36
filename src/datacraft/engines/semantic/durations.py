"""The time between two dates of a row, as an expression: whole days between dates, exact parts of a day between times."""

from __future__ import annotations

from datacraft.contracts.plan import Arithmetic, Constant, DateDiff, Expression, TimeUnit
from datacraft.contracts.semantic import ColumnType
from datacraft.engines.semantic.scope import Context, ref
from datacraft.engines.semantic.vocabulary import ColumnId, Duration

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}


def ends_of(duration: Duration) -> tuple[ColumnId, ColumnId]:
    """Return the columns that a duration lies between."""
    return ColumnId(duration.table, duration.start), ColumnId(duration.table, duration.end)


def duration_of(context: Context, table: str) -> Duration | None:
    """Return how long a row of a table takes, None where the data does not tell."""
    return next(
        (
            t
            for t in context.vocabulary.targets
            if isinstance(t, Duration) and t.table == table and not t.is_delay
        ),
        None,
    )


def in_whole_days(context: Context, start: ColumnId, end: ColumnId) -> bool:
    """Whether neither end says more than the day."""
    return all(context.column(column).type is ColumnType.DATE for column in (start, end))


def natural_unit_of(context: Context, start: ColumnId, end: ColumnId) -> TimeUnit:
    """Return the unit that a length of time is told in when the question names none."""
    return TimeUnit.DAY if in_whole_days(context, start, end) else TimeUnit.MINUTE


def time_between(context: Context, start: ColumnId, end: ColumnId, unit: TimeUnit) -> Expression:
    """Return the time between two dates of each row; between times it is exact, not a count of midnights passed."""
    size = SECONDS.get(unit.value)
    if size is None or in_whole_days(context, start, end):
        return DateDiff(unit=unit, start=ref(start), end=ref(end))
    seconds = DateDiff(unit=TimeUnit.SECOND, start=ref(start), end=ref(end))
    return seconds if size == 1 else Arithmetic(operator="/", left=seconds, right=Constant(value=size))
