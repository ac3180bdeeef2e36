"""`MetricsReport`: what production did in each window of time, by release and channel, and what can't be trusted."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Scope = Literal["all", "channel", "release"]
"""Whose requests are counted together: everybody's, one channel's, or one release's on one channel."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class Anomaly(StrEnum):
    """What can be wrong with measurements."""

    UNREADABLE_FILE = "unreadable_file"
    UNREADABLE_LINES = "unreadable_lines"
    LOST_RECORDS = "lost_records"
    NEWER_SCHEMA = "newer_schema"
    DUPLICATES = "duplicates"
    CLOCK_BACKWARDS = "clock_backwards"
    FROM_THE_FUTURE = "from_the_future"
    GAP = "gap"
    MISSING_POINTS = "missing_points"
    METRIC_ABSENT = "metric_absent"


class MetricFinding(_Record):
    """Something about the measurements themselves."""

    anomaly: Anomaly
    words: str = Field(description="What it is and what follows from it, in one sentence.")
    count: int = Field(default=1, description="How often: lines, records or points.")


class Quantiles(_Record):
    """Milliseconds."""

    p50: float
    p95: float
    p99: float


class TopicRate(_Record):
    """How often questions about one table were answered."""

    requests: int
    answered: int


class WindowMetrics(_Record):
    """What happened in one window. Counts are of questions unless they say otherwise; null: the source can't tell."""

    scope: Scope
    channel: str | None = Field(default=None, description="Null in scope `all`, or where none was recorded.")
    release_id: str | None = Field(default=None, description="Null outside scope `release`, or unknown.")
    window_s: int = Field(description="Length, up to the report's moment.")
    requests: int
    answered: int
    refused: int = Field(default=0, description="Not understood or not to be answered.")
    asked_back: int = Field(default=0, description="Ambiguous: choices were shown.")
    rejected: int = Field(
        default=0, description="Input that can't be a question, and those nobody waited for."
    )
    failed: int = Field(description="Failed inside.")
    errors: dict[str, int] = Field(default_factory=dict, description="Whatever was not answered, by code.")
    fallback: int = Field(default=0, description="Answered by another model than the one that serves.")
    latency: Quantiles | None = None
    steps: dict[str, Quantiles] = Field(default_factory=dict, description="Latency by step of the path.")
    within_ms: dict[int, int] = Field(
        default_factory=dict, description="Answered within so many milliseconds."
    )
    liked: int | None = None
    disliked: int | None = Field(default=None, description="The last thumb points down.")
    rephrased: int | None = Field(
        default=None, description="Answered, and asked again at once in much the same words."
    )
    doubted: int | None = Field(
        default=None, description="Answered, and disliked or rephrased: a proxy for wrong answers."
    )
    topics: dict[str, TopicRate] = Field(
        default_factory=dict, description="By table that the SQL reads; questions without SQL have none."
    )
    model_questions: int | None = Field(default=None, description="For which a language model was asked.")
    calls: int = Field(default=0, description="Replies of language models that were paid for.")
    kept_replies: int = Field(default=0, description="Replies that were kept from an equal request.")
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0

    @property
    def judged(self) -> int:
        """Requests that were to be answered: what was refused, asked back or rejected is up to who asks."""
        return self.answered + self.failed

    @property
    def success_rate(self) -> float | None:
        """Share of `judged` that was answered, 0 to 1."""
        return self.answered / self.judged if self.judged else None

    @property
    def error_rate(self) -> float | None:
        """Share of the requests that failed inside, 0 to 1."""
        return self.failed / self.requests if self.requests else None

    @property
    def answer_rate(self) -> float | None:
        """Share that the release's own model answered, of the requests that somebody waited for, 0 to 1."""
        waited = self.requests - self.rejected
        return (self.answered - self.fallback) / waited if waited else None

    @property
    def refusal_rate(self) -> float | None:
        """Share of the requests that was refused or asked back, 0 to 1."""
        return (self.refused + self.asked_back) / self.requests if self.requests else None

    @property
    def doubt_rate(self) -> float | None:
        """Share of the answered that was disliked or rephrased, 0 to 1."""
        return self.doubted / self.answered if self.answered and self.doubted is not None else None

    @property
    def model_share(self) -> float | None:
        """Share of the requests for which a language model was asked, 0 to 1."""
        if not self.requests or self.model_questions is None:
            return None
        return self.model_questions / self.requests

    @property
    def cache_share(self) -> float | None:
        """Share of the replies that were kept ones, 0 to 1."""
        replies = self.calls + self.kept_replies
        return self.kept_replies / replies if replies else None


class DayCounts(_Record):
    """What happened on a channel in one stretch of 24 hours. Counts are of questions; null: the source can't tell."""

    channel: str | None = Field(default=None, description="Null where the source knows no channels.")
    ago: int = Field(ge=0, description="Such stretches lie between this one and the report's moment.")
    requests: int
    answered: int
    rejected: int = 0
    failed: int
    fallback: int = 0
    doubted: int | None = None
    took: dict[int, int] = Field(
        default_factory=dict,
        description="Answered, by time taken: `n` counts those of 2^(n/4) ms and longer, below 2^((n+1)/4).",
    )


class MetricsReport(_Record):
    """What production did until one moment."""

    schema_version: Literal[1] = 1
    created_at: dt.datetime = Field(description="UTC; where the windows end.")
    source: str = Field(description="Where the figures come from, for a person.")
    windows: tuple[WindowMetrics, ...] = ()
    days: tuple[DayCounts, ...] = Field(default=(), description="A stretch without requests may be left out.")
    findings: tuple[MetricFinding, ...] = ()
    last_at: dt.datetime | None = Field(default=None, description="Of the last request; null: there is none.")

    def of(self, window_s: int, channel: str | None = None) -> WindowMetrics | None:
        """Return one window of a channel, or of all together; None where nothing was measured."""
        scope = "all" if channel is None else "channel"
        return next(
            (
                one
                for one in self.windows
                if one.scope == scope and one.window_s == window_s and one.channel == channel
            ),
            None,
        )
