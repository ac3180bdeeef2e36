"""Invoices as two tables: `invoices`, a row for each, and `invoice_lines`, a row for each line."""

from __future__ import annotations

from collections.abc import Sequence

from datacraft.warehouse.documents.invoices.model import DATES, FIELDS, LINE_FIELDS, NUMBERS, Invoice
from datacraft.warehouse.documents.model import Cell
from datacraft.warehouse.documents.staging import stage_cells
from datacraft.warehouse.loading.staged import RawColumn, StagedTable, Staging
from datacraft.warehouse.report import EXAMPLES, Example, Finding


def stage_invoices(source: str, invoices: Sequence[Invoice], staging: Staging) -> list[StagedTable]:
    """Stage both tables; their columns are the same whatever the invoices say."""
    heads = [[invoice.cell(name) for name in FIELDS] for invoice in invoices]
    rows: list[list[Cell]] = []
    for invoice in invoices:
        number = invoice.cell("invoice_number")
        for place, line in enumerate(invoice.lines, start=1):
            numbered = Cell(str(place), number.page)
            rows.append([number, numbered, *(line.get(name, Cell("", number.page)) for name in LINE_FIELDS)])
    tables = [_stage("invoices", source, list(FIELDS), heads, staging)]
    if rows:
        tables.append(
            _stage("invoice_lines", source, ["invoice_number", "line", *LINE_FIELDS], rows, staging)
        )
    tables[0].findings += _findings(invoices)
    return tables


def _stage(
    name: str, source: str, headers: Sequence[str], rows: Sequence[Sequence[Cell]], staging: Staging
) -> StagedTable:
    staged = stage_cells(name, f"{source}, {name}", headers, rows, staging)
    staged.family = name
    staged.typing = "dates"
    staged.declared_names = True
    staged.columns = [
        RawColumn(column.header, f"TRY_CAST({column.expression} AS {native})", native) if native else column
        for column in staged.columns
        for native in (_native(column.header),)
    ]
    return staged


def _native(name: str) -> str:
    """Return the type of a column; that a file leaves one empty must not change it."""
    return "DOUBLE" if name in NUMBERS else "DATE" if name in DATES else "BIGINT" if name == "line" else ""


def _findings(invoices: Sequence[Invoice]) -> list[Finding]:
    findings: list[Finding] = []
    for invoice in invoices:
        number = invoice.cell("invoice_number").text
        for mismatch in invoice.mismatches:
            message = f"Invoice {number}: {mismatch.what}: it says {mismatch.said}, which would be {mismatch.should}."
            example = Example(text=mismatch.cell.text, page=mismatch.cell.page)
            findings.append(Finding(code="invoice_mismatch", message=message, count=1, examples=[example]))
        findings += [
            Finding(code="ambiguous_dates", message=f"Invoice {number}: {note}.", count=1)
            for note in invoice.notes
        ]
    missing = {name: [i for i in invoices if not i.cell(name).text] for name in FIELDS}
    for name, without in missing.items():
        if without:
            shown = [Example(text=i.cell("invoice_number").text, page=i.pages[0]) for i in without[:EXAMPLES]]
            message = f"{len(without)} of {len(invoices)} invoices name no {name.replace('_', ' ')}."
            findings.append(
                Finding(code="missing_field", severity="info", message=message, column=name, count=len(without),
                        examples=shown)
            )  # fmt: skip
    return findings
