"""Which column a period or a calendar unit means, and the predicate or expression it becomes."""

from __future__ import annotations

import calendar

from datacraft.contracts.plan import (
    AllOf,
    Comparison,
    Constant,
    DatePart,
    DatePartOf,
    DateTrunc,
    Expression,
    InValues,
    Predicate,
    TimeRange,
    TimeUnit,
)
from datacraft.contracts.semantic import ColumnType
from datacraft.engines.semantic.frame import Grain
from datacraft.engines.semantic.lattice import Item
from datacraft.engines.semantic.scope import Context, is_date, ref
from datacraft.engines.semantic.timespan import TimeSpan, resolve
from datacraft.engines.semantic.vocabulary import ColumnId, words_of


def time_column(
    context: Context, tables: list[str], verbs: list[Item], *, implied_only: bool = False
) -> ColumnId | None:
    """Return the date column that a period means: one a verb implies, else the nearest table's default."""
    for table in tables:
        implied = _by_verb(context, table, verbs)
        if implied is not None:
            return implied
    if implied_only:
        return None
    for table in tables:
        default = context.model.table(table).time_column
        if default is not None:
            return ColumnId(table, default)
        dated = [c for c in context.model.table(table).columns if is_date(c) and not _tells_a_life(c.name)]
        if len(dated) == 1:
            return ColumnId(table, dated[0].name)
        if any(c.time_part == "year" for c in context.model.table(table).columns):
            return None
    near: list[tuple[float, ColumnId]] = []
    for other in context.model.tables:
        if other.time_column is not None and other.name not in tables:
            distance = min((context.graph.distance(table, other.name) for table in tables), default=99.0)
            if distance < 3:
                near.append((distance, ColumnId(other.name, other.time_column)))
    return min(near, key=lambda pair: pair[0])[1] if near else None


def _tells_a_life(name: str) -> bool:
    """A day of birth or death is no date of what happened to a thing."""
    return bool({"birth", "birthday", "born", "dob", "death", "died"} & {*words_of(name), name.lower()})


def _by_verb(context: Context, table: str, verbs: list[Item]) -> ColumnId | None:
    """`hired in 2020` means the hire date: a verb that shares a word with a date column's name."""
    dated = [c for c in context.model.table(table).columns if is_date(c) or c.time_part == "year"]
    for verb in verbs:
        if verb.verb is None:
            continue
        base = verb.verb.base
        for column in dated:
            words = {word for name in (column.name, *column.synonyms) for word in words_of(name)}
            same_verb = any(
                (known := context.lexicon.verb(w)) is not None and known.base == base for w in words
            )
            if (
                same_verb
                or words & {base, *verb.words}
                or any(len(w) > 3 and w[:4] == base[:4] for w in words)
            ):
                return ColumnId(table, column.name)
        meant = {w for noun in verb.verb.nouns for w in words_of(noun)} - {"date", "time", "year", "day"}
        for column in dated:
            if any(set(words_of(name)) & meant for name in (column.name, *column.synonyms)):
                return ColumnId(table, column.name)
    return None


def part_column(context: Context, tables: list[str], part: str) -> ColumnId | None:
    """Return a number or name column that holds a part of a date (a `year` column)."""
    for table in tables:
        for column in context.model.table(table).columns:
            if column.time_part == part:
                return ColumnId(table, column.name)
    return None


def period_predicate(
    context: Context, span: TimeSpan, column: ColumnId | None, tables: list[str]
) -> Predicate | None:
    """Return the predicate for a period, None where the data has no time for it."""
    if column is not None and is_date(context.column(column)):
        return _on_date(context, span, column)
    return _on_parts(context, span, tables, column)


def _on_date(context: Context, span: TimeSpan, column: ColumnId) -> Predicate | None:
    if span.kind == "relative":
        last = context.last_date(column)
        if last is None:
            return None
        span = resolve(span, last)
        context.note(
            f"{span.label[:1].upper()}{span.label[1:]} is counted back from {last.isoformat()}, the last date in the data."
        )
    expression = ref(column)
    within = (
        TimeRange(left=expression, start=span.start, end=span.end, label=span.label)
        if span.start or span.end
        else None
    )
    if span.part is None:
        return within
    parts: Predicate = InValues(left=DatePartOf(part=span.part, argument=expression), values=span.parts)
    return AllOf(items=(parts, within)) if within is not None else parts


def _on_parts(
    context: Context, span: TimeSpan, tables: list[str], given: ColumnId | None
) -> Predicate | None:
    """Columns that hold a year, a month or a weekday by themselves."""
    year = (
        given
        if given is not None and context.column(given).time_part == "year"
        else part_column(context, tables, "year")
    )
    found: list[Predicate] = []
    if span.kind == "relative":
        maximum = context.column(year).maximum if year is not None else None
        if span.unit is not TimeUnit.YEAR or year is None or not isinstance(maximum, int | float):
            return None
        last = int(maximum)
        first = (
            last
            if span.which in ("this", "to_date")
            else last - span.count + (1 if span.which == "last" else 0)
        )
        final = last if span.which != "previous" else last - 1
        context.note(
            f"{span.label[:1].upper()}{span.label[1:]} is counted back from {last}, the last year in the data."
        )
        return _years(year, first, final)
    if span.part is not None:
        name = {DatePart.MONTH: "month", DatePart.WEEKDAY: "weekday", DatePart.QUARTER: "quarter"}.get(
            span.part
        )
        column = part_column(context, tables, name) if name else None
        if column is None:
            return None
        found.append(_part_values(context, column, span.part, span.parts))
    if span.start is not None or span.end is not None:
        if year is None:
            return None
        since = span.start.year if span.start else None
        until = (
            (span.end.year - 1 if (span.end.month, span.end.day) == (1, 1) else span.end.year)
            if span.end
            else None
        )
        found.append(_years(year, since, until))
        if span.unit is TimeUnit.MONTH and span.start and span.end:
            column = part_column(context, tables, "month")
            last_month = span.end.month - 1 or 12
            if column is None or since != until:
                return None
            found.append(
                _part_values(context, column, DatePart.MONTH, tuple(range(span.start.month, last_month + 1)))
            )
    return found[0] if len(found) == 1 else AllOf(items=tuple(found)) if found else None


def _years(column: ColumnId, first: int | None, final: int | None) -> Predicate:
    left = ref(column)
    if first is not None and first == final:
        return Comparison(left=left, operator="=", right=Constant(value=first))
    bounds: list[Predicate] = []
    if first is not None:
        bounds.append(Comparison(left=left, operator=">=", right=Constant(value=first)))
    if final is not None:
        bounds.append(Comparison(left=left, operator="<=", right=Constant(value=final)))
    return bounds[0] if len(bounds) == 1 else AllOf(items=tuple(bounds))


def _part_values(context: Context, column: ColumnId, part: DatePart, numbers: tuple[int, ...]) -> Predicate:
    """Months and weekdays are kept as numbers or as names; take the spelling that the data uses."""
    if context.column(column).type is not ColumnType.TEXT:
        return InValues(left=ref(column), values=numbers)
    names = calendar.month_name if part is DatePart.MONTH else ["", *calendar.day_name]
    known = {str(value).lower(): value for value in context.column(column).values}
    spelt = [known.get(names[n].lower()) or known.get(names[n][:3].lower()) or names[n] for n in numbers]
    return InValues(left=ref(column), values=tuple(spelt))


def grain_expression(
    context: Context, grain: Grain, column: ColumnId | None, tables: list[str]
) -> tuple[str, Expression] | None:
    """Return (name, expression) of a calendar unit to group by, None where the data has no time for it."""
    name = (
        grain.unit.value
        if grain.unit is not None
        else (grain.part or DatePart.YEAR).value.replace("_name", "")
    )
    kept = part_column(context, tables, name)
    if kept is not None and (
        column is None
        or not is_date(context.column(column))
        or (kept.table == tables[0] and grain.part is None and grain.unit is TimeUnit.YEAR)
    ):
        return name, ref(kept)
    if column is None or not is_date(context.column(column)):
        return None
    if grain.part is not None:
        return name, DatePartOf(part=grain.part, argument=ref(column))
    if grain.unit is TimeUnit.YEAR:
        return name, DatePartOf(part=DatePart.YEAR, argument=ref(column))
    return name, DateTrunc(unit=grain.unit or TimeUnit.MONTH, argument=ref(column))
