"""`Judgement`: what is thought of one answer to one case, and `CallRecord`, which keeps both."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from datacraft.contracts.answer import Cell
from datacraft.contracts.errors import ErrorInfo
from datacraft.contracts.usage import Usage

Outcome = Literal["answered", "refused", "failed"]

MistakeKind = Literal[
    "refused_wrongly", "answered_wrongly", "failed", "missing_filter", "extra_filter", "wrong_filter_value",
    "wrong_grain", "wrong_aggregation", "wrong_column", "wrong_join", "missing_column", "extra_column",
    "wrong_order", "wrong_limit", "other",
]  # fmt: skip


class Mistake(BaseModel):
    """How an answer differs from the gold that it comes closest to."""

    model_config = ConfigDict(frozen=True)

    kind: MistakeKind
    detail: str = Field(
        default="", description="The part of the query: what is expected, and what was given."
    )


class Judgement(BaseModel):
    """What is thought of one answer. A null says that there is nothing to judge, never that it is bad."""

    model_config = ConfigDict(frozen=True)

    outcome: Outcome = Field(
        description="`refused`: asked back, or declined; `failed`: an error of any other kind."
    )
    right: bool = Field(
        description="The rows equal those of a gold; where it can't be answered: it was not answered."
    )
    gold: int | None = Field(default=None, description="Which accepted gold it equals, from 0.")
    parses: bool | None = Field(default=None, description="The SQL is one well-formed SELECT.")
    passes_guard: bool | None = Field(default=None, description="The guard lets the SQL through.")
    executed: bool | None = Field(default=None, description="The SQL ran without error.")
    chart_fits: bool | None = Field(default=None, description="Of cases that name a chart.")
    faithful: bool | None = Field(
        default=None, description="Every number and filter that the sentence states is in result and query."
    )
    unfaithful: str | None = Field(default=None, description="What in the sentence is not.")
    variants: int = Field(default=0, description="On how many generated variants of the data it was judged.")
    variants_right: int = Field(default=0, description="On how many of these the rows equal the gold's too.")
    difference: str | None = Field(default=None, description="The first difference from a gold's rows.")
    mistakes: tuple[Mistake, ...] = ()


class CallRecord(BaseModel):
    """One call of one candidate: what it answered and what is thought of it; a line of the checkpoint."""

    model_config = ConfigDict(frozen=True)

    candidate: str = Field(description="The candidate's config id.")
    case: str
    repeat: int = Field(ge=0)
    sql: str | None = None
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = Field(default=(), description="The first ones.")
    row_count: int = 0
    result: str | None = Field(
        default=None, description="Digest of all rows in any order; equal for equal rows."
    )
    chart: str | None = None
    explanation: str = ""
    error: ErrorInfo | None = None
    confidence: float | None = None
    latency_ms: float
    usage: Usage = Usage()
    judgement: Judgement
    at: dt.datetime
