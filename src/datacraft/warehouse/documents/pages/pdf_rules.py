"""Lines that are drawn on a PDF page: strokes, thin rectangles, and the edges of filled ones."""

from __future__ import annotations

from collections.abc import Iterator
from ctypes import c_float, c_int, c_uint
from dataclasses import dataclass
from typing import Any

from datacraft.warehouse.documents.model import Box, Rule
from datacraft.warehouse.documents.pages.limits import MOST_OBJECTS

_SHORTEST = 6.0
_THIN = 3.0
_STRAIGHT = 1.0
_MOST_SEGMENTS = 400

Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True)
class Placed:
    """How a page's own coordinates (from its lower left corner) become ours, in which most text is upright.

    Attributes:
        turn: quarters against the clock that the text is turned by on the page.
    """

    left: float
    bottom: float
    across: float
    up: float
    turn: int

    @classmethod
    def of(cls, page: Any, turn: int) -> Placed:
        """Return how this page lies."""
        media, crop = page.get_mediabox(), page.get_cropbox()
        left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
        right, top = min(media[2], crop[2]), min(media[3], crop[3])
        return cls(left, bottom, max(right - left, 1.0), max(top - bottom, 1.0), turn)

    @property
    def width(self) -> float:
        """Width in points, as the text reads."""
        return self.across if self.turn % 2 == 0 else self.up

    @property
    def height(self) -> float:
        """Height in points, as the text reads."""
        return self.up if self.turn % 2 == 0 else self.across

    def point(self, x: float, y: float) -> Point:
        """Return where a point of the page is, from the upper left corner."""
        x, y = x - self.left, y - self.bottom
        match self.turn % 4:
            case 0:
                return x, self.up - y
            case 1:
                return y, x
            case 2:
                return self.across - x, y
            case _:
                return self.up - y, self.across - x

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """Return where a rectangle of the page is."""
        (x0, y0), (x1, y1) = self.point(left, bottom), self.point(right, top)
        return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def rules_of(page: Any, placed: Placed) -> list[Rule]:
    """Return the straight lines of a page, as the text reads; of a page with too many objects, the first ones'."""
    import pypdfium2.raw as pdfium

    rules: list[Rule] = []
    for number, item in enumerate(page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_PATH,), max_depth=4)):
        if number >= MOST_OBJECTS:
            break
        matrix = _matrix(item)
        for first, last in _lines(item.raw, matrix, placed):
            if (rule := _rule(first, last)) is not None:
                rules.append(rule)
    return rules


def _matrix(item: Any) -> Matrix:
    """Return the matrix from an object's coordinates to its page's, through the forms that it is in."""
    matrix: Matrix = item.get_matrix().get()
    around = getattr(item, "container", None)
    while around is not None:
        matrix = _times(matrix, around.get_matrix().get())
        around = getattr(around, "container", None)
    return matrix


def _times(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    k, l_, m, n, o, p = then
    return (
        a * k + b * m,
        a * l_ + b * n,
        c * k + d * m,
        c * l_ + d * n,
        e * k + f * m + o,
        e * l_ + f * n + p,
    )


def _lines(path: Any, matrix: Matrix, placed: Placed) -> Iterator[tuple[Point, Point]]:
    import pypdfium2.raw as pdfium

    count = pdfium.FPDFPath_CountSegments(path)
    if count > _MOST_SEGMENTS:
        return
    points: list[Point] = []
    x, y = c_float(), c_float()
    a, b, c, d, e, f = matrix
    pieces: list[tuple[Point, Point]] = []
    start: Point | None = None
    for i in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(path, i)
        if not pdfium.FPDFPathSegment_GetPoint(segment, x, y):
            continue
        point = placed.point(a * x.value + c * y.value + e, b * x.value + d * y.value + f)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO and points:
            pieces.append((points[-1], point))
        points.append(point)
        if pdfium.FPDFPathSegment_GetClose(segment) and start is not None:
            pieces.append((point, start))
    box = Box.around(Box(px, py, px, py) for px, py in points) if points else None
    if box is None:
        return
    if _is_filled(path) and min(box.right - box.left, box.height) <= _THIN:
        middle = ((box.left, box.center_y), (box.right, box.center_y))
        upright = ((box.center_x, box.top), (box.center_x, box.bottom))
        yield middle if box.right - box.left >= box.height else upright
        return
    if _is_white(path):
        return
    yield from pieces


def _is_filled(path: Any) -> bool:
    import pypdfium2.raw as pdfium

    mode, stroke = c_int(), c_int()
    return bool(pdfium.FPDFPath_GetDrawMode(path, mode, stroke)) and mode.value != 0 and not stroke.value


def _is_white(path: Any) -> bool:
    """Whether it is only filled, and with white, as backgrounds are."""
    import pypdfium2.raw as pdfium

    if not _is_filled(path):
        return False
    red, green, blue, alpha = c_uint(), c_uint(), c_uint(), c_uint()
    if not pdfium.FPDFPageObj_GetFillColor(path, red, green, blue, alpha):
        return False
    return alpha.value == 0 or min(red.value, green.value, blue.value) >= 250


def _rule(first: Point, last: Point) -> Rule | None:
    wide, high = abs(first[0] - last[0]), abs(first[1] - last[1])
    if high <= _STRAIGHT and wide >= _SHORTEST:
        return Rule(True, (first[1] + last[1]) / 2, min(first[0], last[0]), max(first[0], last[0]))
    if wide <= _STRAIGHT and high >= _SHORTEST:
        return Rule(False, (first[0] + last[0]) / 2, min(first[1], last[1]), max(first[1], last[1]))
    return None
