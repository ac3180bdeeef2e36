"""A table on stdout, for people; what data and people wrote in it can't steer a terminal."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Literal

_PIPED_WIDTH = 10_000  # a table that goes into a file or a pipe is never squeezed


def write_table(header: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[bool] = ()) -> None:
    """Write a table; nothing where it has no rows.

    Args:
        header: of the columns.
        rows: of as many cells.
        right: by column, whether its cells stand at the right; without it, none does.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    cells = [[Text(printable(cell)) for cell in row] for row in rows]
    if not cells:
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, name in enumerate(header):
        justify: Literal["left", "right"] = "right" if right and right[place] else "left"
        table.add_column(Text(printable(name)), justify=justify, overflow="fold")
    for row in cells:
        table.add_row(*row)
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else _PIPED_WIDTH).print(table)


def printable(text: str) -> str:
    """Return text that can't steer a terminal."""
    return "".join(
        character
        if character.isprintable() or unicodedata.category(character) == "Zs"
        else "\N{REPLACEMENT CHARACTER}"
        for character in text
    )
