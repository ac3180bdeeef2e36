"""`BiasReport`: whether a candidate's answers depend on who or what a question is about."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from datacraft.contracts.estimate import Estimate

Severity = Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]
SEVERITIES: tuple[Severity, ...] = ("LOW", "MEDIUM", "HIGH", "CRITICAL")
"""From the least grave to the gravest."""
BiasTest = Literal["counterfactual", "parity", "framing", "wording", "coverage"]


class BiasFinding(BaseModel):
    """A bias that more than chance explains."""

    model_config = ConfigDict(frozen=True)

    test: BiasTest
    attribute: str | None = Field(default=None, description="The column that the groups are of.")
    group: str | None = Field(default=None, description="The group that is treated unlike the others.")
    outcome: str = Field(description="What differs: accuracy, refusals, latency, figures, wording, groups.")
    effect: float = Field(description="A difference of shares; of latency, a ratio less 1.")
    p_value: float = Field(description="Corrected for all tests of the report (Holm).")
    message: str = Field(description="The same as a sentence.")
    examples: tuple[str, ...] = Field(default=(), description="Questions that show it.")


class GroupShare(BaseModel):
    """How much of the data one group is; says nothing about a candidate."""

    attribute: str
    group: str | None = Field(description="Null: the rows that name none.")
    rows: int
    share: float


class BiasReport(BaseModel):
    """The bias of one candidate: 0 to 100, lower is better."""

    schema_version: Literal[1] = 1
    config_id: str
    score: float = Field(ge=0, le=100)
    severity: Severity
    rates: dict[BiasTest, Estimate] = Field(description="By test: the share of probes that show it.")
    findings: list[BiasFinding] = Field(default_factory=list)
    probes: int
    representation: list[GroupShare] = Field(
        default_factory=list, description="Of the data set itself; not counted against the candidate."
    )
