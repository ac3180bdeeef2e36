"""Excel workbooks (and OpenDocument sheets): each sheet that holds a table, cells as text, then typed as such."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from datacraft.contracts.errors import DataLoadError
from datacraft.warehouse.loading.delimited import headers, layout_findings
from datacraft.warehouse.loading.dialect import find_layout
from datacraft.warehouse.loading.sources import Source
from datacraft.warehouse.loading.staged import LineMap, StagedTable, Staging, text_columns

_LAYOUT_ROWS = 500
_BATCH = 20_000


def read_spreadsheet(source: Source, staging: Staging) -> Iterator[StagedTable]:
    """Stage every sheet with cells; one sheet takes the file's name, several are called file_sheet.

    Raises:
        DataLoadError: the workbook is damaged, protected by a password, or empty.
    """
    import python_calamine

    try:
        workbook = python_calamine.CalamineWorkbook.from_path(source.path)
        sheets = [(name, workbook.get_sheet_by_name(name)) for name in workbook.sheet_names]
        grids = [(name, sheet.to_python(skip_empty_area=True)) for name, sheet in sheets]
    except (python_calamine.CalamineError, OSError) as error:
        raise DataLoadError(
            f"{source.path} can't be read as a workbook: {error}.",
            hint="It may be damaged or protected by a password; save it again as .xlsx or CSV.",
        ) from error
    filled = [(name, grid) for name, grid in grids if any(_cell(cell) for row in grid for cell in row)]
    if not filled:
        raise DataLoadError(
            f"{source.path} has no sheet with cells.", hint="Save the workbook with its data."
        )
    for name, grid in filled:
        title = source.stem if len(filled) == 1 else f"{source.stem} {name}"
        yield _stage(title, f"{source.path}, sheet {name}", grid, staging)


def _stage(title: str, origin: str, grid: list[list[Any]], staging: Staging) -> StagedTable:
    layout = find_layout([[_cell(cell) or "" for cell in row] for row in grid[:_LAYOUT_ROWS]])
    table = staging.new_table()
    staging.insert_text_rows(table, layout.width, [])
    lines: list[int] = []
    for start in range(layout.first_row, len(grid), _BATCH):
        numbered = [
            (number, [_cell(cell) for cell in row[: layout.width]] + [None] * (layout.width - len(row)))
            for number, row in enumerate(grid[start : start + _BATCH], start=start + 1)
        ]
        kept = [(number, row) for number, row in numbered if any(cell is not None for cell in row)]
        lines += [number for number, _ in kept]
        staging.insert_text_rows(table, layout.width, [row for _, row in kept])
    return StagedTable(
        name=title,
        source=origin,
        relation=table,
        trimmed=True,
        columns=text_columns(headers(layout)),
        findings=layout_findings(layout),
        lines=LineMap(lines=lines),
    )


def _cell(value: object) -> str | None:
    """Return a cell as text that reads back as the same value; None for a blank one."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return str(value)
    return str(value)
