"""`DataProfile`: statistics of a data set at one time. Drift compares two of them."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, Field


class ColumnProfile(BaseModel):
    """Statistics of one column. Counts are rows; numbers are in the column's own unit."""

    name: str
    type: str
    rows: int
    nulls: int
    distinct: int = Field(description="Approximate above 100,000 rows.")
    minimum: float | str | None = None
    maximum: float | str | None = None
    mean: float | None = None
    stddev: float | None = None
    quantiles: dict[str, float] = Field(default_factory=dict, description='"0.01" ... "0.99" of numbers.')
    bin_edges: list[float] = Field(default_factory=list, description="n + 1 edges of `bin_counts`.")
    bin_counts: list[int] = Field(default_factory=list)
    top_values: dict[str, int] = Field(
        default_factory=dict, description="The most frequent values' row counts."
    )
    other_count: int = Field(default=0, description="Rows of values that are not in `top_values`.")


class TableProfile(BaseModel):
    """Statistics of one table."""

    name: str
    rows: int
    columns: list[ColumnProfile]


class DataProfile(BaseModel):
    """Statistics of a data set."""

    schema_version: Literal[1] = 1
    created_at: dt.datetime
    data_hash: str = Field(description="SHA-256 of the content; equal data, equal hash.")
    tables: list[TableProfile]
