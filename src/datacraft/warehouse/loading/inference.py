"""What the text of a column means, decided over the whole column.

A sample proposes formats; one pass over all rows counts how many values each of them reads; the values
that the best one does not read propose again, until nothing new comes up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice

import duckdb

from datacraft.contracts.semantic import ColumnType
from datacraft.warehouse.formats import PLACEHOLDERS, Format, candidate_formats, most_fitting
from datacraft.warehouse.loading.reading import ColumnReading, Unread, is_placeholder, rival_format
from datacraft.warehouse.loading.staged import RawColumn, StagedTable, trimmed_text

_SAMPLE_ROWS = 2000
_DISTINCT = 1000
_PROPOSE_SHARE = 0.8
_ROUNDS = 3
_CODE = re.compile("[A-Z]{2,6}")
_COLUMNS_AT_ONCE = 32  # the planner's time grows faster than the number of expressions


def infer(connection: duckdb.DuckDBPyConnection, staged: StagedTable) -> dict[str, ColumnReading]:
    """Return how each text column of a staged table is read, by the column's expression."""
    dates_only = staged.typing == "dates"
    readings = {
        column.expression: ColumnReading(column, _trimmed(column, staged), trusted=dates_only)
        for column in staged.columns
        if column.native == "VARCHAR"
    }
    seen = _sample(connection, staged, list(readings.values()))
    for key, reading in readings.items():
        reading.sampled = len(seen[key])
        reading.codes = len(seen[key]) > 1 and all(_CODE.fullmatch(value) for value in seen[key])
    open_questions = dict(readings)
    for _ in range(_ROUNDS):
        proposals = {
            key: [
                format_
                for format_ in most_fitting(
                    candidate_formats(seen[key], reading.column.header, dates_only=dates_only),
                    seen[key],
                    _PROPOSE_SHARE,
                )
                if format_ not in reading.candidates
            ]
            for key, reading in open_questions.items()
        }
        open_questions = {key: reading for key, reading in open_questions.items() if proposals[key]}
        if not open_questions:
            break
        _count(connection, staged, open_questions, proposals)
        for key, reading in open_questions.items():
            best = _best(reading)
            reading.formats = [best]
            _find_unread(connection, staged, reading)
            seen[key] = [unread.text for unread in reading.unread] + seen[key]
        open_questions = {key: reading for key, reading in open_questions.items() if reading.unread}
    european = _majority(_european(readings.values()) + staged.european)
    day_first = _day_first(readings.values(), staged, european=european)
    for reading in readings.values():
        _settle(connection, staged, reading, european=european, day_first=day_first)
    return readings


def _trimmed(column: RawColumn, staged: StagedTable) -> str:
    """SQL of a column's text without blanks around it; staged text was trimmed when it was read."""
    return column.expression if staged.trimmed else trimmed_text(column.expression)


def _sample(
    connection: duckdb.DuckDBPyConnection, staged: StagedTable, readings: Sequence[ColumnReading]
) -> dict[str, list[str]]:
    """Return some different values of each column: from the first rows, and from wherever there are any."""
    if not readings:
        return {}
    columns = ", ".join(reading.text for reading in readings)
    rows = connection.execute(f"SELECT {columns} FROM {staged.relation} LIMIT {_SAMPLE_ROWS}").fetchall()
    if len(rows) == _SAMPLE_ROWS and staged.typing == "full":
        rows += connection.execute(
            f"SELECT {columns} FROM {staged.relation} USING SAMPLE reservoir({_SAMPLE_ROWS} ROWS) REPEATABLE (7)"
        ).fetchall()
    seen: dict[str, list[str]] = {}
    for i, reading in enumerate(readings):
        values = _telling(row[i] for row in rows)
        if not values and len(rows) >= _SAMPLE_ROWS:
            values = _telling(
                row[0]
                for row in connection.execute(
                    f"SELECT {reading.text} AS v FROM {staged.relation} WHERE v IS NOT NULL LIMIT {_DISTINCT}"
                ).fetchall()
            )
        seen[reading.column.expression] = values
    return seen


def _telling(values: Iterable[str | None]) -> list[str]:
    found: dict[str, None] = {}
    for value in values:
        if value is not None and value.lower() not in PLACEHOLDERS:
            found[value] = None
            if len(found) >= _DISTINCT:
                break
    return list(found)


def _count(
    connection: duckdb.DuckDBPyConnection,
    staged: StagedTable,
    readings: dict[str, ColumnReading],
    proposals: dict[str, list[Format]],
) -> None:
    """Count, over all rows, what each proposed format reads; many columns in one query."""
    keys = iter(readings)
    while some := list(islice(keys, _COLUMNS_AT_ONCE)):
        counts: list[str] = []
        for key in some:
            text = readings[key].text
            counts.append(f"count({text})")
            counts += [f"count({format_.parse(text)})" for format_ in proposals[key]]
        row = connection.execute(f"SELECT {', '.join(counts)} FROM {staged.relation}").fetchone()
        numbers = iter(row or ())
        for key in some:
            readings[key].values = next(numbers)
            for format_ in proposals[key]:
                readings[key].candidates[format_] = next(numbers)


def _best(reading: ColumnReading) -> Format:
    """The format that reads most values; of equals, the one proposed first."""
    return max(reading.candidates, key=lambda format_: reading.candidates[format_])


def _find_unread(connection: duckdb.DuckDBPyConnection, staged: StagedTable, reading: ColumnReading) -> None:
    """Collect the values that the reading's formats leave unread, apart from words for a missing value."""
    reading.unread, reading.unread_count, reading.nulls = [], 0, 0
    if len(reading.formats) == 1 and reading.candidates.get(reading.formats[0]) == reading.values:
        return
    row = "min(rowid) + 1" if staged.relation.startswith('"staging_') else "NULL"
    parsed = " AND ".join(f"({format_.parse(reading.text)}) IS NULL" for format_ in reading.formats)
    query = (
        f"SELECT v, n, first, missing, sum(n) OVER (PARTITION BY missing) FROM ("
        f"SELECT {reading.text} AS v, count(*) AS n, {row} AS first, {is_placeholder('v')} AS missing "
        f"FROM {staged.relation} WHERE v IS NOT NULL AND {parsed} GROUP BY v) "
        f"ORDER BY missing DESC, n DESC, v LIMIT {_DISTINCT}"
    )
    for text, count, first, missing, total in connection.execute(query).fetchall():
        if missing:
            reading.nulls = int(total)
        else:
            reading.unread.append(Unread(text, count, first))
            reading.unread_count = int(total)


def _european(readings: Iterable[ColumnReading]) -> int:
    """Count the columns that can only be read with days first or decimal commas, less those that can't be."""
    votes = 0
    for reading in readings:
        if not reading.candidates:
            continue
        best = _best(reading)
        if best.european is not None and not rival_format(reading, best):
            votes += 1 if best.european else -1
    return votes


def _majority(votes: int) -> bool | None:
    return votes > 0 if votes else None


def _day_first(
    readings: Iterable[ColumnReading], staged: StagedTable, *, european: bool | None
) -> bool | None:
    """Whether dates that can be read both ways have the day first; None: there is no evidence.

    What was asked for decides, then the other dates of the table, then decimal commas.
    """
    if staged.day_first is not None:
        return staged.day_first
    of_dates = _majority(_european(r for r in readings if r.formats and r.formats[0].family == "date"))
    # Decimal points say nothing: they are written next to dates of both kinds.
    return (european or None) if of_dates is None else of_dates


def _settle(
    connection: duckdb.DuckDBPyConnection,
    staged: StagedTable,
    reading: ColumnReading,
    *,
    european: bool | None,
    day_first: bool | None,
) -> None:
    """Choose the column's formats; it stays text where too much would be lost."""
    if not reading.candidates:
        return
    best = _best(reading)
    rival = rival_format(reading, best)
    wanted = day_first if best.family == "date" else european
    if rival is not None and wanted is not None and best.european is not wanted:
        best = rival
    reading.formats = [best]
    _find_unread(connection, staged, reading)
    if reading.unread:
        _add_second_format(connection, staged, reading)
    if reading.unread and (reading.trusted or not _tolerable(reading)):
        reading.rejected, reading.formats = reading.formats[0], []
        return
    if reading.formats[0].type is ColumnType.TIMESTAMP:
        clock = connection.execute(
            f"SELECT bool_or(v <> date_trunc('day', v)) FROM (SELECT {reading.value} AS v FROM {staged.relation})"
        ).fetchone()
        reading.whole_days = not (clock and clock[0])


def _add_second_format(
    connection: duckdb.DuckDBPyConnection, staged: StagedTable, reading: ColumnReading
) -> None:
    """Two notations of dates in one column, each clear by itself, are both read."""
    if reading.formats[0].family != "date":
        return
    left = [unread.text for unread in reading.unread]
    others = candidate_formats(left, reading.column.header, dates_only=True)
    readable = [format_ for format_ in most_fitting(others, left, 1.0)[:1] if format_.rival is None]
    if not readable:
        return
    before = reading.unread_count
    reading.formats.append(readable[0])
    _find_unread(connection, staged, reading)
    if reading.unread_count == before:  # it looks so but is no date: 2021-02-31
        reading.formats.pop()


def _tolerable(reading: ColumnReading) -> bool:
    """Whether the unread values are so few, and so clearly no values, that typing loses nothing."""
    total = reading.values - reading.nulls
    lost = reading.unread_count
    few = max(total * 0.05, 1 if total >= 10 else 0)
    if reading.formats[0].family == "date":
        return lost <= few
    with_digits = sum(u.count for u in reading.unread if any(c.isdigit() for c in u.text))
    if reading.has_leading_zeros:
        return False
    if reading.formats[0].type is ColumnType.INTEGER and with_digits:
        return False  # 10234A: a code, not a number
    return lost <= few and with_digits <= max(total * 0.01, 1)
