"""`Estimate`: a measured figure with its interval."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Estimate(BaseModel):
    """A figure and the 95 % interval that it lies in; in the unit that its name says."""

    model_config = ConfigDict(frozen=True)

    value: float
    low: float
    high: float
    n: int = Field(ge=0, description="Cases that it rests on; repeats of a case count once.")
