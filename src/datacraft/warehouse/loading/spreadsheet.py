"""Excel workbooks (and OpenDocument sheets): each sheet that holds a table, cells as text, then typed as such."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from datacraft.contracts.errors import DataLoadError
from datacraft.warehouse.loading.delimited import headers, layout_findings
from datacraft.warehouse.loading.dialect import find_layout
from datacraft.warehouse.loading.sheet_grid import Grid, cell_text, fill_merged, read_serials
from datacraft.warehouse.loading.sources import Source
from datacraft.warehouse.loading.staged import LineMap, StagedTable, Staging, text_columns
from datacraft.warehouse.loading.workbook import SheetFacts, workbook_facts
from datacraft.warehouse.report import EXAMPLES, Example, Finding

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

_LAYOUT_ROWS = 500
_BATCH = 20_000


def read_spreadsheet(source: Source, staging: Staging) -> Iterator[StagedTable]:
    """Stage every sheet with cells; one sheet takes the file's name, several are called file_sheet.

    Raises:
        DataLoadError: the workbook is damaged, protected by a password, or empty.
    """
    import python_calamine

    facts = workbook_facts(source)
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(source.path)
        shown = {sheet.name: sheet.visible for sheet in workbook.sheets_metadata}
        grids = [(name, _grid(workbook.get_sheet_by_name(name))) for name in workbook.sheet_names]
    except (python_calamine.CalamineError, OSError) as error:
        raise DataLoadError(
            f"{source.path} can't be read as a workbook: {error}.",
            hint="It may be damaged or protected by a password; save it again as .xlsx or CSV.",
        ) from error
    filled = [
        (name, grid) for name, grid in grids if any(cell_text(cell) for row in grid.rows for cell in row)
    ]
    if not filled:
        raise DataLoadError(
            f"{source.path} has no sheet with cells.", hint="Save the workbook with its data."
        )
    for name, grid in filled:
        if shown[name] is not python_calamine.SheetVisibleEnum.Visible:
            grid.findings.append(
                Finding(code="hidden_sheet", message=f"The sheet {name} is hidden; it was read.")
            )
        if facts.macros:
            message = "The workbook has macros; none was run."
            grid.findings.append(Finding(code="macros", severity="info", message=message))
        title = source.stem if len(filled) == 1 else f"{source.stem} {name}"
        yield _stage(
            title, f"{source.path}, sheet {name}", grid, facts.sheets.get(name, SheetFacts()), staging
        )


def _grid(sheet: CalamineSheet) -> Grid:
    line, column = sheet.start or (0, 0)
    grid = Grid(sheet.to_python(skip_empty_area=True), line + 1)
    fill_merged(grid, sheet.merged_cell_ranges or [], column)
    return grid


def _stage(title: str, origin: str, grid: Grid, facts: SheetFacts, staging: Staging) -> StagedTable:
    layout = find_layout([[cell_text(cell) or "" for cell in row] for row in grid.rows[:_LAYOUT_ROWS]])
    read_serials(grid, headers(layout), layout.first_row)
    table = staging.new_table()
    staging.insert_text_rows(table, layout.width, [])
    lines: list[int] = []
    for start in range(layout.first_row, len(grid.rows), _BATCH):
        numbered = [
            (number, [cell_text(cell) for cell in row[: layout.width]] + [None] * (layout.width - len(row)))
            for number, row in enumerate(grid.rows[start : start + _BATCH], start=start + grid.first_line)
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
        findings=layout_findings(layout) + grid.findings + _facts_findings(facts, set(lines)),
        lines=LineMap(lines=lines),
    )


def _facts_findings(facts: SheetFacts, lines: set[int]) -> list[Finding]:
    findings: list[Finding] = []
    hidden = [line for line in facts.hidden_rows if line in lines]
    if hidden:
        findings.append(
            Finding(
                code="hidden_rows",
                message=f"{len(hidden)} rows are hidden in the workbook, perhaps by a filter; they were read.",
                count=len(hidden),
                examples=[Example(text="hidden", line=line) for line in hidden[:EXAMPLES]],
            )
        )
    if facts.not_computed:
        message = (
            f"{facts.not_computed} formulas have no value, because no program has computed them; their cells are "
            "missing. Open the workbook and save it."
        )
        findings.append(Finding(code="formulas_without_value", message=message, count=facts.not_computed))
    return findings
