"""What a document is made of, whatever kind of file it came in: pages with words and lines, and cells of tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in points (1/72 inch) from the upper left corner, as the text reads."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """Height in points."""
        return self.bottom - self.top

    @property
    def center_x(self) -> float:
        """The middle between left and right."""
        return (self.left + self.right) / 2

    @property
    def center_y(self) -> float:
        """The middle between top and bottom."""
        return (self.top + self.bottom) / 2

    @staticmethod
    def around(boxes: Iterable[Box]) -> Box:
        """Return the smallest box that holds all of them; there is at least one."""
        every = list(boxes)
        return Box(
            min(box.left for box in every),
            min(box.top for box in every),
            max(box.right for box in every),
            max(box.bottom for box in every),
        )


@dataclass(frozen=True, slots=True)
class Word:
    """A word on a page. `confidence` is 1 where it was text already, and what the reader says of it in a scan."""

    text: str
    box: Box
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line on a page: at a height (or, if not horizontal, at a distance from the left), from where to where."""

    horizontal: bool
    at: float
    start: float
    end: float


@dataclass
class Page:
    """A page.

    Attributes:
        number: from 1.
        scanned: its words were read from an image.
        notes: what a person should know about how it was read.
    """

    number: int
    width: float
    height: float
    words: list[Word]
    rules: list[Rule] = field(default_factory=list)
    scanned: bool = False
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table.

    Attributes:
        text: what stands in it; empty for nothing.
        page: from 1; None where the document has no pages.
        box: where; None where the document has no places, or nothing stands there.
        confidence: of its least certain word, 0 to 1.
        seen: what was read before it was repaired; None where it was not.
        doubt: why a person should look at it; empty where there is no reason.
    """

    text: str
    page: int | None = None
    box: Box | None = None
    confidence: float = 1.0
    seen: str | None = None
    doubt: str = ""


EMPTY = Cell("")


def cell_of(words: Sequence[Word], page: int) -> Cell:
    """Return the cell that holds these words, in their order."""
    if not words:
        return Cell("", page)
    text = " ".join(word.text for word in words)
    return Cell(text, page, Box.around(w.box for w in words), min(w.confidence for w in words))


@dataclass
class Grid:
    """A table on one page, or all of one in a document without pages.

    Attributes:
        columns: from where to where each goes, in points; empty where that is not known.
        heads: how many rows head it; None: not decided yet.
        title: the text right above it; empty where there is none.
        top, bottom: where it stands on its page.
        weak: it has so few rows that it is only a table where it continues one.
    """

    page: int | None
    rows: list[list[Cell]]
    columns: list[tuple[float, float]] = field(default_factory=list)
    heads: int | None = None
    title: str = ""
    top: float = 0.0
    bottom: float = 0.0
    weak: bool = False

    @property
    def width(self) -> int:
        """Number of columns."""
        return max((len(row) for row in self.rows), default=0)
