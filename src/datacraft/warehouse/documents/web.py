"""Tables of a web page that was saved. Nothing that it refers to is fetched, and no script is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from datacraft.contracts.errors import DataLoadError
from datacraft.warehouse.documents.model import EMPTY, Cell, Grid
from datacraft.warehouse.documents.pages.limits import MOST_CELLS
from datacraft.warehouse.loading.encoding import as_utf8

_MOST_BYTES = 64 << 20
_MOST_SPAN = 1_000
_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([A-Za-z0-9_:-]+)""", re.IGNORECASE)
_TITLES = ("h1", "h2", "h3", "h4", "h5", "h6")


def web_grids(path: Path, workspace: Path) -> list[Grid]:
    """Return the tables of a page that hold data, in their order.

    Raises:
        DataLoadError: it is larger than can be read, or no HTML.
    """
    import lxml.etree
    import lxml.html

    if path.stat().st_size > _MOST_BYTES:
        raise DataLoadError(
            f"{path} has more than {_MOST_BYTES >> 20} MB.",
            hint="Keep the part with the table, or save it as CSV.",
        )
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True)
    try:
        root = lxml.html.document_fromstring(_utf8(path, workspace), parser=parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError, ValueError) as error:
        raise DataLoadError(f"{path} can't be read as HTML: {error}.", hint="Save the page again.") from error
    grids = [_grid(path, table) for table in root.iter("table") if table.find(".//table") is None]
    return [grid for grid in grids if grid.width > 1 and len(grid.rows) > 1]


def _utf8(path: Path, workspace: Path) -> bytes:
    content = path.read_bytes()
    try:
        content.decode("utf-8-sig")
        return content
    except UnicodeDecodeError:
        pass
    declared = _CHARSET.search(content[:4096])
    if declared is not None:
        try:
            return content.decode(declared.group(1).decode()).encode()
        except (LookupError, UnicodeDecodeError):
            pass  # it is not what it says
    return as_utf8(path, workspace, lines=False).path.read_bytes()


def _grid(path: Path, table: Any) -> Grid:
    rows: list[list[Cell]] = []
    waiting: dict[int, tuple[int, Cell]] = {}  # column -> rows that a cell above still fills, and the cell
    heads = 0
    cells = 0
    for number, row in enumerate(_rows(table)):
        made, waiting = _row(row, waiting)
        cells += len(made)
        if cells > MOST_CELLS:
            raise DataLoadError(
                f"{path} has a table of more than {MOST_CELLS:,} cells.", hint="Export it as CSV or Parquet."
            )
        rows.append(made)
        if heads == number and _is_head(row):
            heads += 1
    width = max((len(row) for row in rows), default=0)
    padded = [row + [EMPTY] * (width - len(row)) for row in rows]
    known = heads if 0 < heads < len(rows) else None
    return Grid(
        None, [row for row in padded if any(cell.text for cell in row)], heads=known, title=_title(table)
    )


def _rows(table: Any) -> Iterator[Any]:
    """Yield the rows in the order in which they are shown: the foot last, wherever it stands."""
    feet: list[Any] = []
    for row in table.iter("tr"):
        if row.getparent().tag == "tfoot":
            feet.append(row)
        else:
            yield row
    yield from feet


def _row(row: Any, waiting: dict[int, tuple[int, Cell]]) -> tuple[list[Cell], dict[int, tuple[int, Cell]]]:
    """Return a row's cells, those above that reach into it among them, and what reaches into the next."""
    made: list[Cell] = []
    after: dict[int, tuple[int, Cell]] = {}

    def fill() -> None:
        while len(made) in waiting:
            left, cell = waiting[len(made)]
            if left > 1:
                after[len(made)] = (left - 1, cell)
            made.append(cell)

    head = _is_head(row)
    for item in row:
        if item.tag not in {"td", "th"}:
            continue
        fill()
        cell = Cell(_text(item))
        down = _span(item, "rowspan")
        for place in range(_span(item, "colspan")):
            shown = cell if place == 0 or head else EMPTY
            if down > 1:
                after[len(made)] = (down - 1, shown)
            made.append(shown)
    fill()
    return made, after


def _span(item: Any, name: str) -> int:
    try:
        return min(max(int(item.get(name, "1")), 1), _MOST_SPAN)
    except ValueError:
        return 1


def _is_head(row: Any) -> bool:
    cells = [item for item in row if item.tag in {"td", "th"}]
    return row.getparent().tag == "thead" or (bool(cells) and all(item.tag == "th" for item in cells))


def _text(item: Any) -> str:
    for hidden in item.xpath(".//script | .//style"):
        hidden.getparent().remove(hidden)
    for line in item.iter("br"):
        line.tail = f" {line.tail or ''}"
    return " ".join(item.text_content().split())


def _title(table: Any) -> str:
    caption = table.find("caption")
    if caption is not None:
        return " ".join(caption.text_content().split())[:80]
    before = table.getprevious()
    if before is not None and before.tag in _TITLES:
        return " ".join(before.text_content().split())[:80]
    return ""
