"""From a document to staged tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datacraft.contracts.errors import DataLoadError
from datacraft.warehouse.documents.extras import require_extra
from datacraft.warehouse.documents.furniture import without_furniture
from datacraft.warehouse.documents.grid.page_grids import grids_of
from datacraft.warehouse.documents.invoices.reading import find_invoices
from datacraft.warehouse.documents.invoices.staging import stage_invoices
from datacraft.warehouse.documents.model import Grid, Page
from datacraft.warehouse.documents.pages.limits import MOST_SCANNED_PAGES
from datacraft.warehouse.documents.staging import stage_table
from datacraft.warehouse.documents.tables.joining import LongTable, long_tables
from datacraft.warehouse.loading.sources import Source, SourceKind
from datacraft.warehouse.loading.staged import StagedTable, Staging
from datacraft.warehouse.report import Finding

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass
class _Document:
    """What was read: pages, where the document has any, and the grids in it."""

    pages: list[Page] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def scanned(self) -> set[int]:
        return {page.number for page in self.pages if page.scanned}


def read_document(source: Source, staging: Staging) -> Iterator[StagedTable]:
    """Stage every table of a document; one takes the file's name, several are called after the titles above them.

    Raises:
        DataLoadError: the extra, or tesseract for scans, is missing; the document is damaged, protected, larger
            than can be read, or holds no table.
    """
    document = _read(source, staging)
    invoices = find_invoices(document.pages, document.grids)
    if invoices:
        yield from stage_invoices(str(source.path), invoices, staging)
        return
    tables = [table for table in long_tables(document.grids) if table.rows]
    staged: list[StagedTable] = []
    for table, title in zip(tables, _titles(tables), strict=True):
        scanned = bool(document.scanned & set(table.pages))
        name = source.stem if len(tables) == 1 else f"{source.stem} {title}"
        place = _place(table, title if len(tables) > 1 else "")
        made = stage_table(name, f"{source.path}{place}", table, staging, scanned=scanned)
        if made is not None:
            staged.append(made)
    if not staged:
        raise DataLoadError(
            f"No table was found in {source.path}.",
            hint="A table needs two columns and a few rows; text in sentences can't be read as one.",
        )
    staged[0].findings += document.findings
    yield from staged


def _read(source: Source, staging: Staging) -> _Document:
    match source.kind:
        case SourceKind.PDF:
            return _read_pdf(source)
        case SourceKind.IMAGE:
            return _read_image(source)
        case SourceKind.WORD:
            require_extra(source.path, "docx", "lxml")
            from datacraft.warehouse.documents.word import word_grids

            return _Document(grids=word_grids(source.path))
        case _:
            require_extra(source.path, "lxml")
            from datacraft.warehouse.documents.web import web_grids

            return _Document(grids=web_grids(source.path, staging.workspace))


def _read_pdf(source: Source) -> _Document:
    require_extra(source.path, "pypdfium2")
    from datacraft.warehouse.documents.pages.pdf import open_pdf

    pages: list[Page] = []
    with open_pdf(source.path) as pdf:
        for number in range(1, pdf.count + 1):
            page = pdf.page(number)
            if not page.words and pdf.is_drawn(number):
                page = _scan(source, number, *pdf.image(number), scanned=sum(p.scanned for p in pages))
            pages.append(page)
    return _of_pages(pages)


def _read_image(source: Source) -> _Document:
    require_extra(source.path, "PIL")
    from datacraft.warehouse.documents.pages.scan import open_images

    pages: list[Page] = []
    with open_images(source.path) as images:
        for number, (image, scale) in enumerate(images, start=1):
            pages.append(_scan(source, number, image, scale, scanned=len(pages)))
    return _of_pages(pages)


def _scan(source: Source, number: int, image: Image, scale: float, *, scanned: int) -> Page:
    from datacraft.warehouse.documents.pages.scan import read_scan

    if scanned >= MOST_SCANNED_PAGES:
        raise DataLoadError(
            f"{source.path} has more than {MOST_SCANNED_PAGES} pages that are images.",
            hint="Cut it into parts, or keep the pages with the tables.",
        )
    return read_scan(source.path, number, image, scale)


def _of_pages(pages: list[Page]) -> _Document:
    pages = without_furniture(pages)
    grids = [grid for page in pages for grid in grids_of(page)]
    return _Document(pages, grids)


def _titles(tables: Sequence[LongTable]) -> list[str]:
    """Return what each table is called: its title where it has one of its own, else its number."""
    counts = Counter(table.title for table in tables)
    return [
        table.title if table.title and counts[table.title] == 1 else f"table {number}"
        for number, table in enumerate(tables, start=1)
    ]


def _place(table: LongTable, title: str) -> str:
    """Return where in the file a table stands, as it is added to the file's name."""
    parts = [title] if title else []
    if table.pages:
        first, last = table.pages[0], table.pages[-1]
        parts.append(f"page {first}" if first == last else f"pages {first} to {last}")
    return f", {', '.join(parts)}" if parts else ""
