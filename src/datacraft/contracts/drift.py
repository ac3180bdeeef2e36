"""`DriftReport`: what is different between two profiles, how much, and whether it could be chance."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from datacraft.contracts.profile import ColumnKind

LINE = 0.2
"""Scores from here on are drift: of a column, and of all data together."""


class Band(StrEnum):
    """How a column is to be taken."""

    STEADY = "steady"
    POSSIBLE = "possible"
    """More than chance, less than the line: to be watched."""
    DRIFTED = "drifted"
    UNKNOWN = "unknown"
    """Nothing to compare: one side has no rows."""


class Severity(StrEnum):
    """What a finding does to the answers."""

    NOTE = "note"
    SERIOUS = "serious"
    """Answers go on and may be wrong."""
    BREAKING = "breaking"
    """Questions that were answered no longer can be."""


class Finding(StrEnum):
    """What can be different about a schema, beyond statistics."""

    OTHER_DATA = "other_data"
    TABLE_GONE = "table_gone"
    TABLE_NEW = "table_new"
    TABLE_RENAMED = "table_renamed"
    TABLE_EMPTY = "table_empty"
    BASELINE_EMPTY = "baseline_empty"
    COLUMN_GONE = "column_gone"
    COLUMN_NEW = "column_new"
    COLUMN_RENAMED = "column_renamed"
    TYPE_CHANGED = "type_changed"
    UNIT_JUMP = "unit_jump"
    NO_VALUES = "no_values"
    ONE_VALUE = "one_value"
    NOT_FINITE = "not_finite"
    TIME_BACKWARDS = "time_backwards"
    RELATION = "relation"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class SchemaFinding(_Part):
    """Something about tables and columns that is not a matter of degree."""

    finding: Finding
    severity: Severity
    table: str | None = None
    column: str | None = None
    words: str = Field(description="What is different, in one sentence.")


class Cell(_Part):
    """A value, a group of values or an interval, and how often it is."""

    label: str
    baseline: float = Field(description="Share of the rows, 0 to 1.")
    current: float = Field(description="Share of the rows, 0 to 1.")
    low: float | None = Field(default=None, description="Of an interval: where it starts, exclusive.")
    high: float | None = Field(default=None, description="Of an interval: where it ends, inclusive.")


class ColumnDrift(_Part):
    """How a column's distribution differs; the figures are stored whatever the band says."""

    table: str
    column: str
    kind: ColumnKind
    band: Band
    score: float = Field(description="0 to 1; from 0.2 on it has drifted.")
    effect: float = Field(
        description="0 to 1: how different the distributions are, without what chance and the column's own "
        "movement explain."
    )
    total_variation: float = Field(description="Share of the rows that would have to change, as measured.")
    by_chance: float = Field(description="Total variation to be expected of equal data of these sizes.")
    spread: float = Field(
        description="How far the column moves by itself, from one stretch of time to another."
    )
    psi: float = Field(description="Population stability index.")
    jensen_shannon: float = Field(description="Jensen-Shannon distance, base 2, 0 to 1.")
    wasserstein: float | None = Field(
        default=None, description="Of numbers: how far values moved, in the baseline's standard deviations."
    )
    p_value: float = Field(description="Chance of a difference like this between equal data.")
    adjusted_p: float = Field(description="The same, for all columns together (Holm).")
    q_value: float = Field(
        description="Share of chance findings among columns at least as clear (Benjamini-Hochberg)."
    )
    rows: tuple[int, int] = Field(description="Of baseline and current data.")
    nulls: tuple[float, float] = Field(description="Share of nulls, before and now.")
    distinct: tuple[int, int] = Field(description="Distinct values, before and now.")
    unseen: float | None = Field(
        default=None,
        description="Of categories: share of the rows whose value the baseline does not have; estimated "
        "where there are many values.",
    )
    cells: tuple[Cell, ...] = Field(default=(), description="To be drawn: old against new.")
    words: str = Field(description="What changed, in a few words.")
    expected: str | None = Field(
        default=None, description="Why the column's values are not scored: they go on by themselves."
    )


class Side(_Part):
    """One of the two data sets."""

    name: str = ""
    created_at: dt.datetime
    data_hash: str
    rows: int


class DriftReport(BaseModel):
    """What is different between two data sets, the column that moved furthest first."""

    schema_version: Literal[1] = 1
    created_at: dt.datetime
    baseline: Side
    current: Side
    alpha: float = Field(description="Chance of any false alarm over all columns, where nothing changed.")
    score: float = Field(description="0 to 1: the highest of the columns' scores and the findings' weights.")
    verdict: Literal["steady", "drifted", "unknown"]
    words: str = Field(description="The verdict in one sentence.")
    columns: list[ColumnDrift]
    findings: list[SchemaFinding]

    @property
    def drifted(self) -> bool:
        """The score reaches the line."""
        return self.verdict == "drifted"


class QuestionDrift(BaseModel):
    """How the questions of production differ from those that a model was chosen by, or from earlier ones."""

    schema_version: Literal[1] = 1
    created_at: dt.datetime
    questions: tuple[int, int] = Field(description="Of the baseline and of production.")
    features: DriftReport = Field(
        description="Topic, length and whatever else is known of each question, as columns."
    )
    by_text: bool = Field(
        default=True,
        description="The classifier judged by words; else by features, since the texts were not kept.",
    )
    new_words: float | None = Field(
        description="Share of production's words that no question of the baseline has; null without texts."
    )
    telling_words: list[str] = Field(
        description="Words that tell production from the baseline, the clearest first; none that fewer than five "
        "conversations have, so that no single person's words are shown."
    )
    separation: float = Field(
        description="0.5 to 1: chance that the classifier puts a question of production above one of the baseline "
        "(area under the ROC curve), on questions that it was not fitted to."
    )
    p_value: float = Field(description="Chance of such a separation where nothing changed.")
    score: float = Field(description="0 to 1; from 0.2 on the questions have drifted.")
    verdict: Literal["steady", "drifted", "unknown"]
    words: str = Field(description="The verdict in one sentence.")


class DayDrift(BaseModel):
    """How the traffic of the last day differs from the time before the window."""

    window_s: int = Field(description="Length of the day, which ends now.")
    questions: QuestionDrift
    behaviour: DriftReport

    @property
    def score(self) -> float:
        """The higher one of both."""
        return max(self.questions.score, self.behaviour.score)

    @property
    def drifted(self) -> bool:
        """One of both has drifted."""
        return self.questions.verdict == "drifted" or self.behaviour.drifted

    @property
    def words(self) -> str:
        """What changed since yesterday."""
        said = [self.questions.words] if self.questions.verdict == "drifted" else []
        said += [f"Answers have changed: {self.behaviour.words}"] if self.behaviour.drifted else []
        return (
            f"In the last 24 hours: {' '.join(said)}" if said else "The last 24 hours are as the time before."
        )


class TrafficDrift(BaseModel):
    """How the traffic of a window differs from the question set of the release, and from the time before."""

    schema_version: Literal[1] = 1
    created_at: dt.datetime
    channel: str | None = Field(description="Whose questions; null: everybody's.")
    release_id: str | None = Field(description="Whose question set; null: there is none to compare with.")
    window_s: int = Field(description="Length of the window, which ends now.")
    before_s: int = Field(description="Length of the time before it that it is compared with.")
    against_set: QuestionDrift | None = Field(
        description="Questions against the question set of the release."
    )
    against_before: QuestionDrift = Field(description="Questions against those before the window.")
    behaviour: DriftReport = Field(
        description="What became of them against what did before: tables, charts, outcomes, confidence."
    )
    day: DayDrift | None = Field(
        default=None,
        description="The last day alone, in which a sudden change shows long before it does in the window; null: too "
        "little was asked.",
    )
    alpha: float = Field(description="Chance of any false alarm over all of these, where nothing changed.")
    score: float = Field(description="0 to 1: the highest of the scores against the time before.")
    verdict: Literal["steady", "drifted", "unknown"] = Field(
        description="Against the time before, of the window or the day. That people ask other things than the question set does is told by "
        "`against_set`: it says how far the release's figures hold, not that anything changed."
    )
    words: str = Field(description="The verdict in one sentence.")
    findings: list[str] = Field(
        default_factory=list, description="What could not be read or compared, and what follows from it."
    )

    @property
    def window_drifted(self) -> bool:
        """The whole window has drifted, and not the last day alone."""
        return self.verdict == "drifted" and (
            self.against_before.verdict == "drifted" or self.behaviour.drifted
        )
