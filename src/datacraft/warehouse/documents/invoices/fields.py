"""Finding fields: a label in one of its wordings, and the value beside it, or below it, that looks like one of its kind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from datacraft.warehouse.documents.grid.lines import Line, Segment
from datacraft.warehouse.documents.invoices.labels import Kind, Label, compiled
from datacraft.warehouse.documents.model import Box, Cell
from datacraft.warehouse.documents.tables.values import is_date, is_number, mend
from datacraft.warehouse.formats.numbers import UNITS

_PATTERNS = compiled()
_BELOW = 3.2
"""Heights of a label within which a value below it begins."""
_CODE = re.compile(r"#?(?=[\w/.-]*\d)[A-Za-z0-9][\w/.-]*")
_DATE_PARTS = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}(?:st|nd|rd|th)?\.?[ -]?[A-Za-zäé]{3,9}\.?,?[ -]?\d{2,4}|[A-Za-zäé]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}"
)
_CURRENCY = re.compile("|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True)))


@dataclass(frozen=True)
class Found:
    """A value that was found.

    Attributes:
        rank: of the label's wording; the lower, the more particular.
        rate: the percentage in the label of a tax.
    """

    field: str
    cell: Cell
    rank: int
    label_box: Box
    rate: str | None = None


def find_fields(lines: Sequence[Line], page: int, skipped: Sequence[Box] = ()) -> list[Found]:
    """Return every field on a page, each as often as it is found; labels within `skipped` are none."""
    found: list[Found] = []
    for at, line in enumerate(lines):
        for place, segment in enumerate(line.segments):
            if any(_within(segment.box, box) for box in skipped):
                continue
            match = _label_of(segment)
            if match is None:
                continue
            label, rank, value, rate = match
            cell = _value(label.kind, value, segment, line, place, lines, at, page)
            if cell is not None:
                found.append(Found(label.field, cell, rank, segment.box, rate))
    return found


def _within(box: Box, around: Box) -> bool:
    return (
        around.left - 2 <= box.center_x <= around.right + 2
        and around.top - 1 <= box.center_y <= around.bottom + 1
    )


def _label_of(segment: Segment) -> tuple[Label, int, str, str | None] | None:
    """Return the label that a text begins with, its rank, what follows it, and the rate in it."""
    text = segment.text.strip()
    best: tuple[Label, int, str, str | None] | None = None
    longest = 0
    for label, rank, pattern in _PATTERNS:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        value = match["value"].strip()
        if (
            value
            and _taken(label.kind, value) is None
            and not (label.kind == "name" and text[match.start("value") - 1] in ": ")
        ):
            continue
        if label.kind == "name" and value and ":" not in text:
            continue  # "To pay within 30 days" names nobody
        length = len(text) - len(value)
        if length > longest:
            rate = match.groupdict().get("rate")
            best, longest = (label, rank, value, rate), length
    return best


def _value(
    kind: Kind, rest: str, segment: Segment, line: Line, place: int, lines: Sequence[Line], at: int, page: int
) -> Cell | None:
    if rest:
        taken = _taken(kind, rest)
        return None if taken is None else _cell(segment, taken, page, tail=rest)
    for beside in line.segments[place + 1 :]:
        if _label_of(beside) is not None and (kind == "name" or _taken(kind, beside.text) is None):
            break
        taken = _taken(kind, beside.text)
        if taken is not None:
            return _cell(beside, taken, page)
        if kind != "amount":
            break
    return _below(kind, segment, lines, at, page)


def _below(kind: Kind, segment: Segment, lines: Sequence[Line], at: int, page: int) -> Cell | None:
    """Return the value that stands under a label: its left, right or middle under the label's."""
    height = max(segment.box.height, 6.0)
    for line in lines[at + 1 :]:
        if line.box.top - segment.box.bottom > _BELOW * height:
            return None
        for under in line.segments:
            if not _under(segment.box, under.box, height):
                continue
            if kind == "name" and _label_of(under) is not None:
                return None
            taken = _taken(kind, under.text)
            return None if taken is None else _cell(under, taken, page)
    return None


def _under(label: Box, box: Box, height: float) -> bool:
    near = 1.2 * height
    offs = (label.left - box.left, label.right - box.right, label.center_x - box.center_x)
    return (
        min(abs(off) for off in offs) <= near
        and box.left < label.right + near
        and box.right > label.left - near
    )


def _taken(kind: Kind, text: str) -> str | None:
    """Return the value of a kind that a text is, or begins with; None where it is none."""
    text = text.strip()
    match kind:
        case "code":
            found = _CODE.match(text)
            whole = found is not None and (found.end() == len(text) or text[found.end()] in " ,;")
            return found.group().lstrip("#").rstrip(".") if found and whole and not is_date(text) else None
        case "date":
            dated = _DATE_PARTS.match(text)
            return dated.group() if dated else None
        case "amount":
            plain = amount_text(text)
            return plain if plain is not None else None
        case "currency":
            unit = _CURRENCY.match(text)
            return unit.group() if unit else None
        case "name":
            return text if any(c.isalpha() for c in text) and len(text) <= 80 else None


def amount_text(text: str) -> str | None:
    """Return an amount without its currency; None where a text is none."""
    bare = _CURRENCY.sub("", text).strip()
    if "%" in bare:
        return None
    if is_number(bare):
        return bare
    mended = mend(bare) if any(c.isdigit() for c in bare) else None
    return mended if mended is not None and is_number(mended) else None


def currency_in(text: str) -> str | None:
    """Return the ISO code of the currency that a text names."""
    found = _CURRENCY.search(text)
    return UNITS[found.group()] if found else None


def _cell(segment: Segment, taken: str, page: int, tail: str = "") -> Cell:
    """Return the cell of a value, with the box of the words that it consists of."""
    words = list(segment.words)
    if tail:
        count = len(tail.split())
        words = words[-count:] if count <= len(words) else words
    seen = " ".join(word.text for word in words)
    if seen.startswith(taken):
        words = words[: len(taken.split())] or words
    return Cell(taken, page, Box.around(w.box for w in words), min(w.confidence for w in words))
