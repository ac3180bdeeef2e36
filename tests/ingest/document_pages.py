"""Drawing for the corpus of documents: tables in several styles on PDF pages, and pages as a scanner sees them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from pypdfium2 import PdfDocument
from reportlab.lib.pagesizes import A4, landscape, letter
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

LEADING = 1.2
FONTS = [("Helvetica", "Helvetica-Bold"), ("Times-Roman", "Times-Bold"), ("Courier", "Courier-Bold")]


@dataclass
class Style:
    """How tables look: which lines are drawn, fonts, and the room around texts."""

    rules: str = "grid"  # grid, rows, header, frame, none, zebra, columns
    font: str = "Helvetica"
    bold: str = "Helvetica-Bold"
    size: float = 9
    padding: float = 4
    gap: float = 5
    repeat_header: bool = True
    page: tuple[float, float] = A4
    rotate: int = 0
    sideways: bool = False
    furniture: bool = False  # a line of text at the head and foot of each page


@dataclass
class DrawnColumn:
    header: str
    width: float
    align: str = "left"


@dataclass
class Drawer:
    """Writes a PDF from top to bottom, starting new pages as they are needed."""

    path: Path
    style: Style
    margin: float = 50

    def __post_init__(self) -> None:
        self.width, self.height = self.style.page
        # A page that says that it is turned exchanges its sides; one on its side is drawn on turned paper.
        size = (
            (self.width, self.height)
            if not self.style.rotate and not self.style.sideways
            else (self.height, self.width)
        )
        self.canvas = Canvas(str(self.path), pagesize=size, invariant=1)
        self.page = 1
        self.y = self.height - self.margin
        self._below_spans: tuple[float, list[int]] | None = None
        self._furnish()

    def _furnish(self) -> None:
        if self.style.rotate:
            self.canvas.setPageRotation(self.style.rotate)
        if self.style.sideways:
            self.canvas.rotate(90)
            self.canvas.translate(0, -self.height)
        if self.style.furniture:
            self.canvas.setFont(self.style.font, 8)
            self.canvas.drawString(self.margin, self.height - 30, "Quarterly report, internal")
            self.canvas.drawRightString(self.width - self.margin, self.height - 30, "Finance")
            self.canvas.drawCentredString(self.width / 2, 25, f"Page {self.page}")

    def new_page(self) -> None:
        self.canvas.showPage()
        self.page += 1
        self.y = self.height - self.margin
        self._furnish()

    def text(self, text: str, size: float = 10, *, bold: bool = False, space: float = 6) -> None:
        font = self.style.bold if bold else self.style.font
        for line in wrapped(text, font, size, self.width - 2 * self.margin):
            self.y -= size * LEADING
            self.canvas.setFont(font, size)
            self.canvas.drawString(self.margin, self.y, line)
        self.y -= space

    def at(
        self, x: float, y: float, text: str, size: float = 9, *, bold: bool = False, right: bool = False
    ) -> None:
        self.canvas.setFont(self.style.bold if bold else self.style.font, size)
        (self.canvas.drawRightString if right else self.canvas.drawString)(x, y, text)

    def table(
        self,
        columns: Sequence[DrawnColumn],
        rows: Sequence[Sequence[str]],
        *,
        bold_rows: Sequence[int] = (),
        spans: Sequence[tuple[str, int, int]] = (),
        bottom: float = 60,
    ) -> None:
        """Draw a table; `spans` head several columns: text, first column, last column."""
        start_y = self.y
        self._header(columns, spans)
        for number, row in enumerate(rows):
            height = self._row_height(columns, row)
            if self.y - height < bottom:
                self._close(columns, start_y)
                self.new_page()
                start_y = self.y
                if self.style.repeat_header:
                    self._header(columns, spans)
            self._row(columns, row, height, number, bold=number in bold_rows)
        self._close(columns, start_y)

    def _header(self, columns: Sequence[DrawnColumn], spans: Sequence[tuple[str, int, int]]) -> None:
        style = self.style
        if spans:
            height = style.size * LEADING + 2 * style.padding
            for text, first, last in spans:
                left = self.margin + sum(c.width + style.gap for c in columns[:first])
                right = self.margin + sum(c.width + style.gap for c in columns[: last + 1]) - style.gap
                wide = stringWidth(text, style.bold, style.size)
                self.canvas.setFont(style.bold, style.size)
                self.canvas.drawString((left + right - wide) / 2, self.y - style.padding - style.size, text)
                if style.rules in {"grid", "rows", "header"}:
                    self.canvas.line(left, self.y - height, right, self.y - height)
            self.y -= height
            self._below_spans = (self.y, [c for _, first, last in spans for c in range(first, last)])
        header = [column.header for column in columns]
        height = self._row_height(columns, header, font=style.bold)
        top = self.y
        self._cells(columns, header, font=style.bold)
        self.y -= height
        if style.rules in {"grid", "rows", "header", "frame", "columns"}:
            self._horizontal(columns, self.y)
        if style.rules in {"grid", "rows", "header"} and not spans:
            self._horizontal(columns, top)

    def _row(
        self, columns: Sequence[DrawnColumn], row: Sequence[str], height: float, number: int, *, bold: bool
    ) -> None:
        if self.style.rules == "zebra" and number % 2 == 0:
            self.canvas.setFillGray(0.9)
            wide = sum(c.width + self.style.gap for c in columns) - self.style.gap
            self.canvas.rect(self.margin - 2, self.y - height, wide + 4, height, stroke=0, fill=1)
            self.canvas.setFillGray(0)
        self._cells(columns, row, font=self.style.bold if bold else self.style.font)
        self.y -= height
        if self.style.rules in {"grid", "rows"}:
            self._horizontal(columns, self.y)

    def _cells(self, columns: Sequence[DrawnColumn], row: Sequence[str], *, font: str) -> None:
        style, x = self.style, self.margin
        self.canvas.setFont(font, style.size)
        for column, text in zip(columns, row, strict=True):
            y = self.y - style.padding - style.size
            for line in wrapped(text, font, style.size, column.width):
                if column.align == "right":
                    self.canvas.drawRightString(x + column.width, y, line)
                elif column.align == "center":
                    self.canvas.drawCentredString(x + column.width / 2, y, line)
                else:
                    self.canvas.drawString(x, y, line)
                y -= style.size * LEADING
            x += column.width + style.gap

    def _row_height(
        self, columns: Sequence[DrawnColumn], row: Sequence[str], font: str | None = None
    ) -> float:
        lines = max(
            len(wrapped(text, font or self.style.font, self.style.size, column.width))
            for column, text in zip(columns, row, strict=True)
        )
        return max(lines, 1) * self.style.size * LEADING + 2 * self.style.padding

    def _horizontal(self, columns: Sequence[DrawnColumn], y: float) -> None:
        wide = sum(c.width + self.style.gap for c in columns) - self.style.gap
        self.canvas.setLineWidth(0.6)
        self.canvas.line(self.margin - 2, y, self.margin + wide + 2, y)

    def _close(self, columns: Sequence[DrawnColumn], start_y: float) -> None:
        wide = sum(c.width + self.style.gap for c in columns) - self.style.gap
        left, right = self.margin - 2, self.margin + wide + 2
        if self.style.rules in {"header", "frame", "columns"}:
            self._horizontal(columns, self.y)
        if self.style.rules in {"frame", "grid", "columns"}:
            self.canvas.line(left, start_y, left, self.y)
            self.canvas.line(right, start_y, right, self.y)
            self._horizontal(columns, start_y)
        if self.style.rules in {"grid", "columns"}:
            x = self.margin - self.style.gap / 2
            for place, column in enumerate(columns[:-1]):
                x += column.width + self.style.gap
                inside = self._below_spans is not None and place in self._below_spans[1]
                top = self._below_spans[0] if inside and self._below_spans else start_y
                self.canvas.line(x, top, x, self.y)
        self._below_spans = None

    def save(self) -> None:
        self.canvas.save()


def wrapped(text: str, font: str, size: float, width: float) -> list[str]:
    """Return a text cut into lines that fit, at blanks."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and stringWidth(longer, font, size) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line] if line else lines


def fitted(
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    style: Style,
    aligns: Sequence[str],
    most: float = 150,
) -> list[DrawnColumn]:
    """Return columns as wide as what stands in them; a text wider than `most` is wrapped."""
    columns: list[DrawnColumn] = []
    for place, header in enumerate(headers):
        widest = max(
            [max(stringWidth(word, style.bold, style.size) for word in (header or "x").split())]
            + [stringWidth(row[place], style.font, style.size) for row in rows if row[place]]
            + [
                max((stringWidth(word, style.bold, style.size) for word in row[place].split()), default=0)
                for row in rows
            ]
        )
        if len(header.split()) <= 2:
            widest = max(widest, stringWidth(header, style.bold, style.size))
        columns.append(DrawnColumn(header, min(widest, most) + 1, aligns[place]))
    return columns


PAGES = {"a4": A4, "letter": letter, "landscape": landscape(A4)}


def scanned(
    pdf: Path, chooser: random.Random, *, dpi: int = 300, skew: float = 0.0, turn: int = 0, noise: float = 1.0
) -> list[Image.Image]:
    """Return the pages of a PDF as a scanner sees them: grey, a little askew, blurred, with specks."""
    pages: list[Image.Image] = []
    with PdfDocument(pdf) as document:
        for page in document:
            image = page.render(scale=dpi / 72, grayscale=True).to_pil().convert("L")
            if skew:
                image = image.rotate(skew, resample=Image.Resampling.BICUBIC, expand=False, fillcolor=255)
            if noise:
                image = image.filter(ImageFilter.GaussianBlur(0.5 * noise))
                grains = np.random.default_rng(chooser.randrange(1 << 30)).normal(
                    128, 14 * noise, (image.height, image.width)
                )
                grain = Image.fromarray(np.clip(grains, 0, 255).astype("uint8"))
                image = Image.blend(image, grain, 0.06 * noise)
                draw = ImageDraw.Draw(image)
                for _ in range(int(60 * noise)):
                    x, y = chooser.randrange(image.width), chooser.randrange(image.height)
                    draw.point((x, y), fill=chooser.randrange(90))
            if turn:
                image = image.rotate(turn, expand=True)
            pages.append(image)
    return pages
