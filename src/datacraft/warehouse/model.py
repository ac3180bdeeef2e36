"""What a warehouse is to the layers above: tables with typed columns, and SQL run within limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pydantic import BaseModel, Field

from datacraft.contracts.answer import Cell
from datacraft.contracts.semantic import ColumnType

if TYPE_CHECKING:
    from datacraft.warehouse.report import LoadReport


class ColumnInfo(BaseModel):
    """A column as the warehouse holds it."""

    name: str = Field(description="What SQL calls it.")
    header: str = Field(description="What the source calls it, as it stood there.")
    type: ColumnType
    native_type: str = Field(description="The warehouse's own type, for example DOUBLE.")
    unit: str | None = Field(
        default=None, description='ISO 4217 code, "%" (0.12 is stored for 12 %) or a unit.'
    )
    format: str | None = Field(
        default=None, description="How the source wrote the values, where they were text."
    )


class ForeignKey(BaseModel):
    """A reference that the source declares."""

    columns: list[str]
    table: str
    referenced: list[str] = Field(description="Columns of `table`; empty means its primary key.")


class TableInfo(BaseModel):
    """A table: its columns, size, origin, and the keys that its source declares."""

    name: str
    source: str = Field(description="The file, and the sheet or table in it.")
    row_count: int
    columns: list[ColumnInfo]
    primary_key: list[str] = Field(default_factory=list)
    foreign_keys: list[ForeignKey] = Field(default_factory=list)


@dataclass(frozen=True)
class ResultColumnInfo:
    """Name and contract type of a result's column."""

    name: str
    type: ColumnType


@dataclass(frozen=True)
class ResultSet:
    """Rows of a query.

    Attributes:
        truncated: there were more than `max_rows`, which are not here.
        elapsed_ms: from sending the SQL to the last row.
        estimated_bytes: what the dry run said would be read; None where the warehouse has none.
    """

    columns: list[ResultColumnInfo]
    rows: list[list[Cell]]
    truncated: bool
    elapsed_ms: float
    estimated_bytes: int | None = None


class Warehouse(Protocol):
    """Runs SQL, read-only and within limits. Safe to call from several threads.

    Attributes:
        dialect: of the SQL that it takes.
        report: what a person should know about the data.
        identity: what is concluded from the data is kept by this name, until it changes.
    """

    dialect: str
    report: LoadReport
    identity: str

    def tables(self) -> list[TableInfo]:
        """Return every table that a question may touch."""
        ...

    def execute(self, sql: str, *, timeout_s: float, max_rows: int) -> ResultSet:
        """Run one SELECT.

        Raises:
            UnsafeQuery: it is not exactly one SELECT.
            QueryFailed: the SQL is wrong for this data.
            LimitExceeded: it took more than `timeout_s` seconds, or more memory than it may.
        """
        ...

    def explain(self, sql: str) -> int | None:
        """Check that the SQL could run, without running it; return the bytes it would read, where that is known.

        Raises:
            UnsafeQuery: it is not exactly one SELECT.
            QueryFailed: it could not.
        """
        ...

    def close(self) -> None:
        """Let go of files and memory."""
        ...
