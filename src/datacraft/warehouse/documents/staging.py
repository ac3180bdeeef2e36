"""From a table of a document to one that is staged: texts for typing, and beside them the place of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from datacraft.warehouse.documents.model import Cell
from datacraft.warehouse.documents.tables.certainty import judge, mend_numbers
from datacraft.warehouse.documents.tables.heads import mended_headers
from datacraft.warehouse.documents.tables.joining import LongTable
from datacraft.warehouse.documents.tables.totals import Mismatch, sort_rows
from datacraft.warehouse.loading.names import column_names
from datacraft.warehouse.loading.staged import CellPlace, LineMap, StagedTable, Staging, text_columns
from datacraft.warehouse.report import EXAMPLES, Example, Finding

_BATCH = 20_000


def stage_table(
    name: str, source: str, table: LongTable, staging: Staging, *, scanned: bool = False
) -> StagedTable | None:
    """Stage a table; None where it has no rows of data."""
    if scanned and (mended := mended_headers(table.headers)) != table.headers:
        told = [f"{a} -> {b}" for a, b in zip(table.headers, mended, strict=True) if a != b]
        table = replace(table, headers=mended)
    else:
        told = []
    rows = mend_numbers([list(row) for row in table.rows])
    found = sort_rows(table.headers, rows)
    if not found.data:
        return None
    data = judge(found.data, found.proven) if scanned else found.data
    staged = stage_cells(name, source, table.headers, data, staging)
    names = column_names(table.headers)
    if told:
        message = "Letters in headers were read as figures, as the others of the table have them."
        staged.findings.append(
            Finding(
                code="mended_headers",
                message=message,
                count=len(told),
                examples=[Example(text=t) for t in told],
            )
        )
    staged.findings += [
        *_head_findings(table),
        *_left_out(
            "repeated_header",
            "The header stands in the data again; these rows were set aside",
            found.repeated,
        ),
        *_left_out("carried_rows", "Amounts carried over from page to page were set aside", found.carried),
        *_left_out("totals_rows", "Totals were set aside: they would be counted twice", found.totals),
        *_left_out("footer_rows", "Notes below the table were set aside", found.notes),
        *(_mismatch(mismatch, names) for mismatch in found.mismatches),
    ]
    return staged


def stage_cells(
    name: str, source: str, headers: Sequence[str], rows: Sequence[Sequence[Cell]], staging: Staging
) -> StagedTable:
    """Stage rows of cells; what is in doubt stays out of the table, and is told with its place."""
    relation = staging.new_table()
    width = len(headers)
    staging.insert_text_rows(relation, width, [])
    for start in range(0, len(rows), _BATCH):
        texts = [
            [None if cell.doubt else cell.text.strip() or None for cell in row]
            for row in rows[start : start + _BATCH]
        ]
        staging.insert_text_rows(relation, width, texts)
    places = [[place_of(cell) for cell in row] for row in rows]
    staged = StagedTable(
        name=name,
        source=source,
        relation=relation,
        columns=text_columns(headers),
        lines=_pages(places),
        places=places,
    )
    names = column_names(headers)
    staged.findings += _doubt_findings(rows, names) + _mended_findings(rows, names)
    return staged


def place_of(cell: Cell) -> CellPlace:
    """Return where a cell stands."""
    box = cell.box
    corners = None if box is None else (box.left, box.top, box.right, box.bottom)
    seen = cell.seen if cell.seen is not None else cell.text if cell.doubt else None
    return CellPlace(cell.page, corners, cell.confidence, seen, cell.doubt)


def _pages(places: Sequence[Sequence[CellPlace]]) -> LineMap:
    """Return the page of each row; nothing where the document has none."""
    pages = [next((place.page for place in row if place.page is not None), None) for row in places]
    if any(page is None for page in pages):
        return LineMap()
    return LineMap(lines=[page or 0 for page in pages], pages=True)


def _head_findings(table: LongTable) -> list[Finding]:
    findings: list[Finding] = []
    if len(table.pages) > 1:
        message = f"The table goes on over {len(table.pages)} pages, {table.pages[0]} to {table.pages[-1]}."
        findings.append(
            Finding(code="joined_pages", severity="info", message=message, count=len(table.pages))
        )
    if not table.has_head:
        message = "Nothing heads the table, so the columns are called column_1, column_2, ..."
        findings.append(Finding(code="no_header", message=message))
    return findings


def _left_out(code: str, what: str, rows: Sequence[Sequence[Cell]]) -> Iterable[Finding]:
    if rows:
        number = "1 row" if len(rows) == 1 else f"{len(rows):,} rows"
        examples = [
            Example(text=" | ".join(c.text for c in row if c.text)[:160], page=_page_of(row))
            for row in rows[:EXAMPLES]
        ]
        yield Finding(code=code, message=f"{what}. {number}.", count=len(rows), examples=examples)


def _page_of(row: Sequence[Cell]) -> int | None:
    return next((cell.page for cell in row if cell.page is not None), None)


def _mismatch(mismatch: Mismatch, names: Sequence[str]) -> Finding:
    column = names[mismatch.column]
    message = (
        f"The total of {column} says {mismatch.said:,}, but what stands above it adds up to {mismatch.sums_to:,}: "
        f"a difference of {abs(mismatch.said - mismatch.sums_to):,}."
    )
    example = Example(text=mismatch.cell.text, page=mismatch.cell.page)
    return Finding(code="totals_mismatch", message=message, column=column, count=1, examples=[example])


def _doubt_findings(rows: Sequence[Sequence[Cell]], names: Sequence[str]) -> list[Finding]:
    findings: list[Finding] = []
    for place, name in enumerate(names):
        doubtful = [row[place] for row in rows if row[place].doubt]
        if doubtful:
            cells = "1 cell" if len(doubtful) == 1 else f"{len(doubtful)} cells"
            message = f"{cells} of {name} could not be read for certain; missing in the table until somebody has looked."
            shown = [
                Example(text=f"{cell.text} ({cell.doubt})", page=cell.page) for cell in doubtful[:EXAMPLES]
            ]
            findings.append(
                Finding(
                    code="uncertain_cells", message=message, column=name, count=len(doubtful), examples=shown
                )
            )
    return findings


def _mended_findings(rows: Sequence[Sequence[Cell]], names: Sequence[str]) -> list[Finding]:
    findings: list[Finding] = []
    for place, name in enumerate(names):
        mended = [row[place] for row in rows if row[place].seen is not None and not row[place].doubt]
        if mended:
            shown = [
                Example(text=f"{cell.seen} -> {cell.text}", page=cell.page) for cell in mended[:EXAMPLES]
            ]
            message = f"{len(mended)} numbers of {name} had letters or blanks in them and were mended."
            findings.append(
                Finding(
                    code="mended_numbers", message=message, column=name, count=len(mended), examples=shown
                )
            )
    return findings
