"""Tables of a Word file. Nothing that it refers to is fetched, and no macro is run."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from datacraft.contracts.errors import DataLoadError
from datacraft.warehouse.documents.model import EMPTY, Cell, Grid
from datacraft.warehouse.documents.pages.limits import MOST_CELLS

_MOST_BYTES = 256 << 20
_MOST_MEMBERS = 10_000
_PROLOG = 2_048
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def word_grids(path: Path) -> list[Grid]:
    """Return the tables of a Word file with rows, in their order.

    Raises:
        DataLoadError: it is damaged, protected, no Word file, or unpacks to far more than it may.
    """
    import docx
    import docx.opc.exceptions
    import lxml.etree

    _refuse_unsafe(path)
    try:
        document = docx.Document(str(path))
        grids = list(_grids(path, document))
    except (
        docx.opc.exceptions.PackageNotFoundError,
        lxml.etree.XMLSyntaxError,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        OSError,
    ) as error:
        raise DataLoadError(
            f"{path} can't be read as a Word file: {error}.",
            hint="It is damaged or was not written to its end; save it again as .docx.",
        ) from error
    return [grid for grid in grids if grid.width > 1 and len(grid.rows) > 1]


def _refuse_unsafe(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(1 << 16)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        what = "is protected by a password" if _ENCRYPTED in head else "is an old Word file (.doc)"
        raise DataLoadError(
            f"{path} {what}.", hint="Open it in Word and save it as .docx without a password."
        )
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
            names = set(archive.namelist())
            declared = any(_declares_entities(archive, info) for info in archive.infolist()[:_MOST_MEMBERS])
    except (zipfile.BadZipFile, OSError) as error:
        raise DataLoadError(
            f"{path} can't be read as a Word file: {error}.",
            hint="It is damaged or was not written to its end; save it again as .docx.",
        ) from error
    if "word/document.xml" not in names:
        raise DataLoadError(f"{path} is named .docx but is no Word file.", hint="Give it the right suffix.")
    if declared:
        raise DataLoadError(
            f"{path} declares entities, which can read other files or grow without bound, so it was left alone.",
            hint="Save it again in Word.",
        )
    if unpacked > _MOST_BYTES:
        raise DataLoadError(
            f"{path} would unpack to {unpacked >> 20:,} MB, so it was left alone.",
            hint="If you trust it, save its tables as CSV.",
        )


def _declares_entities(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    """Whether a part begins with a document type, which no program writes into a Word file."""
    if not info.filename.endswith((".xml", ".rels")):
        return False
    with archive.open(info) as part:
        return b"<!DOCTYPE" in part.read(_PROLOG)


def _grids(path: Path, document: Any) -> Iterator[Grid]:
    from docx.oxml.ns import qn
    from docx.table import Table

    heading = ""
    cells = 0
    for element in document.element.body.iterchildren():
        if element.tag == qn("w:p"):
            heading = _heading(element) or (heading if not _words(element) else "")
        elif element.tag == qn("w:tbl"):
            rows = [_row(row) for row in Table(element, document).rows]
            cells += sum(map(len, rows))
            if cells > MOST_CELLS:
                raise DataLoadError(
                    f"{path} has tables of more than {MOST_CELLS:,} cells.", hint="Export them as CSV."
                )
            width = max((len(row) for row in rows), default=0)
            padded = [row + [EMPTY] * (width - len(row)) for row in rows]
            kept = [row for row in padded if any(cell.text for cell in row)]
            yield Grid(None, kept, title=heading)
            heading = ""


def _row(row: Any) -> list[Cell]:
    """Return a row's cells. One that is merged over columns stands in the first of them, over rows in each."""
    made: list[Cell] = []
    last = None
    for cell in row.cells:
        element = cell._tc
        made.append(EMPTY if element is last else Cell(_words(element)))
        last = element
    return made


def _words(element: Any) -> str:
    """Return the text of an element, with what was inserted and without what was deleted in tracked changes."""
    from docx.oxml.ns import qn

    parts: list[str] = []
    for item in element.iter(qn("w:t"), qn("w:p"), qn("w:br"), qn("w:tab")):
        parts.append(item.text or "" if item.tag == qn("w:t") else " ")
    return " ".join("".join(parts).split())


def _heading(paragraph: Any) -> str:
    style = paragraph.style or ""
    text = _words(paragraph)
    return text if text and len(text) <= 80 and (style.startswith(("Heading", "Title", "Caption"))) else ""
