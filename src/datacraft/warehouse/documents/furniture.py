"""What stands at the head and foot of every page and belongs to none of its tables."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence

from datacraft.warehouse.documents.grid.lines import Line, lines_of
from datacraft.warehouse.documents.model import Page

_EDGE = 0.13
_MOST_LINES = 3
_MOST_SEGMENTS = 3
_APART = 1.0
_COUNTED = re.compile(r"(?:page|seite|sheet|p\.)?\s*\d+\s*(?:(?:of|von|/)\s*\d+)?", re.IGNORECASE)


def without_furniture(pages: list[Page]) -> list[Page]:
    """Return the pages without lines at their edges that come on most of them, and without page numbers.

    A line that stands as near to its neighbour as rows do is left: it may head a table.
    """
    edges = [_edge_lines(page) for page in pages]
    common = Counter(text for lines in edges for text in {_letters(line) for line in lines})
    for page, lines in zip(pages, edges, strict=True):
        gone = {
            id(word)
            for line in lines
            if (len(pages) > 1 and common[_letters(line)] >= max(2, 0.5 * len(pages)))
            or _COUNTED.fullmatch(line.text)
            for word in line.words
        }
        if gone:
            page.words = [word for word in page.words if id(word) not in gone]
    return pages


def _letters(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text.lower())


def _edge_lines(page: Page) -> list[Line]:
    """Return the outermost lines of a page that keep their distance from all others."""
    lines = lines_of(page.words)
    return [*_outer(lines, page, 1), *_outer(lines[::-1], page, -1)]


def _outer(lines: Sequence[Line], page: Page, down: int) -> list[Line]:
    found: list[Line] = []
    for line, following in itertools.pairwise(lines):
        at = line.box.center_y if down == 1 else page.height - line.box.center_y
        gap = abs(following.box.center_y - line.box.center_y) - (line.box.height + following.box.height) / 2
        found.append(line)
        if at > _EDGE * page.height or len(line.segments) > _MOST_SEGMENTS:
            return []
        if gap >= _APART * max(line.box.height, 6.0):
            return found
    return []
