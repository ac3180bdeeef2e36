"""Lines that are drawn on a scan: long runs of ink along rows or columns of pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datacraft.warehouse.documents.grid.ruled import merged_rules
from datacraft.warehouse.documents.model import Rule
from datacraft.warehouse.documents.pages.straighten import ink_threshold

if TYPE_CHECKING:
    from PIL.Image import Image

_LEAST_ACROSS_PT = 30.0
_LEAST_UPRIGHT_PT = 16.0
_THICKEST_PT = 3.5
_MOST_RUNS = 60_000


def find_rules(image: Image, scale: float) -> list[Rule]:
    """Return the horizontal and vertical lines of a straight scan, in pixels."""
    import numpy as np

    values = np.asarray(image)
    ink = values < ink_threshold(values)
    across = _lines(ink, round(_LEAST_ACROSS_PT * scale), scale)
    upright = _lines(ink.T, round(_LEAST_UPRIGHT_PT * scale), scale)
    rules = [Rule(True, *line) for line in across] + [Rule(False, *line) for line in upright]
    # What reaches to other lines is a line; a short upright stroke by itself is a letter or a bracket.
    return [rule for rule in merged_rules(rules) if rule.horizontal or _is_upright_rule(rule, rules, scale)]


def _is_upright_rule(rule: Rule, rules: list[Rule], scale: float) -> bool:
    if rule.end - rule.start >= 2.5 * _LEAST_UPRIGHT_PT * scale:
        return True
    near = 4 * scale
    return any(
        other.horizontal
        and other.start - near <= rule.at <= other.end + near
        and rule.start - near <= other.at <= rule.end + near
        for other in rules
    )


def _lines(ink: Any, least: int, scale: float) -> list[tuple[float, float, float]]:
    """Return (at, start, end) of lines along the rows of an array; thick ones are no lines but areas."""
    import numpy as np

    # A line that is a little off level steps from row to row: neighbours count together.
    thick = ink.copy()
    thick[1:] |= ink[:-1]
    thick[:-1] |= ink[1:]
    padded = np.zeros((thick.shape[0], thick.shape[1] + 2), dtype=np.int8)
    padded[:, 1:-1] = thick
    steps = np.diff(padded, axis=1)
    rows, starts = np.nonzero(steps == 1)
    _, ends = np.nonzero(steps == -1)
    long = (ends - starts) >= least
    rows, starts, ends = rows[long], starts[long], ends[long]
    if len(rows) > _MOST_RUNS:
        return []
    open_: list[list[int]] = []  # first row, last row, start, end
    done: list[list[int]] = []
    for row, start, end in zip(rows.tolist(), starts.tolist(), ends.tolist(), strict=True):
        still: list[list[int]] = []
        home: list[int] | None = None
        for line in open_:
            if row - line[1] > 2:
                done.append(line)
                continue
            still.append(line)
            if home is None and start <= line[3] and end >= line[2]:
                home = line
        open_ = still
        if home is None:
            open_.append([row, row, start, end])
        else:
            home[1], home[2], home[3] = row, min(home[2], start), max(home[3], end)
    done += open_
    most = _THICKEST_PT * scale + 2
    return [
        ((first + last) / 2, float(start), float(end))
        for first, last, start, end in done
        if last - first <= max(most, 0.01 * (end - start))
    ]


def without_rules(image: Image, rules: list[Rule], scale: float) -> Image:
    """Return a scan without its lines, which would be read as letters."""
    from PIL import ImageDraw

    clean = image.copy()
    draw = ImageDraw.Draw(clean)
    half = 0.6 * scale + 1
    for rule in rules:
        if rule.horizontal:
            draw.rectangle((rule.start - 2, rule.at - half, rule.end + 2, rule.at + half), fill=255)
        else:
            draw.rectangle((rule.at - half, rule.start - 2, rule.at + half, rule.end + 2), fill=255)
    return clean
