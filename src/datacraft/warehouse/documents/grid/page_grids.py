"""All grids of a page: those in frames of lines, and those whose columns only stand under each other."""

from __future__ import annotations

from collections.abc import Sequence

from datacraft.warehouse.documents.grid.lines import Line, Segment, lines_of
from datacraft.warehouse.documents.grid.open_tables import open_tables
from datacraft.warehouse.documents.grid.rows import TableLine, bands_are_rows, rows_of
from datacraft.warehouse.documents.grid.ruled import Frame, frames_of
from datacraft.warehouse.documents.model import EMPTY, Cell, Grid, Page, Word, cell_of

_TITLE_GAP = 3.0
_LONGEST_TITLE = 80


def grids_of(page: Page) -> list[Grid]:
    """Return the tables of a page from top to bottom."""
    grids: list[Grid] = []
    left = list(page.words)
    for frame in frames_of(page.rules):
        inside = [w for w in left if _is_inside(w, frame)]
        grid = _framed(page, frame, inside)
        if grid is not None:
            grids.append(grid)
            taken = set(map(id, inside))
            left = [w for w in left if id(w) not in taken]
    lines = lines_of(left)
    for table in open_tables(lines, page.rules):
        grid = _grid(page, table.columns, table.lines, spans=table.spans)
        grid.weak = table.weak
        grids.append(grid)
    grids.sort(key=lambda grid: (grid.top, grid.columns[0][0]))
    for grid in grids:
        grid.title = _title(grid, lines)
    return grids


def _is_inside(word: Word, frame: Frame) -> bool:
    box = frame.box
    return (
        box.left - 2 <= word.box.center_x <= box.right + 2
        and box.top - 1 <= word.box.center_y <= box.bottom + 1
    )


def _framed(page: Page, frame: Frame, words: Sequence[Word]) -> Grid | None:
    columns = list(zip(frame.xs, frame.xs[1:], strict=False))
    lines: list[TableLine] = []
    spans: list[tuple[int, list[tuple[Segment, range]]]] = []
    for line in lines_of(words):
        spanning: list[tuple[Segment, range]] = []
        cells: list[list[Word]] = [[] for _ in columns]
        for segment in line.segments:
            covered = _covered(segment, frame)
            if len(covered) > 1:
                spanning.append((segment, covered))
                continue
            for word in segment.words:
                cells[_column_at(columns, word.box.center_x)].append(word)
        band = sum(1 for y in frame.ys if y < line.box.center_y)
        if spanning:
            spans.append((len(lines), spanning))
        lines.append(TableLine(line.box.top, line.box.bottom, cells, band))
    used = [place for place in range(len(columns)) if any(line.cells[place] for line in lines)]
    if len(used) < 2 or len(lines) < 2:
        return None
    for made in lines:
        made.cells = [made.cells[place] for place in used]
    kept = [columns[place] for place in used]
    moved = [
        (number, [(s, range(*_moved(covered, used))) for s, covered in parts]) for number, parts in spans
    ]
    return _grid(page, kept, lines, spans=moved, frame=frame)


def _moved(covered: range, used: Sequence[int]) -> tuple[int, int]:
    places = [number for number, place in enumerate(used) if place in covered]
    return (places[0], places[-1] + 1) if places else (0, 0)


def _covered(segment: Segment, frame: Frame) -> range:
    """Return the columns that a text stands over where no line parts them."""
    box, y = segment.box, segment.box.center_y
    crossed = [
        number
        for number, x in enumerate(frame.xs[1:-1], start=1)
        if box.left + 1 < x < box.right - 1 and not frame.is_parted(x, y)
    ]
    if not crossed:
        return range(0)
    first, last = crossed[0] - 1, crossed[-1]
    while first > 0 and not frame.is_parted(frame.xs[first], y):
        first -= 1
    while last < len(frame.xs) - 2 and not frame.is_parted(frame.xs[last + 1], y):
        last += 1
    return range(first, last + 1)


def _column_at(columns: Sequence[tuple[float, float]], x: float) -> int:
    """Return the column that x is in, or the nearest."""
    return min(range(len(columns)), key=lambda i: max(columns[i][0] - x, x - columns[i][1], 0.0))


def _grid(
    page: Page,
    columns: Sequence[tuple[float, float]],
    lines: Sequence[TableLine],
    *,
    spans: Sequence[tuple[int, Sequence[tuple[Segment, range]]]] = (),
    frame: Frame | None = None,
) -> Grid:
    """Return the grid of these lines; what spans columns stands in each of them."""
    by_line = dict(spans)
    plain = [line for number, line in enumerate(lines) if number not in by_line]
    rows = rows_of(plain, bands_are_rows=bands_are_rows(plain))
    cells: list[list[Cell]] = []
    heads: list[list[Cell]] = []
    tops: list[float] = []
    for row in rows:
        cells.append([_words_cell(row.words(place), page) for place in range(len(columns))])
        tops.append(row.lines[0].top)
    for number, parts in by_line.items():
        made = [_words_cell(words, page) for words in lines[number].cells]
        for segment, covered in parts:
            for place in covered:
                made[place] = cell_of(segment.words, page.number)
        at = sum(1 for top in tops if top < lines[number].top)
        if at == 0:
            heads.append(made)
        else:  # a text across the table below its head is none of its rows
            page.notes.append(f"a text across the table was left out: {parts[0][0].text[:80]}")
    if frame is not None:
        _fill_merged(cells, [row.lines[0].middle for row in rows], columns, frame)
    top = min(line.top for line in lines)
    bottom = max(line.bottom for line in lines)
    return Grid(page.number, heads + cells, list(columns), top=top, bottom=bottom)


def _fill_merged(
    cells: list[list[Cell]], heights: Sequence[float], columns: Sequence[tuple[float, float]], frame: Frame
) -> None:
    """Give a cell that is merged over rows to each of them: no line parts it from the empty one below it."""
    for place, (left, right) in enumerate(columns):
        for number in range(1, len(cells)):
            above, here = cells[number - 1][place], cells[number][place]
            if here.text or not above.text:
                continue
            between = [y for y in frame.ys if heights[number - 1] < y < heights[number]]
            if between and not any(frame.is_closed(y, left + 2, right - 2) for y in between):
                cells[number][place] = above


def _words_cell(words: Sequence[Word], page: Page) -> Cell:
    return cell_of(words, page.number) if words else EMPTY


def _title(grid: Grid, lines: Sequence[Line]) -> str:
    """Return the line right above a table, where it is short enough to be its title."""
    above = [line for line in lines if line.box.bottom <= grid.top + 2]
    if not above:
        return ""
    nearest = max(above, key=lambda line: line.box.bottom)
    if grid.top - nearest.box.bottom > _TITLE_GAP * max(nearest.box.height, 8.0):
        return ""
    if len(nearest.segments) > 1 or len(nearest.text) > _LONGEST_TITLE or nearest.text.endswith((".", ",")):
        return ""
    return nearest.text
