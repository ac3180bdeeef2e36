"""`Answer`: what `QueryHandler.ask` returns and every face shows."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel, Field

from datacraft.contracts.errors import ErrorInfo
from datacraft.contracts.plan import QueryPlan
from datacraft.contracts.proposal import ChartKind, SpanReading
from datacraft.contracts.usage import Usage

Cell = bool | int | float | str | dt.datetime | dt.date | dt.time | None


class ResultColumn(BaseModel):
    """A column of the result."""

    name: str
    label: str
    type: Literal["text", "integer", "number", "boolean", "date", "timestamp", "time", "other"]
    unit: str | None = None
    role: Literal["dimension", "measure"] = "dimension"


class Chart(BaseModel):
    """A chart as Plotly JSON (`data` and `layout`); `kind` number and table have none."""

    kind: ChartKind
    title: str = ""
    plotly: dict[str, Any] | None = None
    alt: str = Field(default="", description="The chart in words, for those who can't see it.")


class Timings(BaseModel):
    """Milliseconds by step of the path of a question."""

    propose_ms: float = 0.0
    render_ms: float = 0.0
    guard_ms: float = 0.0
    execute_ms: float = 0.0
    present_ms: float = 0.0
    total_ms: float = 0.0


class Answer(BaseModel):
    """SQL, rows, chart and one honest sentence; or a typed error and no rows."""

    schema_version: Literal[1] = 1
    question_id: str = Field(description="Unique; feedback and telemetry refer to it.")
    session: str | None = None
    question: str
    sql: str | None = None
    columns: list[ResultColumn] = Field(default_factory=list)
    rows: list[list[Cell]] = Field(default_factory=list)
    truncated: bool = Field(default=False, description="The row limit cut the result.")
    chart: Chart | None = None
    explanation: str = Field(
        default="", description="One or two sentences: what was computed, and the headline."
    )
    notes: list[str] = Field(default_factory=list, description="Assumptions and warnings.")
    reading: list[SpanReading] = Field(default_factory=list)
    confidence: float | None = Field(default=None, ge=0, le=1)
    plan: QueryPlan | None = None
    error: ErrorInfo | None = None
    timings: Timings = Field(default_factory=Timings)
    usage: Usage = Field(default_factory=Usage)
    model: str = Field(default="", description="Who answered.")
    strategy: str = Field(default="", description="By which strategy.")
    repairs: int = Field(default=0, description="Drafts before the last that were refused, failed or absurd.")
    fallback: str | None = Field(default=None, description="Why it was not the model that should have.")
    release_id: str | None = None
    asked_at: dt.datetime
