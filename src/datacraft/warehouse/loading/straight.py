"""Large delimited files are typed as they are read, without a copy of their text in between.

What the columns are is guessed from a sample. One pass writes the table and marks each row that belies the guess,
or that may be no data (a header once more, a total, a note). Where there is any such row nothing of this holds,
and the file is read in the usual way: what comes out is the same, only sooner.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from datacraft.contracts.semantic import ColumnType
from datacraft.warehouse.loading.build import (
    TARGET,
    LoadedTable,
    name_table,
    names_of,
    written_table,
)
from datacraft.warehouse.loading.delimited import DOUBTFUL, DelimitedFile, forget_rejects, has_rejects
from datacraft.warehouse.loading.dialect import read_fields
from datacraft.warehouse.loading.inference import infer
from datacraft.warehouse.loading.quoting import identifier
from datacraft.warehouse.loading.reading import ColumnReading, is_placeholder, rival_format
from datacraft.warehouse.loading.staged import LineMap, StagedTable, Staging
from datacraft.warehouse.loading.tidy import may_be_no_data, notes_may_follow
from datacraft.warehouse.settings import WarehouseSettings

FROM_BYTES = 16 << 20
"""Smaller files are read fast enough with a copy of their text."""
_HEAD_BYTES = 512 << 10
_PLACES = 32
_PLACE_BYTES = 32 << 10
_MARK = "_mark"
_NULL_WORD, _BELIED = 1, 2


@dataclass(frozen=True)
class _Facts:
    """What the pass has written: rows, values of each column, and the gravest mark."""

    rows: int
    values: tuple[int, ...]
    mark: int


def write_straight(
    file: DelimitedFile, staging: Staging, taken: Sequence[str], settings: WarehouseSettings
) -> LoadedTable | None:
    """Write the table of a large regular file to the target; None, and nothing written, where it is none."""
    layout, connection = file.dialect.layout, staging.connection
    if file.text.path.stat().st_size < FROM_BYTES or layout.width < 2 or file.dialect.consistency < DOUBTFUL:
        return None
    readings = _guess(file, staging, settings)
    if readings is None:
        return None
    staged = file.as_staged(file.fields_sql)
    staged.day_first = settings.day_first
    staged.lines = LineMap(offset=file.dialect.skip_lines)
    name = name_table(staged, taken)
    target = identifier(TARGET, "main", name)
    forget_rejects(connection)
    try:
        connection.execute(f"CREATE TABLE {target} AS {_marked_rows(staged, readings)}")
        facts = _facts(connection, target, names_of(staged))
        holds = not has_rejects(connection) and _holds(connection, file, staged, readings, target, facts)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        holds = False
    if not holds:
        connection.execute(f"DROP TABLE IF EXISTS {target}")
        return None
    connection.execute(f"ALTER TABLE {target} DROP COLUMN {_MARK}")
    _note_values(connection, staged, readings, facts)
    return written_table(connection, staged, name, readings)


def _guess(
    file: DelimitedFile, staging: Staging, settings: WarehouseSettings
) -> dict[str, ColumnReading] | None:
    """Return how the columns of a sample are read; None where anything about it is doubtful."""
    sample = staging.new_table()
    staging.insert_text_rows(sample, file.dialect.layout.width, list(_sampled_rows(file)))
    staged = file.as_staged(sample)
    staged.day_first = settings.day_first
    readings = infer(staging.connection, staged)
    staging.connection.execute(f"DROP TABLE {sample}")
    return None if any(map(_is_doubtful, readings.values())) else readings


def _is_doubtful(reading: ColumnReading) -> bool:
    """Whether the whole column might be read otherwise than its sample, or there is more to say about it."""
    if reading.rejected is not None:
        # One leading zero anywhere makes a column codes, so the sample's is as good as any.
        return not (reading.has_leading_zeros and reading.rejected.family == "number")
    if not reading.formats:
        return False
    rival = rival_format(reading, reading.formats[0])
    return bool(reading.unread) or len(reading.formats) > 1 or rival is not None


def _sampled_rows(file: DelimitedFile) -> Iterator[list[str | None]]:
    """Yield rows from the file's beginning, and from places all over it."""
    dialect, width = file.dialect, file.dialect.layout.width
    size = file.text.path.stat().st_size
    with file.text.path.open("rb") as stream:
        for number in range(_PLACES + 1):
            if number:
                stream.seek(size * number // (_PLACES + 1))
                stream.readline()  # the rest of a row
                lines = stream.readlines(_PLACE_BYTES)
            else:
                lines = stream.readlines(_HEAD_BYTES)[dialect.skip_lines :]
            texts = [line.decode("utf-8", errors="ignore") for line in lines]
            try:
                for row in read_fields(texts, dialect.delimiter, dialect.quote, dialect.backslash):
                    if len(row) == width:
                        yield list(row)
            except csv.Error:
                continue


def _marked_rows(staged: StagedTable, readings: Mapping[str, ColumnReading]) -> str:
    """SQL of the typed rows with a mark: as guessed, with a word for a missing value, or not as guessed.

    Values are computed once, in a projection below the one that compares them with their texts.
    """
    shown: list[str] = []
    values: list[str] = []
    missing: list[str] = []
    belied: list[str] = []
    for number, (column, name) in enumerate(zip(staged.columns, names_of(staged), strict=True)):
        reading, text, value = readings[column.expression], column.expression, f"v{number}"
        values.append(f"{reading.value if reading.formats else reading.parsed} AS {value}")
        missing.append(f"({text} IS NOT NULL AND {value} IS NULL)")
        if reading.formats:
            belied.append(f"({text} IS NOT NULL AND {value} IS NULL AND NOT {is_placeholder(text)})")
        else:
            belied.append(_is_blank_around(text))
        if reading.type is ColumnType.DATE:
            belied.append(f"coalesce({value} <> CAST({value} AS DATE), false)")
            value = f"CAST({value} AS DATE)"
        shown.append(f"{value} AS {identifier(name)}")
    typed = {key for key, reading in readings.items() if reading.formats}
    belied += may_be_no_data(staged, typed)
    mark = (
        f"CASE WHEN {' OR '.join(belied) or 'false'} THEN {_BELIED} "
        f"WHEN {' OR '.join(missing)} THEN {_NULL_WORD} ELSE 0 END"
    )
    return (
        f"SELECT {', '.join(shown)}, CAST({mark} AS UTINYINT) AS {_MARK} "
        f"FROM (SELECT *, {', '.join(values)} FROM {staged.relation})"
    )


def _is_blank_around(text: str) -> str:
    """SQL of whether trimming would change a text. Trimming all takes as long as reading the file."""
    unicode_blanks = f"strlen({text}) <> length({text}) AND trim({text}) <> {text}"
    return f"coalesce({text} < '!' OR suffix({text}, ' ') OR ({unicode_blanks}), false)"


def _facts(connection: duckdb.DuckDBPyConnection, target: str, names: Sequence[str]) -> _Facts:
    counts = ", ".join(f"count({identifier(name)})" for name in names)
    row = connection.execute(f"SELECT count(*), coalesce(max({_MARK}), 0), {counts} FROM {target}").fetchone()
    assert row is not None
    return _Facts(row[0], tuple(row[2:]), row[1])


def _holds(
    connection: duckdb.DuckDBPyConnection,
    file: DelimitedFile,
    staged: StagedTable,
    readings: Mapping[str, ColumnReading],
    target: str,
    facts: _Facts,
) -> bool:
    """Whether every row is as the sample promised, and on a line of its own."""
    if facts.mark == _BELIED or facts.rows + file.dialect.skip_lines != file.text.line_ends:
        return False
    for column, values in zip(staged.columns, facts.values, strict=True):
        reading = readings[column.expression]
        if values and not reading.formats and not reading.sampled:
            return False  # the sample had no value of it: what it is was not guessed at all
    return not notes_may_follow(connection, target, names_of(staged), facts.rows)


def _note_values(
    connection: duckdb.DuckDBPyConnection,
    staged: StagedTable,
    readings: Mapping[str, ColumnReading],
    facts: _Facts,
) -> None:
    """Write down how many values each column has, and how many of them are words for a missing one."""
    values = list(facts.values)
    if facts.mark == _NULL_WORD:
        counts = ", ".join(f"count({column.expression})" for column in staged.columns)
        values = list(connection.execute(f"SELECT {counts} FROM {staged.relation}").fetchone() or ())
    for column, count, kept in zip(staged.columns, values, facts.values, strict=True):
        reading = readings[column.expression]
        reading.values, reading.nulls = count, count - kept
        reading.candidates = dict.fromkeys(reading.formats, kept)
