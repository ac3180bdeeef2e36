"""`TableContract`: the YAML that people edit, as a model."""

from __future__ import annotations

import hashlib
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from datacraft.contracts.semantic import ColumnType

OnViolation = Literal["reject", "quarantine", "warn"]
CheckKind = Literal["type", "required", "unique", "range", "allowed", "pattern"]
Scalar = bool | int | float | str


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnContract(_Part):
    """What the values of a column must be. Missing values pass all but `required`."""

    type: ColumnType
    required: bool = Field(default=False, description="No value may be missing.")
    unique: bool = Field(default=False, description="No value may come twice.")
    minimum: int | float | str | None = Field(default=None, description="Dates as 2024-01-31.")
    maximum: int | float | str | None = None
    allowed: tuple[Scalar, ...] = Field(default=(), description="All values that there may be.")
    pattern: str | None = Field(
        default=None, description="Regular expression (RE2) that the whole value must match."
    )
    warn: tuple[CheckKind, ...] = Field(
        default=(), description="Checks of this column that only warn, whatever `on_violation` says."
    )


class RowBounds(_Part):
    """How many rows a load may bring."""

    minimum: int | None = Field(default=None, ge=0)
    maximum: int | None = Field(default=None, ge=0)


class Freshness(_Part):
    """How old the newest row may be."""

    column: str
    max_age_days: float = Field(gt=0)


class Reference(_Part):
    """Columns whose values must be found in another table of the warehouse."""

    columns: tuple[str, ...] = Field(min_length=1)
    table: str
    referenced: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _pairs(self) -> Reference:
        if len(self.columns) != len(self.referenced):
            raise ValueError("columns and referenced must be of the same number")
        return self


class RowRule(_Part):
    """A condition over the columns of one row, in SQL. A row for which it is unknown (a missing value) passes."""

    name: str
    check: str = Field(description="For example: ship_date >= order_date")
    warn: bool = False


class TableContract(_Part):
    """What a table's rows must be, and what happens with those that are not."""

    schema_version: Literal[1] = 1
    table: str
    on_violation: OnViolation = Field(
        default="quarantine",
        description="reject: nothing is loaded; quarantine: bad rows are kept beside; warn: all is loaded.",
    )
    key: tuple[str, ...] = Field(default=(), description="Columns that together identify a row.")
    columns: dict[str, ColumnContract]
    other_columns: Literal["allow", "warn", "reject"] = Field(
        default="warn", description="What to do about columns that are not listed."
    )
    rows: RowBounds = RowBounds()
    freshness: Freshness | None = None
    references: tuple[Reference, ...] = ()
    rules: tuple[RowRule, ...] = ()

    @property
    def sha256(self) -> str:
        """Return what identifies the contract's content."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()
