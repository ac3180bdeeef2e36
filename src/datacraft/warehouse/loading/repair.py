"""Irregular delimited text: ragged rows and quotes that never close, read line by line."""

from __future__ import annotations

import csv
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from datacraft.warehouse.loading.dialect import Dialect, read_fields
from datacraft.warehouse.loading.staged import LineMap, StagedTable, Staging
from datacraft.warehouse.report import EXAMPLES, Example, Finding

_BATCH = 50_000
_MAX_LINES_IN_A_FIELD = 200  # an open quote that swallows more than this was never meant to span lines
_MAX_EXAMPLE = 160


@dataclass
class _Tally:
    """Irregular rows of one kind."""

    code: str
    message: str
    count: int = 0
    examples: list[Example] = field(default_factory=list)

    def add(self, text: str, line: int) -> None:
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(Example(text=text.strip()[:_MAX_EXAMPLE], line=line))

    def finding(self) -> Finding:
        return Finding(
            code=self.code,
            message=self.message.format(n=self.count),
            count=self.count,
            examples=self.examples,
        )


@dataclass
class _Tallies:
    short: _Tally
    long: _Tally
    quotes: _Tally

    @classmethod
    def of(cls, width: int) -> _Tallies:
        return cls(
            _Tally("short_rows", f"{{n}} rows have fewer than {width} fields; the missing ones are empty."),
            _Tally("unread_rows", f"{{n}} rows have more than {width} fields and were not read."),
            _Tally("open_quotes", "{n} lines have a quote that is never closed; it was read as plain text."),
        )


def repair(path: Path, dialect: Dialect, table: str, staging: Staging, staged: StagedTable) -> None:
    """Read `path` into `table` row by row; what is irregular becomes findings of `staged`."""
    csv.field_size_limit(1 << 30)
    width = dialect.layout.width
    tallies = _Tallies.of(width)
    line_of_row = array("q")
    records = _fitting(_records(path, dialect, tallies.quotes), dialect, tallies)
    staging.insert_text_rows(table, width, [])
    while batch := list(islice(records, _BATCH)):
        line_of_row.extend(line for line, _ in batch)
        staging.insert_text_rows(table, width, [[cell or None for cell in cells] for _, cells in batch])
    staged.lines = LineMap(lines=line_of_row)
    staged.rows_unread += tallies.long.count
    staged.findings += [t.finding() for t in (tallies.short, tallies.long, tallies.quotes) if t.count]


def _fitting(
    records: Iterator[tuple[int, list[str]]], dialect: Dialect, tallies: _Tallies
) -> Iterator[tuple[int, list[str]]]:
    """Yield rows of exactly the layout's width; pad short ones, drop empty surplus fields, tally the rest."""
    width = dialect.layout.width
    for line, cells in records:
        if not any(cells):
            continue
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            cells = cells[:width]
        if len(cells) > width:
            tallies.long.add(dialect.delimiter.join(cells), line)
            continue
        if len(cells) < width:
            tallies.short.add(dialect.delimiter.join(cells), line)
            cells = cells + [""] * (width - len(cells))
        yield line, cells


def _records(path: Path, dialect: Dialect, open_quotes: _Tally) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, fields). A field may span lines; one whose quote never closes ends with its line."""
    quote = dialect.quote
    with path.open(encoding="utf-8-sig", newline=None) as file:
        lines = enumerate(file, start=1)
        for _ in islice(lines, dialect.skip_lines):
            continue
        waiting: list[tuple[int, str]] = []
        while True:
            number, line = waiting.pop(0) if waiting else next(lines, (0, ""))
            if not number:
                return
            if not _is_open(line, quote, dialect):
                yield number, _fields(line, dialect)
                continue
            parts, rest = _until_closed(line, waiting, lines, dialect)
            if parts is None:
                open_quotes.add(line, number)
                yield number, [cell.strip(quote) for cell in line.rstrip("\n").split(dialect.delimiter)]
                waiting = rest
            else:
                yield number, _fields(parts, dialect)
                waiting = rest


def _until_closed(
    line: str, waiting: list[tuple[int, str]], lines: Iterator[tuple[int, str]], dialect: Dialect
) -> tuple[str | None, list[tuple[int, str]]]:
    """Join following lines until the quote closes in a row of the right width.

    Returns the joined record, or None where there is no such row, and the lines that were read but not used.
    """
    taken: list[tuple[int, str]] = []
    joined = line
    while len(taken) < _MAX_LINES_IN_A_FIELD:
        following = waiting.pop(0) if waiting else next(lines, None)
        if following is None:
            break
        taken.append(following)
        joined += following[1]
        if not _is_open(joined, dialect.quote, dialect):
            if len(_fields(joined, dialect)) == dialect.layout.width:
                return joined, waiting
            break
    return None, taken + waiting


def _is_open(text: str, quote: str, dialect: Dialect) -> bool:
    count = text.count(quote)
    if dialect.backslash:
        count -= text.count(f"\\{quote}")
    return count % 2 == 1


def _fields(line: str, dialect: Dialect) -> list[str]:
    """Cut one record into fields; none where its quotes are misplaced."""
    reader = read_fields([line.rstrip("\n")], dialect.delimiter, dialect.quote, dialect.backslash)
    try:
        return next(reader, [])
    except csv.Error:
        return []
