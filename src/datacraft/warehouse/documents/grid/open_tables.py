"""Tables without lines between their columns: texts that stand under each other over several lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from datacraft.warehouse.documents.grid.lines import Line, Segment
from datacraft.warehouse.documents.grid.rows import TableLine, is_number_like
from datacraft.warehouse.documents.grid.ruled import merged_rules
from datacraft.warehouse.documents.model import Rule, Word

_FARTHEST = 3.2
"""Heights of a line that may lie between two lines of a table."""
_LEAST_LINES = 3
_PROSE_WORDS = 6.0
_OVERLAP = 1.0

Interval = tuple[float, float]


@dataclass
class OpenTable:
    """Lines that are a table, with its columns, and the texts that head several columns."""

    columns: list[Interval]
    lines: list[TableLine]
    spans: list[tuple[int, list[tuple[Segment, range]]]] = field(default_factory=list)
    weak: bool = False


@dataclass
class _Run:
    """Lines that follow each other and share columns."""

    lines: list[Line] = field(default_factory=list)
    columns: list[Interval] = field(default_factory=list)
    most: int = 0


def open_tables(lines: Sequence[Line], rules: Sequence[Rule]) -> list[OpenTable]:
    """Return the tables among lines that lie in no frame; a few lines at the top as a weak one, which may go on."""
    levels = [rule for rule in merged_rules(rules) if rule.horizontal]
    tables: list[OpenTable] = []
    for run, before in _runs(lines):
        if _is_table(run):
            tables.append(_table(run, before, levels))
        elif before is None and len(run.columns) > 2:
            tables.append(_table(run, before, levels))
            tables[-1].weak = True
    return tables


def _runs(lines: Sequence[Line]) -> list[tuple[_Run, Line | None]]:
    """Return runs of lines, each with the line before it."""
    runs: list[tuple[_Run, Line | None]] = []
    place = 0
    while place < len(lines):
        if len(lines[place].segments) < 2:
            place += 1
            continue
        run, end = _run_from(lines, place)
        runs.append((run, lines[place - 1] if place else None))
        place = end
    return runs


def _run_from(lines: Sequence[Line], start: int) -> tuple[_Run, int]:
    run = _Run([lines[start]], _intervals(lines[start]), len(lines[start].segments))
    place = start + 1
    while place < len(lines):
        line = lines[place]
        if not _near(run.lines[-1], line, run):
            break
        following = lines[place + 1] if place + 1 < len(lines) else None
        if len(line.segments) >= 2:
            if _begins_anew(run, line, following):
                break
            columns = _columns_with(run, line, following)
            if columns is None:
                break
            run.columns = columns
            run.most = max(run.most, len(line.segments))
            run.lines.append(line)
        elif _in_one_column(line, run.columns) and _resumes(lines, place, run):
            run.lines.append(line)
            run.columns = _united(run.columns, _intervals(line))
        else:
            break
        place += 1
    return run, place


def _intervals(line: Line) -> list[Interval]:
    return [(segment.box.left, segment.box.right) for segment in line.segments]


def _columns_with(run: _Run, line: Line, following: Line | None) -> list[Interval] | None:
    """Return the columns of a run with one more line; None where the line is none of it.

    Columns that several lines share are kept apart: a line that stands across two of them ends the table, or is a
    text in the midst of it.
    """
    columns = _united(run.columns, _intervals(line))
    if len(columns) >= len(run.columns) or len(run.lines) < _LEAST_LINES or len(run.columns) < 3:
        return columns if len(columns) >= max(2, round(0.6 * max(run.most, len(line.segments)))) else None
    homes = [_best_column(interval, run.columns) for interval in _intervals(line)]
    apart = len(set(homes)) == len(homes) and len(homes) >= 0.6 * len(run.columns)
    if apart or (following is not None and len(_united(run.columns, _intervals(following))) >= len(run.columns) > 2
                 and len(following.segments) >= 0.6 * run.most):  # fmt: skip
        return run.columns
    return None


def _best_column(interval: Interval, columns: Sequence[Interval]) -> int:
    return max(
        range(len(columns)), key=lambda i: min(interval[1], columns[i][1]) - max(interval[0], columns[i][0])
    )


def _begins_anew(run: _Run, line: Line, following: Line | None) -> bool:
    """Whether another table begins with a line: what stood above it has fewer columns and keeps its distance."""
    if len(run.lines) > 4 or len(line.segments) <= run.most:
        return False
    if _swallows(_united(run.columns, _intervals(line)), line) and len(run.lines) <= 2:
        return True
    apart = line.box.top - run.lines[-1].box.bottom > 0.6 * max(line.box.height, 4.0)
    goes_on = following is not None and len(following.segments) > run.most
    return (
        apart
        and goes_on
        and len(line.segments) >= 3
        and not any(is_number_like(s.text) for s in line.segments)
    )


def _near(last: Line, line: Line, run: _Run) -> bool:
    height = max(min(last.box.height, line.box.height), 4.0)
    gap = line.box.top - last.box.bottom
    if len(run.lines) < 3:
        return gap <= _FARTHEST * height
    pitches = [b.box.center_y - a.box.center_y for a, b in zip(run.lines, run.lines[1:], strict=False)]
    return gap <= 2.0 * height or line.box.center_y - last.box.center_y <= 2.2 * median(pitches)


def _united(columns: Sequence[Interval], new: Sequence[Interval]) -> list[Interval]:
    """Return intervals with those that overlap made one."""
    found: list[Interval] = []
    for left, right in sorted([*columns, *new]):
        if found and left < found[-1][1] - _OVERLAP:
            found[-1] = (found[-1][0], max(found[-1][1], right))
        else:
            found.append((left, right))
    return found


def _swallows(columns: Sequence[Interval], line: Line) -> bool:
    """Whether two texts of a line would be in one column."""
    return any(
        sum(1 for s in line.segments if s.box.left < right and s.box.right > left) > 1
        for left, right in columns
    )


def _in_one_column(line: Line, columns: Sequence[Interval]) -> bool:
    box = line.box
    touched = [c for c in columns if box.left < c[1] and box.right > c[0]]
    if len(touched) != 1:
        return False
    left, right = touched[0]
    return box.left >= left - 3 or abs(box.right - right) <= 3 or abs(box.center_x - (left + right) / 2) <= 3


def _resumes(lines: Sequence[Line], place: int, run: _Run) -> bool:
    """Whether a line with one text is part of a table: it goes on with the line above, or the table goes on below."""
    line, last = lines[place], run.lines[-1]
    height = max(line.box.height, 4.0)
    if line.box.top - last.box.bottom <= 0.6 * height and line.box.left > run.columns[0][0] + 3:
        return True
    following = lines[place + 1] if place + 1 < len(lines) else None
    if following is None or len(following.segments) < 2:
        return False
    pitches = [b.box.center_y - a.box.center_y for a, b in zip(run.lines, run.lines[1:], strict=False)]
    usual = median(pitches) if pitches else 2.0 * height
    near = (
        max(line.box.center_y - last.box.center_y, following.box.center_y - line.box.center_y) <= 1.4 * usual
    )
    return near and len(_united(run.columns, [(s.box.left, s.box.right) for s in following.segments])) >= len(
        run.columns
    )


def _is_table(run: _Run) -> bool:
    several = [line for line in run.lines if len(line.segments) >= 2]
    if len(several) < _LEAST_LINES or len(run.columns) < 2:
        return False
    texts = [segment.text for line in several for segment in line.segments]
    words = sum(len(text.split()) for text in texts) / len(texts)
    return words <= _PROSE_WORDS or any(is_number_like(text) for text in texts)


def _table(run: _Run, before: Line | None, levels: Sequence[Rule]) -> OpenTable:
    columns = run.columns
    lines = [_table_line(line, columns, levels) for line in run.lines]
    table = OpenTable(columns, lines)
    spans = _spans(run.lines[0], columns)
    if spans and len(run.lines[0].segments) < len(columns):
        table.spans.append((0, spans))
    elif before is not None and _is_head(before, run):
        above = _guessed_spans(before, columns, levels) or _spans(before, columns)
        if above:
            table.lines.insert(0, _table_line(before, columns, levels))
            table.lines[0].cells = [[] for _ in columns]
            table.spans.append((0, above))
    return table


def _table_line(line: Line, columns: Sequence[Interval], levels: Sequence[Rule]) -> TableLine:
    cells: list[list[Word]] = [[] for _ in columns]
    for segment in line.segments:
        for word in segment.words:
            cells[_column_of(word, columns)].append(word)
    left, right = columns[0][0], columns[-1][1]
    band = sum(
        1
        for rule in levels
        if rule.at < line.box.center_y and min(rule.end, right) - max(rule.start, left) > 0.6 * (right - left)
    )
    return TableLine(line.box.top, line.box.bottom, cells, band)


def _column_of(word: Word, columns: Sequence[Interval]) -> int:
    x = word.box.center_x
    return min(range(len(columns)), key=lambda i: max(columns[i][0] - x, x - columns[i][1], 0.0))


def _is_head(line: Line, run: _Run) -> bool:
    """Whether a line above a table may head some of its columns: it is near, and does not begin with the first one."""
    first = run.lines[0]
    near = first.box.top - line.box.bottom <= 1.6 * max(line.box.height, 4.0)
    within = line.box.left > run.columns[0][1] and line.box.right <= run.columns[-1][1] + 3
    return near and within and not any(is_number_like(s.text) and len(s.text) != 4 for s in line.segments)


def _spans(line: Line, columns: Sequence[Interval]) -> list[tuple[Segment, range]]:
    """Return the texts of a line that stand over several columns."""
    spans: list[tuple[Segment, range]] = []
    for segment in line.segments:
        over = [
            i
            for i, (left, right) in enumerate(columns)
            if segment.box.left < right and segment.box.right > left
        ]
        if len(over) > 1:
            spans.append((segment, range(over[0], over[-1] + 1)))
    return spans


def _guessed_spans(
    line: Line, columns: Sequence[Interval], levels: Sequence[Rule]
) -> list[tuple[Segment, range]]:
    """Return which columns each text heads: those over the line that is drawn below it, or those that it is in the middle of."""
    spans: list[tuple[Segment, range]] = []
    for segment in line.segments:
        below = [
            rule
            for rule in levels
            if 0 <= rule.at - segment.box.center_y <= 2 * segment.box.height
            and rule.start <= segment.box.center_x <= rule.end
        ]
        if below:
            rule = min(below, key=lambda r: r.end - r.start)
            over = [
                i
                for i, (left, right) in enumerate(columns)
                if rule.start - 3 <= (left + right) / 2 <= rule.end + 3
            ]
        else:
            over = _centered(segment, columns)
        if len(over) > 1:
            spans.append((segment, range(over[0], over[-1] + 1)))
    return spans


def _centered(segment: Segment, columns: Sequence[Interval]) -> list[int]:
    best: list[int] = []
    best_off = 0.0
    for first in range(1, len(columns)):  # what stands over all of them is a title
        for last in range(first + 1, len(columns)):
            left, right = columns[first][0], columns[last][1]
            off = abs((left + right) / 2 - segment.box.center_x) / (right - left)
            if off <= 0.06 and (not best or (last - first, -off) > (len(best) - 1, -best_off)):
                best, best_off = list(range(first, last + 1)), off
    return best
