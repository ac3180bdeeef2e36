"""The lines of an invoice: the grid whose headers are those of goods and amounts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from datacraft.warehouse.documents.invoices.fields import amount_text
from datacraft.warehouse.documents.invoices.labels import LABELS, LINE_COLUMNS
from datacraft.warehouse.documents.model import EMPTY, Cell, Grid
from datacraft.warehouse.documents.tables.heads import head_count, headers_of

_COLUMNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in LINE_COLUMNS.items()}
_SUMS = re.compile(
    "|".join(f"(?:{wording})" for label in LABELS if label.kind == "amount" for wording in label.wordings),
    re.IGNORECASE,
)
_LEAST = 2


def line_columns(grid: Grid) -> dict[int, str] | None:
    """Return what each column of a grid of lines is; None where it is none."""
    count = head_count(grid)
    if not count:
        return None
    found: dict[int, str] = {}
    for place, header in enumerate(headers_of(grid, count)):
        bare = header.strip().strip(":")
        for name, pattern in _COLUMNS.items():
            if name not in found.values() and pattern.fullmatch(bare):
                found[place] = name
                break
    names = set(found.values())
    if "amount" not in names and "unit_price" in names and "quantity" not in names:
        return None
    telling = names & {"description", "item_code", "quantity", "unit_price"}
    return (
        found if len(telling) >= _LEAST - ("amount" in names) and names & {"amount", "unit_price"} else None
    )


def line_rows(grid: Grid, columns: dict[int, str]) -> list[dict[str, Cell]]:
    """Return the lines in a grid, without sums and what else is no line."""
    lines: list[dict[str, Cell]] = []
    for row in grid.rows[head_count(grid) :]:
        made = {name: row[place] for place, name in columns.items() if place < len(row) and row[place].text}
        if _is_line(row, made):
            lines.append(made)
    return lines


def _is_line(row: Sequence[Cell], made: dict[str, Cell]) -> bool:
    described = made.get("description", EMPTY).text or made.get("item_code", EMPTY).text
    numbers = [
        made[name]
        for name in ("amount", "unit_price", "quantity")
        if name in made and amount_text(made[name].text)
    ]
    if not numbers or not (described or len(numbers) > 1):
        return False
    filled = [cell.text for cell in row if cell.text]
    return not (len(filled) <= 2 and any(_SUMS.match(text) for text in filled))
