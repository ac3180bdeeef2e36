"""Build the database: every staged table is typed, written, and reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from datacraft.warehouse.loading.inference import infer
from datacraft.warehouse.loading.names import clean_name, column_names, unique_names
from datacraft.warehouse.loading.quoting import identifier
from datacraft.warehouse.loading.reading import ColumnReading
from datacraft.warehouse.loading.remarks import (
    header_findings,
    placed_finding,
    reading_findings,
    shape_findings,
    unit_of_header,
)
from datacraft.warehouse.loading.staged import CellPlace, LineMap, RawColumn, StagedTable
from datacraft.warehouse.model import ColumnInfo, TableInfo
from datacraft.warehouse.native import contract_type
from datacraft.warehouse.report import Finding, TableReport

TARGET = "target"


def name_table(staged: StagedTable, taken: Sequence[str]) -> str:
    """Return the name that SQL will use: unique, cleaned unless the source is a database. Say what was changed."""
    wished = staged.name if staged.declared_names else clean_name(staged.name, "data")
    name = unique_names([wished], list(taken))[0]
    if name != wished:
        message = f"There is a table {wished} already; the one from {staged.source} is called {name}."
        staged.findings.append(Finding(code="renamed_table", message=message))
    return name


@dataclass(frozen=True)
class LoadedTable:
    """A table in the target, how it was read, and from which line of its source each row comes.

    Attributes:
        unread: columns beside which the target holds the texts that they could not be read from.
        places: of a document, where the cells of each row stand, column by column.
        family: tables of one family are one table whatever files they are from; empty for none.
    """

    report: TableReport
    lines: LineMap
    unread: frozenset[str] = frozenset()
    places: list[list[CellPlace]] | None = None
    family: str = ""


def unread_name(column: str) -> str:
    """Return the name of the column that holds the text of what could not be read."""
    return f"_unread_{column}"


def write_table(
    connection: duckdb.DuckDBPyConnection, staged: StagedTable, name: str, *, keep_unread: bool = False
) -> LoadedTable:
    """Type a staged table's columns, write it to the target database as `name`, and report.

    With `keep_unread` a column some of whose values are missing because they could not be read has another
    one beside it with their texts, which is not among the table's columns.
    """
    names = names_of(staged)
    readings = infer(connection, staged)
    selected = typed_columns(staged, readings, names)
    unread: list[str] = []
    if keep_unread:
        for raw_column, column_name in zip(staged.columns, names, strict=True):
            reading = readings.get(raw_column.expression)
            if reading is not None and reading.formats and reading.unread:
                unread.append(column_name)
                selected += f", {reading.left} AS {identifier(unread_name(column_name))}"
    qualified = identifier(TARGET, "main", name)
    connection.execute(f"CREATE TABLE {qualified} AS SELECT {selected} FROM {staged.relation}")
    _count_null_words(connection, staged, readings, qualified, names)
    return written_table(connection, staged, name, readings, frozenset(unread))


def names_of(staged: StagedTable) -> list[str]:
    """Return what SQL calls each column."""
    headers = [column.header for column in staged.columns]
    return unique_names(headers) if staged.declared_names else column_names(headers)


def typed_columns(staged: StagedTable, readings: Mapping[str, ColumnReading], names: Sequence[str]) -> str:
    """Return the select list that types the columns as they are read."""
    expressions = [
        readings[column.expression].parsed if column.expression in readings else column.expression
        for column in staged.columns
    ]
    return ", ".join(f"{sql} AS {identifier(n)}" for sql, n in zip(expressions, names, strict=True))


def written_table(
    connection: duckdb.DuckDBPyConnection,
    staged: StagedTable,
    name: str,
    readings: Mapping[str, ColumnReading],
    unread: frozenset[str] = frozenset(),
) -> LoadedTable:
    """Return what is in the target under `name` now, with the report of how it was read."""
    names, qualified = names_of(staged), identifier(TARGET, "main", name)
    described = connection.execute(f"DESCRIBE {qualified}").fetchall()
    rows = connection.execute(f"SELECT count(*) FROM {qualified}").fetchone()
    columns = [
        _column(column, column_name, native, readings.get(column.expression))
        for column, column_name, (_, native, *_rest) in zip(
            staged.columns, names, described[: len(names)], strict=True
        )
    ]
    info = TableInfo(
        name=name,
        source=staged.source,
        row_count=rows[0] if rows else 0,
        columns=columns,
        primary_key=staged.primary_key,
        foreign_keys=staged.foreign_keys,
    )
    headers = [column.header for column in staged.columns]
    findings = list(staged.findings) + header_findings(headers, columns)
    for column, raw in zip(columns, staged.columns, strict=True):
        if raw.expression in readings:
            findings += reading_findings(column.name, readings[raw.expression], staged, info.row_count)
    findings += shape_findings(info)
    findings = [placed_finding(finding, staged.lines) for finding in findings]
    report = TableReport(table=info, rows_unread=staged.rows_unread, findings=findings)
    return LoadedTable(report, staged.lines, unread, staged.places, staged.family)


def _count_null_words(
    connection: duckdb.DuckDBPyConnection,
    staged: StagedTable,
    readings: dict[str, ColumnReading],
    written: str,
    names: list[str],
) -> None:
    """Count what became null between staging and table in the columns that stay text."""
    texts = [
        (readings[column.expression], name)
        for column, name in zip(staged.columns, names, strict=True)
        if column.expression in readings
        and not readings[column.expression].formats
        and staged.typing == "full"
    ]
    if not texts:
        return
    before = connection.execute(
        f"SELECT {', '.join(f'count({r.text})' for r, _ in texts)} FROM {staged.relation}"
    )
    values = before.fetchone() or ()
    after = connection.execute(
        f"SELECT {', '.join(f'count({identifier(name)})' for _, name in texts)} FROM {written}"
    )
    for (reading, _), count, kept in zip(texts, values, after.fetchone() or (), strict=True):
        reading.values, reading.nulls = count, count - kept


def _column(raw: RawColumn, name: str, native: str, reading: ColumnReading | None) -> ColumnInfo:
    format_ = reading.formats[0] if reading and reading.formats else None
    return ColumnInfo(
        name=name,
        header=raw.header,
        type=contract_type(native),
        native_type=native,
        unit=(format_.unit if format_ else None) or unit_of_header(raw.header),
        format=" or ".join(f.label for f in reading.formats) if reading and reading.formats else None,
    )
