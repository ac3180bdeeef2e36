"""Limits and preferences of the embedded warehouse."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class WarehouseSettings(BaseModel):
    """What the DuckDB warehouse may use, and how it reads what can be read in two ways."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    memory_mb: int = Field(
        default=1024, ge=128, description="Memory of all queries together, MB (10^6 bytes)."
    )
    threads: int | None = Field(default=None, ge=1, description="Threads of one query; null: one per core.")
    spill_mb: int = Field(default=8192, ge=0, description="Disk that large sorts and joins may use, MB.")
    day_first: bool | None = Field(
        default=None, description="How to read dates such as 03/04/2021 where nothing in the data decides it."
    )
