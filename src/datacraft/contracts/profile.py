"""`DataProfile`: statistics of a data set at one time. Drift compares two of them."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, Field


class ColumnKind(StrEnum):
    """How a column's distribution is described, and so how two of them are compared."""

    NUMBER = "number"
    CATEGORY = "category"
    TIME = "time"
    """Goes on by itself: dates, time stamps, years."""
    ID = "id"
    """Has new values in new rows: numbers that run on, texts that hardly repeat."""
    OTHER = "other"


class ColumnProfile(BaseModel):
    """Statistics of one column. Counts are rows; numbers are in the column's own unit, times in seconds since 1970."""

    name: str
    type: str
    kind: ColumnKind | None = Field(default=None, description="None in profiles of older versions.")
    rows: int
    nulls: int
    distinct: int = Field(description="Approximate above 100,000 rows.")
    minimum: float | str | None = None
    maximum: float | str | None = None
    mean: float | None = None
    stddev: float | None = None
    quantiles: dict[str, float] = Field(default_factory=dict, description='"0.01" ... "0.99" of numbers.')
    bin_edges: list[float] = Field(
        default_factory=list,
        description="n + 1 edges of `bin_counts`; a bin holds its upper edge, the first one both. Of an id that is "
        "text: edges of lengths, in characters.",
    )
    bin_counts: list[int] = Field(default_factory=list)
    not_finite: int = Field(default=0, description="Rows of infinities and not-a-numbers; in no bin.")
    top_values: dict[str, int] = Field(
        default_factory=dict, description="The most frequent values' row counts."
    )
    other_count: int = Field(default=0, description="Rows of values that are not in `top_values`.")
    other_buckets: list[int] = Field(
        default_factory=list,
        description="Of a sensitive column: `other_count` by the value's hash, in 16 groups.",
    )
    value_sample: dict[str, int] = Field(
        default_factory=dict,
        description="Where there are more values than `top_values` names: row counts of the 256 values whose hashes are "
        "lowest, by hash. Chance chose them, and the same ones in every profile.",
    )
    distinct_sketch: str | None = Field(
        default=None, description="HyperLogLog registers, base64: distinct values of merged profiles."
    )
    sensitive: bool = Field(
        default=False, description="No value is held: hashed counts, and bins with edges of two digits."
    )
    rows_per_case: float = Field(
        default=1.0,
        description="How many rows tell as much as one that is independent of the others: rows that follow one another "
        "in time are often alike. 1 where no time is known.",
    )
    spread: float = Field(
        default=0.0,
        description="How different the most different of ten stretches of time is from the rest of this data, beyond "
        "chance, 0 to 1; 0 where no time is known.",
    )


class TableProfile(BaseModel):
    """Statistics of one table."""

    name: str
    rows: int
    time_column: str | None = Field(default=None, description="Whose stretches `spread` is about.")
    columns: list[ColumnProfile]
    sample: dict[str, list[float | None]] = Field(
        default_factory=dict,
        description="At most 500 rows' numbers by column, to compare how columns go together; never of a sensitive one.",
    )


class DataProfile(BaseModel):
    """Statistics of a data set."""

    schema_version: Literal[1] = 1
    created_at: dt.datetime
    data_hash: str = Field(description="SHA-256 of the content; equal data, equal hash.")
    hashed_by: str | None = Field(
        default=None, description="What hashed the values; sketches and buckets of others can't be joined."
    )
    tables: list[TableProfile]
