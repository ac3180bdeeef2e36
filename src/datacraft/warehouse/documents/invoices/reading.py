"""From pages to invoices: which pages are of one, its fields, its lines, and values written one way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from datacraft.warehouse.documents.grid.lines import Line, Segment, lines_of
from datacraft.warehouse.documents.invoices.arithmetic import check
from datacraft.warehouse.documents.invoices.fields import Found, currency_in, find_fields
from datacraft.warehouse.documents.invoices.labels import KINDS_OF_DOCUMENT, LABELS
from datacraft.warehouse.documents.invoices.lines import line_columns, line_rows
from datacraft.warehouse.documents.invoices.model import DATES, FIELDS, NUMBERS, Invoice
from datacraft.warehouse.documents.invoices.values import day_first_of, plain_date, plain_number
from datacraft.warehouse.documents.model import Box, Cell, Grid, Page, cell_of
from datacraft.warehouse.documents.tables.heads import head_count
from datacraft.warehouse.documents.tables.values import decimal_mark

_HEAD = 0.35
_BIG = 1.15
_AMOUNT_FIELDS = frozenset(label.field for label in LABELS if label.kind == "amount")


@dataclass
class _PageRead:
    """What was found on a page."""

    page: Page
    lines: list[Line]
    grids: list[Grid]
    found: list[Found]

    def best(self, name: str) -> Found | None:
        """Return the field by its most particular label; sums from the bottom, others from the top."""
        candidates = [found for found in self.found if found.field == name]
        if not candidates:
            return None
        last = name in _AMOUNT_FIELDS
        return min(candidates, key=lambda f: (f.rank, -f.label_box.top if last else f.label_box.top))


def find_invoices(pages: Sequence[Page], grids: Sequence[Grid]) -> list[Invoice]:
    """Return the invoices and statements on these pages; none where the document is something else."""
    read = [_read(page, [grid for grid in grids if grid.page == page.number]) for page in pages]
    groups: list[list[_PageRead]] = []
    for page in read:
        number = page.best("invoice_number")
        known = groups[-1][0].best("invoice_number") if groups else None
        if number is not None and (known is None or known.cell.text != number.cell.text):
            groups.append([page])
        elif groups:
            groups[-1].append(page)
        elif page.lines:
            return []
    invoices = [_invoice(group) for group in groups]
    if any(invoice is None for invoice in invoices):
        return []
    return [invoice for invoice in invoices if invoice is not None]


def _read(page: Page, grids: list[Grid]) -> _PageRead:
    lines = lines_of(page.words)
    return _PageRead(page, lines, grids, find_fields(lines, page.number, _data_boxes(grids)))


def _data_boxes(grids: Sequence[Grid]) -> list[Box]:
    """Return where tables head their columns: what stands there is no label of a single value."""
    boxes: list[Box] = []
    for grid in grids:
        count = head_count(grid)
        if len(grid.rows) - count < 2 or not (line_columns(grid) is not None or _is_headed(grid, count)):
            continue  # a block of labels with a value beside or below each
        for row in grid.rows[:count]:
            boxes += [cell.box for cell in row if cell.box is not None]
    return boxes


def _is_headed(grid: Grid, count: int) -> bool:
    """Whether a grid is a table like any other: one row heads all of its three or more columns."""
    return count == 1 and grid.width >= 3 and all(_may_head(cell.text) for cell in grid.rows[0])


def _may_head(text: str) -> bool:
    return bool(text) and not text.endswith(":") and sum(1 for c in text if c.isdigit()) < 4


def _invoice(group: Sequence[_PageRead]) -> Invoice | None:
    """Return the invoice on some pages; None where they are none: no total, no lines, or called otherwise."""
    fields: dict[str, Cell] = {}
    for name in FIELDS:
        pages = reversed(group) if name in _AMOUNT_FIELDS else iter(group)
        best = next((found for page in pages if (found := page.best(name)) is not None), None)
        if best is not None:
            fields[name] = best.cell
    if "total_amount" not in fields or not _is_called_so(group):
        return None
    invoice = Invoice(fields, pages=[page.page.number for page in group])
    for page in group:
        for grid in page.grids:
            columns = line_columns(grid)
            if columns is not None:
                invoice.lines += line_rows(grid, columns)
    if not invoice.lines:
        return None
    _complete(invoice, group)
    _write_plainly(invoice)
    check(invoice)
    return invoice


def _is_called_so(group: Sequence[_PageRead]) -> bool:
    return any(
        KINDS_OF_DOCUMENT.search(segment.text)
        for page in group
        for line in page.lines
        for segment in line.segments
    )


def _complete(invoice: Invoice, group: Sequence[_PageRead]) -> None:
    """Find what has no label: the currency by its sign, the seller by the biggest name at the head."""
    if "currency" not in invoice.fields:
        counts: Counter[str] = Counter()
        where: dict[str, Cell] = {}
        for page in group:
            for word in page.page.words:
                code = currency_in(word.text) if len(word.text) <= 14 else None
                if code is not None and (
                    word.text.strip("():.,") in {code, *"$€£¥"} or any(c.isdigit() for c in word.text)
                ):
                    counts[code] += 1
                    where.setdefault(code, cell_of([word], page.page.number))
        if counts:
            code = counts.most_common(1)[0][0]
            invoice.fields["currency"] = replace(where[code], text=code)
    else:
        cell = invoice.fields["currency"]
        invoice.fields["currency"] = replace(cell, text=currency_in(cell.text) or cell.text)
    if "seller" not in invoice.fields:
        name = _name_at_head(group[0])
        if name is not None:
            invoice.fields["seller"] = cell_of(name.words, group[0].page.number)


def _name_at_head(page: _PageRead) -> Segment | None:
    """Return the text at the head of a page that names who wrote it: the biggest, the uppermost of equals."""
    known = [found for found in page.found if found.field != "seller"]
    taken = [found.label_box for found in known] + [
        found.cell.box for found in known if found.cell.box is not None
    ]
    end = min(
        [_HEAD * page.page.height] + [grid.top for grid in page.grids if line_columns(grid) is not None]
    )
    names = [
        segment
        for line in page.lines
        for segment in line.segments
        if segment.box.bottom < end and _may_name(segment, taken)
    ]
    if not names:
        return None
    tallest = max(name.box.height for name in names)
    return min(
        (name for name in names if name.box.height * _BIG >= tallest),
        key=lambda name: (name.box.top, name.box.left),
    )


def _may_name(segment: Segment, taken: Sequence[Box]) -> bool:
    text = segment.text.strip()
    if sum(1 for c in text if c.isalpha()) < 3 or text.endswith(":") or any(c.isdigit() for c in text):
        return False
    if KINDS_OF_DOCUMENT.search(text) and len(text.split()) <= 3:
        return False
    box = segment.box
    return not any(
        min(box.bottom, other.bottom) - max(box.top, other.top) > 0.5 * box.height
        and min(box.right, other.right) - max(box.left, other.left) > 0
        for other in taken
    )


def _write_plainly(invoice: Invoice) -> None:
    amounts = [cell for name, cell in invoice.fields.items() if name in NUMBERS]
    amounts += [
        cell for line in invoice.lines for name, cell in line.items() if name in {"unit_price", "amount"}
    ]
    mark = decimal_mark([cell.text for cell in amounts if cell.text])
    for name, cell in invoice.fields.items():
        if name in NUMBERS:
            invoice.fields[name] = plain_number(cell, mark)
    for line in invoice.lines:
        for name in NUMBERS & line.keys():
            line[name] = plain_number(replace(line[name], text=line[name].text.rstrip("% ")), mark)
    dates = [invoice.fields[name].text for name in DATES if name in invoice.fields]
    day_first = day_first_of(dates)
    if day_first is None and invoice.cell("currency").text == "USD" and mark == ".":
        day_first = False
    for name in DATES & invoice.fields.keys():
        invoice.fields[name], ambiguous = plain_date(invoice.fields[name], day_first=day_first)
        if ambiguous and day_first_of(dates) is None:
            way = "month" if day_first is False else "day"
            invoice.notes.append(f"{name} could be read in two ways; it was read with the {way} first")
