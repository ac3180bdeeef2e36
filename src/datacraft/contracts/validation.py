"""`ValidationReport`: the evaluation's own floors, as a release carries them."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, Field

from datacraft.contracts.selection import FloorResult


class ValidationReport(BaseModel):
    """`validation_report.json`: whether the release passed what its evaluation demands; never changed later."""

    schema_version: Literal[1] = 1
    release_id: str
    deployment_ready: bool = Field(description="Every floor was reached.")
    floors: list[FloorResult]
    created_at: dt.datetime
