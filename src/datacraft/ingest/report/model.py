"""`IngestReport`: what came in, what was changed or set aside, and what the contracts say of it."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, Field

from datacraft.ingest.contract.verdict import CheckResult
from datacraft.warehouse.model import ColumnInfo
from datacraft.warehouse.report import Finding


class SourceRead(BaseModel):
    """A file, or a place in it, that rows came from."""

    path: str
    place: str = Field(default="", description="The sheet or table in it; empty where it is one table.")
    sha256: str
    size_bytes: int
    rows_read: int
    rows_set_aside: int = 0
    cells_uncertain: int = Field(
        default=0, description="Of a document: cells that wait for a person, empty till then."
    )
    checks: list[CheckResult] = Field(default_factory=list, description="Of its rows, by the contract.")
    findings: list[Finding] = Field(default_factory=list, description="How it was read.")


class IngestedTable(BaseModel):
    """A table of the warehouse that the load changed."""

    name: str
    mode: Literal["append", "replace", "upsert"]
    columns: list[ColumnInfo]
    rows_before: int
    rows_after: int
    sources: list[SourceRead]
    contract: str | None = Field(default=None, description="Where the contract of the table is kept.")
    contract_is_new: bool = Field(default=False, description="It was proposed from this load.")
    checks: list[CheckResult] = Field(default_factory=list, description="Of the load as a whole.")
    findings: list[Finding] = Field(default_factory=list, description="About the table as a whole.")

    @property
    def rows_read(self) -> int:
        """Rows that came in."""
        return sum(source.rows_read for source in self.sources)

    @property
    def all_checks(self) -> list[CheckResult]:
        """Return the checks of the whole and of each source."""
        return self.checks + [check for source in self.sources for check in source.checks]

    @property
    def cells_uncertain(self) -> int:
        """Cells that are empty until a person has looked at them."""
        return sum(source.cells_uncertain for source in self.sources)

    @property
    def rows_set_aside(self) -> int:
        """Rows that came in and were kept out of the table."""
        return sum(source.rows_set_aside for source in self.sources)


class IngestReport(BaseModel):
    """What one run of `datacraft ingest` did."""

    schema_version: Literal[1] = 1
    status: Literal["loaded", "unchanged", "rejected"]
    load_id: int | None = Field(description="Null where nothing was loaded before under these conditions.")
    warehouse: str
    started_at: dt.datetime
    code_version: str
    tables: list[IngestedTable] = Field(default_factory=list)
    findings: list[Finding] = Field(default_factory=list, description="About files rather than tables.")
