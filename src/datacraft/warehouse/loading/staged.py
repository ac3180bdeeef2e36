"""A table's raw content, between the reader that knows its file and the typing that knows its values."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Literal

import duckdb

from datacraft.warehouse.arrow import number_array, text_array
from datacraft.warehouse.loading.quoting import identifier
from datacraft.warehouse.model import ForeignKey
from datacraft.warehouse.report import Finding


@dataclass(frozen=True)
class RawColumn:
    """A column as the source has it; `expression` is its SQL over the relation, `native` that SQL's type."""

    header: str
    expression: str
    native: str


@dataclass(frozen=True)
class LineMap:
    """From data row (from 1) to line of the file (from 1), where that is known.

    `lines` holds the line of every row; otherwise rows follow `offset` lines one by one, unless that is None.
    In a document, which has no lines, it is `pages` that are counted.
    """

    offset: int | None = None
    lines: Sequence[int] | None = None
    pages: bool = False

    def without(self, left_out: Sequence[int], rows: int) -> LineMap:
        """Return the map of the rows that stay when some of `rows` (counted from 0, in order) are taken out."""
        if self.lines is None and self.offset is None:
            return self
        gone = set(left_out)
        lines = array("q")
        for row in range(rows):
            if row not in gone:
                lines.append(self.line(row + 1) or 0)
        return LineMap(lines=lines, pages=self.pages)

    def line(self, row: int) -> int | None:
        """Return the line that a data row starts on."""
        if self.lines is not None:
            return self.lines[row - 1] if 0 < row <= len(self.lines) else None
        return None if self.offset is None else row + self.offset


@dataclass(frozen=True, slots=True)
class CellPlace:
    """Where in a document a cell stands, and how certain it is.

    Attributes:
        page: from 1; None where the document has no pages.
        box: left, top, right, bottom in points from the upper left corner; None where that is not known.
        confidence: of its least certain word, 0 to 1.
        seen: what stands there, where the table holds something else: a mended number, or nothing yet.
        doubt: why the table does not hold it yet; empty where it does.
    """

    page: int | None
    box: tuple[float, float, float, float] | None
    confidence: float
    seen: str | None = None
    doubt: str = ""


@dataclass
class StagedTable:
    """Rows of one table, ready to be typed.

    Attributes:
        relation: SQL of a FROM clause's item: a staging table or a table function.
        typing: "full" reads text as numbers, booleans and dates where all of it is; "dates" trusts the
            source's own types and only reads text as dates.
        trimmed: no text has blanks around it, and none is empty.
        declared_names: the headers are names that SQL was written for; they stay as they are.
        places: of a document, where the cells of each row stand, column by column.
        family: tables of one family are one table whatever files they are from; empty for none.
    """

    name: str
    source: str
    relation: str
    columns: list[RawColumn]
    typing: Literal["full", "dates"] = "full"
    declared_names: bool = False
    trimmed: bool = False
    european: bool = False
    day_first: bool | None = None
    rows_unread: int = 0
    findings: list[Finding] = field(default_factory=list)
    lines: LineMap = field(default_factory=LineMap)
    primary_key: list[str] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    places: list[list[CellPlace]] | None = None
    family: str = ""


class Staging:
    """The connection and folder that readers work in."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, workspace: Path) -> None:
        self.connection = connection
        self.workspace = workspace
        self._numbers = count(1)

    def new_table(self) -> str:
        """Return the quoted name of a staging table that does not exist yet."""
        return identifier(f"staging_{next(self._numbers)}")

    def insert_text_rows(self, table: str, width: int, rows: Sequence[Sequence[str | None]]) -> None:
        """Append rows of exactly `width` text cells to a staging table, creating it where it is new."""
        columns: list[Sequence[str | None]] = list(zip(*rows, strict=True)) if rows else [()] * width
        self.insert_columns(table, columns, ["VARCHAR"] * width, trim=True)

    def insert_columns(
        self, table: str, columns: Sequence[Sequence[Any]], natives: Sequence[str], *, trim: bool = False
    ) -> None:
        """Append columns c0, c1, ... of equal length to a staging table, creating it where it is new.

        `natives` are among BIGINT, DOUBLE, BOOLEAN and VARCHAR; the values fit them.
        """
        import numpy as np
        import pyarrow as pa  # type: ignore[import-untyped]

        arrays: list[Any] = []
        for column, native in zip(columns, natives, strict=True):
            if native == "VARCHAR":
                arrays.append(text_array(column))
                continue
            present = np.array([value is not None for value in column], dtype=bool)
            numbers = np.array(
                [0 if value is None else value for value in column],
                dtype="f8" if native == "DOUBLE" else "i8",
            )
            arrays.append(number_array(numbers, present))
        batch = pa.table(arrays, names=[f"c{i}" for i in range(len(arrays))])
        self.connection.register("incoming", batch)
        try:
            typed = ", ".join(f"c{i} {native}" for i, native in enumerate(natives))
            self.connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({typed})")
            values = ", ".join(
                trimmed_text(f"c{i}") if native == "VARCHAR" and trim else f"c{i}"
                for i, native in enumerate(natives)
            )
            self.connection.execute(f"INSERT INTO {table} SELECT {values} FROM incoming")
        finally:
            self.connection.unregister("incoming")


def trimmed_text(expression: str) -> str:
    """Return SQL of a text without blanks around it, null where nothing is left."""
    return f"NULLIF(trim({expression}), '')"


def text_columns(headers: Sequence[str]) -> list[RawColumn]:
    """Return raw columns c0, c1, ... of text under these headers."""
    return [RawColumn(header, f"c{i}", "VARCHAR") for i, header in enumerate(headers)]
