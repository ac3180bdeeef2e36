"""Pages of a PDF, read with PDFium: words from its text, lines from its drawing, an image where there is no text."""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datacraft.contracts.errors import DataLoadError
from datacraft.warehouse.documents.model import Box, Page, Word
from datacraft.warehouse.documents.pages.limits import MOST_CHARACTERS, MOST_PAGES, scale_for
from datacraft.warehouse.documents.pages.pdf_rules import Placed, rules_of

if TYPE_CHECKING:
    from PIL.Image import Image

_ONE_AT_A_TIME = threading.RLock()
"""PDFium may be used by one thread at a time."""
_WORD_GAP = 0.22
_INVISIBLE = 3
_COVERED = 0.5


class PdfPages:
    """An open PDF. Use with `open_pdf`.

    Attributes:
        count: how many pages it has.
    """

    def __init__(self, path: Path, document: Any) -> None:
        self.path = path
        self.count = len(document)
        self._document = document

    def page(self, number: int) -> Page:
        """Return a page (from 1) with the words that are text; without any where it is an image.

        Raises:
            DataLoadError: it can't be read, or holds more text than a page may.
        """
        import pypdfium2

        with _ONE_AT_A_TIME:
            try:
                page = self._document[number - 1]
                return _read(self.path, page, number)
            except pypdfium2.PdfiumError as error:
                raise _damaged(self.path, f"page {number}: {error}") from error

    def is_drawn(self, number: int) -> bool:
        """Whether there is anything on a page: an empty one need not be read as an image."""
        with _ONE_AT_A_TIME:
            return next(self._document[number - 1].get_objects(max_depth=1), None) is not None

    def image(self, number: int) -> tuple[Image, float]:
        """Return a page drawn in grey for reading, and its scale in pixels to a point."""
        with _ONE_AT_A_TIME:
            page = self._document[number - 1]
            width, height = page.get_size()
            scale = scale_for(width, height)
            return page.render(scale=scale, grayscale=True).to_pil().convert("L"), scale

    def upright_image(self, number: int) -> tuple[Image, float]:
        """Return a page with text drawn so that the text stands upright, and its scale in pixels to a point."""
        import pypdfium2.raw as pdfium

        with _ONE_AT_A_TIME:
            page = self._document[number - 1]
            text = page.get_textpage()
            turn = _turn(text.raw, pdfium.FPDFText_CountChars(text.raw))
            width, height = page.get_size()
            scale = scale_for(width, height)
            page.set_rotation(90 * turn)  # of what is drawn, not what the page says
            return page.render(scale=scale, grayscale=True).to_pil().convert("L"), scale


@contextmanager
def open_pdf(path: Path) -> Iterator[PdfPages]:
    """Give the pages of a PDF.

    Raises:
        DataLoadError: it is protected by a password, damaged, or has more pages than can be read.
    """
    import pypdfium2
    import pypdfium2.raw as pdfium

    with _ONE_AT_A_TIME:
        try:
            document = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError as error:
            if pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD or "password" in str(error).lower():
                raise DataLoadError(
                    f"{path} is protected by a password.",
                    hint="Open it with the password and save it without one.",
                ) from error
            raise _damaged(path, "it has no readable structure") from error
    try:
        count = len(document)
        if not count:
            raise _damaged(path, "it has no pages")
        if count > MOST_PAGES:
            raise DataLoadError(
                f"{path} has {count:,} pages; {MOST_PAGES:,} can be read at once.",
                hint="Cut it into parts, or keep the pages with the tables.",
            )
        yield PdfPages(path, document)
    finally:
        with _ONE_AT_A_TIME:
            document.close()


def _damaged(path: Path, what: str) -> DataLoadError:
    return DataLoadError(
        f"{path} can't be read as a PDF: {what}.",
        hint="It is damaged or was not written to its end; get it again.",
    )


def _read(path: Path, page: Any, number: int) -> Page:
    import pypdfium2.raw as pdfium

    text = page.get_textpage()
    count = pdfium.FPDFText_CountChars(text.raw)
    if count > MOST_CHARACTERS:
        raise DataLoadError(
            f"{path}: page {number} holds {count:,} characters, more than a page may.",
            hint="Perhaps it was made to harm; export the table in another way.",
        )
    placed = Placed.of(page, _turn(text.raw, count))
    words = [] if _is_scan(page, placed) else _words(text.raw, count, placed)
    found = Page(number, placed.width, placed.height, words)
    if words:
        found.rules = rules_of(page, placed)
    return found


def _turn(text: Any, count: int) -> int:
    """Return by how many quarters the page has to be turned, against the clock, so that most of its text is upright."""
    import pypdfium2.raw as pdfium

    step = max(1, count // 400)
    quarters: Counter[int] = Counter()
    for i in range(0, count, step):
        angle = pdfium.FPDFText_GetCharAngle(text, i)
        if angle >= 0:
            quarters[-round(angle / (math.pi / 2)) % 4] += 1  # PDFium counts with the clock
    return quarters.most_common(1)[0][0] if quarters else 0


def _words(text: Any, count: int, placed: Placed) -> list[Word]:
    """Put characters together to words; a blank, a gap or another line ends one."""
    import pypdfium2.raw as pdfium

    words: list[Word] = []
    letters: list[str] = []
    boxes: list[Box] = []
    rectangle = pdfium.FS_RECTF()

    def end() -> None:
        if letters:
            words.append(Word("".join(letters), Box.around(boxes)))
            letters.clear()
            boxes.clear()

    for i in range(count):
        code = pdfium.FPDFText_GetUnicode(text, i)
        letter = chr(code) if 0 < code < 0x110000 else ""
        if code == 0x02 or code == 0xAD:  # how PDFium writes a hyphen at the end of a line
            letter = "-"
        if (
            not letter
            or letter.isspace()
            or not letter.isprintable()
            or pdfium.FPDFText_IsGenerated(text, i) == 1
        ):
            end()
            continue
        if not pdfium.FPDFText_GetLooseCharBox(text, i, rectangle):
            continue
        box = placed.box(rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
        if boxes and not _goes_on(boxes[-1], box):
            end()
        letters.append(letter)
        boxes.append(box)
    end()
    return [word for word in words if _is_on_page(word.box, placed)]


def _goes_on(last: Box, box: Box) -> bool:
    height = max(last.height, box.height, 1.0)
    if abs(box.center_y - last.center_y) > 0.5 * height:
        return False
    return -0.5 * height <= box.left - last.right <= _WORD_GAP * height


def _is_on_page(box: Box, placed: Placed) -> bool:
    return 0 <= box.center_x <= placed.width and 0 <= box.center_y <= placed.height


def _is_scan(page: Any, placed: Placed) -> bool:
    """Whether a page is an image, perhaps with invisible text over it, of which nobody knows how good it is."""
    import pypdfium2.raw as pdfium

    covered = 0.0
    for item in page.get_objects(max_depth=3):
        if item.type == pdfium.FPDF_PAGEOBJ_TEXT:
            if pdfium.FPDFTextObj_GetTextRenderMode(item.raw) != _INVISIBLE:
                return False
        elif item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = item.get_bounds()
            covered = max(covered, abs((right - left) * (top - bottom)))
    return covered >= _COVERED * placed.width * placed.height
