"""`Usage`: what an answer cost."""

from __future__ import annotations

from pydantic import BaseModel, Field


class Usage(BaseModel):
    """What an answer cost; no calls and no tokens for the built-in engine."""

    calls: int = Field(default=0, description="Replies of a model that were paid for.")
    attempts: int = Field(default=0, description="Requests that were sent for them.")
    cached: int = Field(default=0, description="Replies that were kept from an equal request.")
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0
    estimated_bytes: int | None = Field(
        default=None, description="Bytes that the warehouse expected to read; null where it does not tell."
    )
