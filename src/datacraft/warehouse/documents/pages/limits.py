"""What reading a document may come to. Documents from strangers can be made to take all time and memory there is."""

from __future__ import annotations

MOST_PAGES = 1_000
MOST_CHARACTERS = 200_000
"""On one page; a page full of the smallest print has some 20,000."""
MOST_OBJECTS = 60_000
MOST_PIXELS = 45_000_000
"""Of one page; A3 at 300 dpi has 17 million."""
MOST_SCANNED_PAGES = 200
READING_DPI = 300
MOST_CELLS = 2_000_000


def scale_for(width: float, height: float) -> float:
    """Return the pixels to a point for drawing a page of this size (in points) within the limit."""
    scale = READING_DPI / 72
    pixels = max(width, 1) * max(height, 1) * scale * scale
    return scale if pixels <= MOST_PIXELS else scale * float(MOST_PIXELS / pixels) ** 0.5
