"""CSV, TSV and their like: read as text, every row accounted for."""

from __future__ import annotations

import csv
from array import array
from dataclasses import dataclass

import duckdb

from datacraft.contracts.errors import DataLoadError
from datacraft.warehouse.loading.dialect import Dialect, Layout, read_fields, sniff
from datacraft.warehouse.loading.encoding import MAX_LINE_BYTES, TextFile, as_utf8
from datacraft.warehouse.loading.fixed_width import FixedWidth, find_fixed_width, stage_fixed_width
from datacraft.warehouse.loading.quoting import literal
from datacraft.warehouse.loading.repair import repair
from datacraft.warehouse.loading.sources import Source
from datacraft.warehouse.loading.staged import LineMap, StagedTable, Staging, text_columns, trimmed_text
from datacraft.warehouse.report import Finding

_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
_MAX_COLUMNS = 2_000
"""More take gigabytes for nothing: the engine keeps a block for each."""
DOUBTFUL = 0.8
"""With less of the lines cut alike, a delimiter may be none."""


@dataclass(frozen=True)
class DelimitedFile:
    """A delimited text file that was looked into, but not read yet.

    Attributes:
        prefer: the delimiter that its suffix promises.
    """

    source: Source
    text: TextFile
    dialect: Dialect
    prefer: str

    def as_staged(self, relation: str) -> StagedTable:
        """Return the table whose rows are those of `relation`."""
        findings = self.text.findings + layout_findings(self.dialect.layout)
        return StagedTable(
            name=self.source.stem,
            source=str(self.source.path),
            relation=relation,
            columns=text_columns(headers(self.dialect.layout)),
            trimmed=True,
            european=self.dialect.delimiter == ";",
            findings=findings + _dialect_findings(self.dialect, self.prefer),
        )

    @property
    def rows_sql(self) -> str:
        """SQL of the rows as trimmed texts."""
        trimmed = (f"{trimmed_text(f'c{i}')} AS c{i}" for i in range(self.dialect.layout.width))
        return f"SELECT {', '.join(trimmed)} FROM {self.fields_sql}"

    @property
    def fields_sql(self) -> str:
        """SQL of the fields as they stand; DuckDB notes in `reject_errors` rows of another width."""
        dialect, width = self.dialect, self.dialect.layout.width
        columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
        return (
            f"read_csv({literal(str(self.text.path))}, auto_detect = false, "
            f"delim = {literal(dialect.delimiter)}, quote = {literal(dialect.quote)}, "
            f"escape = {literal(chr(92) if dialect.backslash else dialect.quote)}, header = false, "
            f"skip = {dialect.skip_lines}, columns = {{{columns}}}, store_rejects = true, "
            # Buffers of 16 lines, as they are by default, would take all the memory that there is.
            f"max_line_size = {2 * MAX_LINE_BYTES}, buffer_size = {2 * MAX_LINE_BYTES}, null_padding = {'true' if width == 1 else 'false'})"
        )


def open_delimited(source: Source, staging: Staging) -> DelimitedFile:
    """Find out how a delimited text file is written.

    Raises:
        DataLoadError: it is binary, blank, or no table can be made of it.
    """
    text = as_utf8(source.path, staging.workspace, lines=True)
    prefer = "\t" if source.path.suffix.lower() in {".tsv", ".tab"} else ","
    dialect = sniff(text.head(), prefer=prefer)
    if dialect.layout.width == 0:
        raise DataLoadError(f"{source.path} holds no rows.", hint="Export the data again, or leave it out.")
    if dialect.layout.width > _MAX_COLUMNS:
        raise DataLoadError(
            f"{source.path} has {dialect.layout.width:,} columns or more; a table may have {_MAX_COLUMNS:,}.",
            hint="Perhaps rows and columns are exchanged; else split it, or bring it into long form.",
        )
    return DelimitedFile(source, text, dialect, prefer)


def stage_rows(file: DelimitedFile, staging: Staging) -> StagedTable:
    """Stage a delimited text file, all columns as text.

    DuckDB's reader takes files whose every row has the header's number of fields. Where it meets anything
    else the file is read again, line by line, so that each irregular row is kept, mended or reported.

    Raises:
        DataLoadError: no table can be made of it.
    """
    table = staging.new_table()
    if file.dialect.layout.width == 1 or file.dialect.consistency < DOUBTFUL:
        aligned = find_fixed_width(file.text.head())
        if aligned is not None and aligned.layout.width > 1:
            return _read_fixed_width(file.source, file.text, aligned, table, staging)
    staged = file.as_staged(table)
    if not _read_regular(file, table, staging, staged):
        staging.connection.execute(f"DROP TABLE IF EXISTS {table}")
        repair(file.text.path, file.dialect, table, staging, staged)
    return staged


def _read_fixed_width(
    source: Source, text: TextFile, found: FixedWidth, table: str, staging: Staging
) -> StagedTable:
    lines = stage_fixed_width(text, found, table, staging)
    message = f"No delimiter was found: {found.layout.width} columns stand under each other at fixed places."
    return StagedTable(
        name=source.stem,
        source=str(source.path),
        relation=table,
        columns=text_columns(headers(found.layout)),
        trimmed=True,
        findings=[*text.findings, *layout_findings(found.layout),
                  Finding(code="fixed_width", severity="info", message=message)],
        lines=lines,
    )  # fmt: skip


def headers(layout: Layout) -> list[str]:
    """Return the header's cells, blanks where there is no header."""
    return layout.header if layout.header is not None else [""] * layout.width


def layout_findings(layout: Layout) -> list[Finding]:
    """Return what a person should know about title lines and a missing header."""
    findings: list[Finding] = []
    if layout.titles:
        shown = "; ".join(layout.titles[:3])
        findings.append(
            Finding(
                code="title_lines",
                severity="info",
                message=f"{len(layout.titles)} lines above the header are not part of the table: {shown}",
                count=len(layout.titles),
            )
        )
    if layout.header is None:
        findings.append(
            Finding(
                code="no_header",
                message="The first row looks like data, so the columns are called column_1, column_2, ... "
                "Add a header row to name them.",
            )
        )
    return findings


def _dialect_findings(dialect: Dialect, prefer: str) -> list[Finding]:
    name = _NAMES.get(dialect.delimiter, repr(dialect.delimiter))
    if dialect.layout.width > 1 and prefer == "\t" and dialect.delimiter != prefer:
        message = f"The fields are separated by {name}, not by tabs as the file's suffix says."
        return [Finding(code="delimiter", message=message)]
    if dialect.layout.width == 1:
        return [
            Finding(
                code="one_column", severity="info", message="No delimiter was found: one column was read."
            )
        ]
    if dialect.consistency < 0.8:
        message = (
            f"Only {dialect.consistency:.0%} of the first lines have the same number of fields with {name} as "
            "the delimiter; the file may use another one."
        )
        return [Finding(code="delimiter", message=message)]
    return []


def forget_rejects(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop what DuckDB noted of rows of another width when it read the last file."""
    for leftover in ("reject_errors", "reject_scans"):
        connection.execute(f"DROP TABLE IF EXISTS {leftover}")


def has_rejects(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether any row of the file that was just read has another width."""
    rejected = connection.execute("SELECT count(*) FROM reject_errors").fetchone()
    return rejected is None or rejected[0] > 0


def _read_regular(file: DelimitedFile, table: str, staging: Staging, staged: StagedTable) -> bool:
    """Read the file with DuckDB; False where any row is irregular."""
    connection, skipped = staging.connection, file.dialect.skip_lines
    forget_rejects(connection)
    try:
        connection.execute(f"CREATE TABLE {table} AS {file.rows_sql}")
        rows = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        if rows is None or has_rejects(connection):
            return False
    except duckdb.Error:
        return False
    # One line per row unless quoted fields hold line ends or there are blank lines.
    one_by_one = rows[0] + skipped == file.text.line_ends
    staged.lines = LineMap(offset=skipped) if one_by_one else _lines(file.text, file.dialect, rows[0])
    return True


def _lines(text: TextFile, dialect: Dialect, rows: int) -> LineMap:
    """Return the line that each row starts on, where rows span lines; nothing where that can't be told."""
    csv.field_size_limit(1 << 30)
    found = array("q")
    try:
        with text.path.open(encoding="utf-8-sig", newline="") as file:
            for _ in range(dialect.skip_lines):
                file.readline()
            reader = read_fields(file, dialect.delimiter, dialect.quote, dialect.backslash)
            start = 1
            for record in reader:
                if record:
                    found.append(start + dialect.skip_lines)
                start = reader.line_num + 1
    except csv.Error:
        return LineMap()
    return LineMap(lines=found) if len(found) == rows else LineMap()
