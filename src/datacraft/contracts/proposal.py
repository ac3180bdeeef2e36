"""What an engine proposes for a question, before the handler runs it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, model_validator

from datacraft.contracts.plan import QueryPlan

ChartKind = Literal["number", "table", "line", "bar", "grouped_bar", "stacked_bar", "scatter", "histogram"]


class SpanReading(BaseModel):
    """How some words of the question were read."""

    text: str = Field(description="The words as they were typed.")
    meaning: str = Field(description='For a person: "column orders.region", "filter region = East".')
    kind: str = Field(description="table, column, value, measure, number, time, operator, ...")


class Proposal(BaseModel):
    """A reading of the question, as a plan or as SQL, with how sure the engine is, and which word became what."""

    plan: QueryPlan | None = None
    sql: str | None = Field(default=None, description="Where there is no plan; not checked by the guard yet.")
    confidence: float | None = Field(default=None, ge=0, le=1, description="Null where it is not measured.")
    reading: list[SpanReading] = Field(default_factory=list)
    chart: ChartKind | None = Field(default=None, description="The chart that the question asks for, if any.")
    notes: list[str] = Field(default_factory=list, description="Assumptions beside those of the plan.")
    answered_by: str = Field(
        default="", description="The model that proposed it; empty: the engine's own name."
    )
    strategy: str = Field(default="semantic", description="By which strategy.")
    repairs: int = Field(default=0, description="Drafts before it that were refused, failed or absurd.")
    fallback: str | None = Field(
        default=None, description="Why it is not the model that should have answered."
    )

    @model_validator(mode="after")
    def _is_something(self) -> Proposal:
        if (self.plan is None) == (self.sql is None):
            raise ValueError("a proposal is either a plan or SQL")
        return self


class Turn(BaseModel):
    """One earlier question of a session and what answered it; follow-ups change the last one."""

    question: str
    plan: QueryPlan | None = None
    sql: str | None = None
