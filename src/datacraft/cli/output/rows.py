"""The rows of an answer on stdout: a table for people, CSV for programs, Markdown for documents."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING

import typer

from datacraft.cli.options import RowFormat
from datacraft.cli.output.tables import printable, write_table
from datacraft.cli.output.talk import say

if TYPE_CHECKING:
    from datacraft.contracts.answer import Answer, Cell

MOST_TABLE_ROWS = 100
"""A table is for reading; more rows are for a file."""

_NUMBERS = {"integer", "number"}


def write_rows(answer: Answer, row_format: RowFormat) -> None:
    """Write the rows to stdout."""
    if row_format is RowFormat.CSV:
        typer.echo(rows_as_csv(answer), nl=False)
    elif row_format is RowFormat.MARKDOWN:
        typer.echo(rows_as_markdown(answer))
    elif answer.rows:
        _write_table(answer)


def rows_as_csv(answer: Answer) -> str:
    """Return the rows as CSV with a header of column names; values as they are, a null as an empty field."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in answer.columns])
    writer.writerows([[_plain(value) for value in row] for row in answer.rows])
    return text.getvalue()


def rows_as_markdown(answer: Answer) -> str:
    """Return the rows as a Markdown table, values as people read them."""
    marks = ["---:" if column.type in _NUMBERS else "---" for column in answer.columns]
    lines = [_markdown_row([column.label or column.name for column in answer.columns]), _markdown_row(marks)]
    lines += [_markdown_row(row) for row in _readable_rows(answer)]
    return "\n".join(lines)


def _write_table(answer: Answer) -> None:
    write_table(
        [column.label or column.name for column in answer.columns],
        _readable_rows(answer, MOST_TABLE_ROWS),
        right=[column.type in _NUMBERS for column in answer.columns],
    )
    if len(answer.rows) > MOST_TABLE_ROWS:
        say(f"{len(answer.rows) - MOST_TABLE_ROWS:,} more rows; --format csv writes them all.")


def _readable_rows(answer: Answer, most: int | None = None) -> list[list[str]]:
    from datacraft.serving.formats import format_cell

    units = [column.unit for column in answer.columns]
    return [
        [printable(format_cell(value, unit=unit)) for value, unit in zip(row, units, strict=True)]
        for row in answer.rows[:most]
    ]


def _markdown_row(cells: list[str]) -> str:
    escaped = (cell.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def _plain(value: Cell) -> str | int | float | None:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value
