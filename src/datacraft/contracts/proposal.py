"""What an engine proposes for a question, before anything is run."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from datacraft.contracts.plan import QueryPlan


class SpanReading(BaseModel):
    """How some words of the question were read."""

    text: str = Field(description="The words as they were typed.")
    meaning: str = Field(description='For a person: "column orders.region", "filter region = East".')
    kind: str = Field(description="table, column, value, measure, number, time, operator, ...")


class Proposal(BaseModel):
    """A reading of the question: the plan, how sure the engine is, and which word became what."""

    plan: QueryPlan
    confidence: float = Field(ge=0, le=1)
    reading: list[SpanReading] = Field(default_factory=list)
    chart: (
        Literal["number", "table", "line", "bar", "grouped_bar", "stacked_bar", "scatter", "histogram"] | None
    ) = Field(default=None, description="The chart that the question asks for, if it does.")


class Turn(BaseModel):
    """One earlier question of a session and the plan that answered it; follow-ups change the last plan."""

    question: str
    plan: QueryPlan
