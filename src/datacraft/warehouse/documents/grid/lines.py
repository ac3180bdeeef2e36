"""Words in lines, and lines in segments: words so near each other that they belong together."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from datacraft.warehouse.documents.model import Box, Word

_LEAST_GAP = 0.4
_MOST_GAP = 0.8
_SPACES = 1.7


@dataclass(frozen=True)
class Segment:
    """Words of one line without a wide gap between them."""

    words: tuple[Word, ...]
    box: Box

    @property
    def text(self) -> str:
        """The words with blanks between."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True)
class Line:
    """Words that stand beside each other, from left to right."""

    words: tuple[Word, ...]
    segments: tuple[Segment, ...]
    box: Box

    @property
    def text(self) -> str:
        """All of it."""
        return " ".join(word.text for word in self.words)


def lines_of(words: Sequence[Word]) -> list[Line]:
    """Return words as lines, from top to bottom."""
    groups: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.box.center_y, w.box.left)):
        home = next((group for group in reversed(groups[-4:]) if _beside(group, word)), None)
        if home is None:
            groups.append([word])
        else:
            home.append(word)
    ordered = [sorted(group, key=lambda w: w.box.left) for group in groups]
    gap = _segment_gap(ordered)
    lines = [_line(group, gap) for group in ordered]
    return sorted(lines, key=lambda line: line.box.center_y)


def _beside(group: Sequence[Word], word: Word) -> bool:
    near = group[-3:]
    center = sum(w.box.center_y for w in near) / len(near)
    height = min(min(w.box.height for w in near), word.box.height)
    return abs(center - word.box.center_y) <= 0.45 * max(height, 1.0)


def _segment_gap(lines: Sequence[Sequence[Word]]) -> float:
    """Return from which gap on, in heights of a word, a new segment begins: well above the blanks of this page."""
    gaps: list[float] = []
    for line in lines:
        height = _height(line)
        for first, second in itertools.pairwise(line):
            gap = (second.box.left - first.box.right) / height
            if 0.05 < gap < _MOST_GAP:
                gaps.append(gap)
    if len(gaps) < 8:
        return 0.5
    return min(max(_SPACES * median(gaps), _LEAST_GAP), _MOST_GAP)


def _height(words: Sequence[Word]) -> float:
    """Return how high the words of a line are; the boxes of a scan's words are no higher than their ink."""
    return max(median(sorted(word.box.height for word in words)[len(words) // 2 :]), 1.0)


def _line(words: Sequence[Word], gap: float) -> Line:
    segments: list[list[Word]] = []
    height = _height(words)
    for word in words:
        if segments:
            last = segments[-1][-1]
            if word.box.left - last.box.right <= gap * height:
                segments[-1].append(word)
                continue
        segments.append([word])
    made = tuple(Segment(tuple(part), Box.around(w.box for w in part)) for part in segments)
    return Line(tuple(words), made, Box.around(w.box for w in words))
