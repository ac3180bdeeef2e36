"""Ink on a scan that no word accounts for: a figure that the reader passed over, a minus sign that it lost.

Single figures between wide gaps are what tesseract misses most, and a value that is missing is seen by nobody.
What is left over is read once more by itself; what can't be read then is kept as a word that nobody can be sure of.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from datacraft.warehouse.documents.model import Box, Rule, Word
from datacraft.warehouse.documents.pages.straighten import ink_threshold

if TYPE_CHECKING:
    from PIL.Image import Image

UNREAD = "?"
"""The text of a word that could not be read."""
_CELL = 4
_LEAST_INK = 10
_MOST_LEFTOVERS = 24
_LETTER_PT = (4.0, 24.0)
_WIDEST_PT = 140.0
_DOUBTED = 0.3

Box4 = tuple[int, int, int, int]


@dataclass(frozen=True)
class _Blob:
    """Ink that hangs together: its box in pixels, and how many pixels of ink."""

    box: Box4
    ink: int


def with_leftovers(
    image: Image,
    words: Sequence[Word],
    rules: Sequence[Rule],
    scale: float,
    read: Callable[[Image], Word | None],
) -> list[Word]:
    """Return the words with those that were passed over, and with doubt on those that something stands right beside.

    Args:
        image: straight, without its lines.
        words: that were read on it, in points.
        rules: that were taken out, in points.
        scale: pixels to a point.
        read: reads one piece of the image as a word; None where it can't.
    """
    found = list(words)
    heights = sorted(word.box.height for word in words)
    usual = heights[len(heights) // 2] if heights else 10.0
    blobs = _blobs(image, words, rules, scale)
    lettered = [blob for blob in blobs if _is_letter(blob, scale, usual)]
    for blob in _joined(lettered, round(0.5 * usual * scale))[:_MOST_LEFTOVERS]:
        margin = round(2 * scale)
        left, top, right, bottom = blob.box
        piece = image.crop((left - margin, top - margin, right + margin, bottom + margin))
        box = Box(left / scale, top / scale, right / scale, bottom / scale)
        word = read(piece)
        found.append(Word(UNREAD, box, 0.0) if word is None else replace(word, box=box))
    dashes = [blob for blob in blobs if _is_dash(blob, scale, usual)]
    return [_doubted(word, dashes, scale) for word in found]


def _blobs(image: Image, words: Sequence[Word], rules: Sequence[Rule], scale: float) -> list[_Blob]:
    import numpy as np

    values = np.asarray(image)
    ink = values < ink_threshold(values)
    edge = round(3 * scale)
    ink[:edge], ink[-edge:], ink[:, :edge], ink[:, -edge:] = False, False, False, False
    pad = round(0.8 * scale)
    for word in words:
        box = word.box
        top, bottom = round(box.top * scale) - pad, round(box.bottom * scale) + pad
        left, right = round(box.left * scale) - pad, round(box.right * scale) + pad
        ink[max(top, 0) : bottom, max(left, 0) : right] = False
    wide = round(1.6 * scale)
    for rule in rules:
        at, start, end = (round(value * scale) for value in (rule.at, rule.start, rule.end))
        if rule.horizontal:
            ink[max(at - wide, 0) : at + wide, max(start - wide, 0) : end + wide] = False
        else:
            ink[max(start - wide, 0) : end + wide, max(at - wide, 0) : at + wide] = False
    return _connected(ink)


def _connected(ink: Any) -> list[_Blob]:
    """Return blobs of ink, put together on a coarse raster."""
    import numpy as np

    high, wide = ink.shape[0] // _CELL * _CELL, ink.shape[1] // _CELL * _CELL
    coarse = ink[:high, :wide].reshape(high // _CELL, _CELL, wide // _CELL, _CELL).sum(axis=(1, 3))
    rows, columns = np.nonzero(coarse)
    if len(rows) > 200_000:  # a picture, not text
        return []
    left = dict(
        zip(zip(rows.tolist(), columns.tolist(), strict=True), coarse[rows, columns].tolist(), strict=True)
    )
    blobs: list[_Blob] = []
    while left:
        first = next(iter(left))
        reach, total = [first], left.pop(first)
        cells = [first]
        while reach:
            row, column = reach.pop()
            for near in ((row + i, column + j) for i in (-1, 0, 1) for j in (-1, 0, 1)):
                if near in left:
                    total += left.pop(near)
                    reach.append(near)
                    cells.append(near)
        if total >= _LEAST_INK:
            ys, xs = [y for y, _ in cells], [x for _, x in cells]
            box = (min(xs) * _CELL, min(ys) * _CELL, (max(xs) + 1) * _CELL, (max(ys) + 1) * _CELL)
            blobs.append(_Blob(box, total))
    return blobs


def _is_letter(blob: _Blob, scale: float, usual: float) -> bool:
    left, top, right, bottom = blob.box
    high, wide = (bottom - top) / scale, (right - left) / scale
    return (
        max(_LETTER_PT[0], 0.6 * usual) <= high <= _LETTER_PT[1]
        and wide <= _WIDEST_PT
        and blob.ink >= 3 * _LEAST_INK
    )


def _is_dash(blob: _Blob, scale: float, usual: float) -> bool:
    left, top, right, bottom = blob.box
    high, wide = (bottom - top) / scale, (right - left) / scale
    return high <= 0.45 * usual and 1.2 <= wide <= usual and wide >= high


def _joined(blobs: Sequence[_Blob], gap: int) -> list[_Blob]:
    """Put letters beside each other together."""
    found: list[_Blob] = []
    for blob in sorted(blobs, key=lambda b: (b.box[1] // 20, b.box[0])):
        left, top, right, bottom = blob.box
        for place, other in enumerate(found):
            beside = min(bottom, other.box[3]) - max(top, other.box[1]) > 0.4 * (bottom - top)
            if beside and left - other.box[2] <= gap and other.box[0] - right <= gap:
                box = (
                    min(left, other.box[0]),
                    min(top, other.box[1]),
                    max(right, other.box[2]),
                    max(bottom, other.box[3]),
                )
                found[place] = _Blob(box, other.ink + blob.ink)
                break
        else:
            found.append(blob)
    return found


def _doubted(word: Word, dashes: Sequence[_Blob], scale: float) -> Word:
    """Doubt a number that a stroke stands right before or behind: it may have been a minus sign."""
    if not word.text[:1].isdigit() and word.text[:1] not in "$€£(":
        return word
    box, reach = word.box, 0.9 * word.box.height
    for dash in dashes:
        left, top, right, bottom = (value / scale for value in dash.box)
        middle = (top + bottom) / 2
        before, behind = box.left - right, left - box.right
        if box.top < middle < box.bottom and (-1 <= before <= reach or -1 <= behind <= 0.4 * reach):
            return replace(word, confidence=min(word.confidence, _DOUBTED))
    return word
