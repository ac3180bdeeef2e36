"""Verdicts on a release, written beside it: `validations/{release_id}/{timestamp}.json`."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from datacraft.contracts.estimate import Estimate
from datacraft.contracts.gates import ComparisonPolicy, GatePolicy


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class Override(_Record):
    """A person's word that a gate's rejection shall not count."""

    by: str = Field(min_length=1)
    reason: str = Field(min_length=1)


class GateResult(_Record):
    """What one gate thinks of a release."""

    gate: str
    passed: bool
    detail: str = Field(description="What was judged, and by which measure, as a sentence.")
    value: float | None = Field(default=None, description="The figure; null where it is unknown.")
    judged: float | None = Field(default=None, description="The figure, or the bad end of its interval.")
    threshold: float | None = None
    cases: int | None = None
    more_cases: int | None = Field(
        default=None, description="About so many more would settle it, were they like these."
    )
    override: Override | None = None

    @property
    def stands(self) -> bool:
        """Whether it stops nobody."""
        return self.passed or self.override is not None


class GatesVerdict(_Record):
    """What all gates think of a release."""

    schema_version: Literal[1] = 1
    kind: Literal["gates"] = "gates"
    release_id: str
    manifest: str | None = Field(description="SHA-256 of the release's manifest.")
    accepted: bool = Field(description="Every gate passed, or its rejection was overridden.")
    gates: tuple[GateResult, ...] = Field(min_length=1)
    policy: GatePolicy
    created_at: dt.datetime

    @model_validator(mode="after")
    def _consistent(self) -> GatesVerdict:
        if self.accepted != all(gate.stands for gate in self.gates):
            raise ValueError("accepted says other than the gates")
        return self


class Check(_Record):
    """One thing in which a release was compared with what serves."""

    check: str
    passed: bool
    detail: str
    candidate: float | None = None
    production: float | None = None
    difference: Estimate | None = Field(default=None, description="Candidate less production.")
    p_value: float | None = Field(default=None, description="Of being worse; corrected for all slices.")


Method = Literal["same run", "same cases", "asked again", "same config", "none"]
"""`same run`: what served took part in the release's evaluation; `same cases`: it was evaluated on them before;
`same config`: the two are one model, so that there is nothing to compare; `none`: nothing serves, or nothing of it is
known on the same cases and data."""


class ComparisonVerdict(_Record):
    """Whether a release is as good as what serves."""

    schema_version: Literal[1] = 1
    kind: Literal["comparison"] = "comparison"
    release_id: str
    manifest: str | None = Field(description="SHA-256 of the release's manifest.")
    channel: str
    production: str | None = Field(description="The release that served; null: none did.")
    method: Method = Field(description="Where production's answers to the same cases come from.")
    accepted: bool = Field(description="Not worse in anything that counts, or that was overridden.")
    superior: bool = Field(default=False, description="Surely more accurate.")
    checks: tuple[Check, ...] = ()
    reason: str = Field(description="The verdict as a sentence.")
    override: Override | None = None
    policy: ComparisonPolicy
    created_at: dt.datetime

    @model_validator(mode="after")
    def _consistent(self) -> ComparisonVerdict:
        passed = self.production is None or (bool(self.checks) and all(one.passed for one in self.checks))
        if self.accepted != (passed or self.override is not None):
            raise ValueError("accepted says other than the checks")
        return self


Verdict = GatesVerdict | ComparisonVerdict
