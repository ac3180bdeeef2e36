"""What loading found: per table what was read, how, and what could not be read."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from datacraft.warehouse.model import TableInfo

EXAMPLES = 5


class Example(BaseModel):
    """A value or line that a finding is about, and where it stands."""

    text: str
    line: int | None = Field(default=None, description="Line of the source file, from 1; null where unknown.")
    row: int | None = Field(default=None, description="Data row, from 1; null where unknown.")
    page: int | None = Field(default=None, description="Page of a document, from 1; null elsewhere.")

    @property
    def place(self) -> str:
        """Where it stands, in brackets behind a blank; empty where that is not known."""
        where = (("page", self.page), ("line", self.line), ("row", self.row))
        return next((f" ({unit} {number})" for unit, number in where if number), "")


class Finding(BaseModel):
    """Something that a person should know about how the data was read."""

    code: str = Field(description="Stable: unread_values, unread_rows, ambiguous_dates, renamed_columns, ...")
    severity: Literal["info", "warning"] = "warning"
    message: str
    column: str | None = None
    count: int | None = Field(default=None, description="Values or rows concerned.")
    examples: list[Example] = Field(default_factory=list)


class TableReport(BaseModel):
    """How one table was read."""

    table: TableInfo
    rows_unread: int = Field(default=0, description="Rows of the source that are not in the table.")
    findings: list[Finding] = Field(default_factory=list)


class LoadReport(BaseModel):
    """How every table was read, and which sources could not be."""

    schema_version: Literal[1] = 1
    tables: list[TableReport]
    findings: list[Finding] = Field(default_factory=list, description="About sources rather than tables.")

    def warnings(self) -> list[tuple[str, Finding]]:
        """Return the warnings, each with its table's name ("" where it is about no table)."""
        of_tables = [(t.table.name, f) for t in self.tables for f in t.findings if f.severity == "warning"]
        return [("", f) for f in self.findings if f.severity == "warning"] + of_tables
