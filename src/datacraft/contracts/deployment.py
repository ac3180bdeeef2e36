"""What is deployed: revisions, how traffic is split between them, and what a deployment would change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

RevisionState = Literal["starting", "ready", "draining", "standby", "stopped", "failed"]
"""draining: keeps the sessions that it has; standby: runs unused, so that it can be gone back to at once."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DeployRequest(_Part):
    """What a new revision shall be; the rest is in the settings of the target."""

    channel: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", description="The one channel whose releases it serves."
    )
    release_id: str | None = Field(default=None, description="What the channel names now, where it is known.")
    again: bool = Field(default=False, description="Make a revision even where nothing has changed.")


class Change(_Part):
    """One line of a difference. Values are safe to show: what may be a secret is masked."""

    field: str
    before: str | None = Field(description="None: it was not set.")
    after: str | None = Field(description="None: it will not be set.")


class Plan(_Part):
    """What `apply` would do."""

    schema_version: Literal[1] = 1
    target: str
    service: str
    revision: str = Field(description="Name of the revision that would be made.")
    tag: str = Field(description="Short name under which the revision can be asked for.")
    basis: str = Field(description="What the service was when the plan was made; `apply` refuses any other.")
    first: bool = Field(description="Nothing serves yet.")
    request: DeployRequest
    changes: tuple[Change, ...]

    @property
    def needed(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.changes) or self.first or self.request.again


def _whole(shares: Mapping[str, int]) -> Mapping[str, int]:
    if any(not 0 <= share <= 100 for share in shares.values()):
        raise ValueError("each share must be between 0 and 100 %")
    if sum(shares.values()) != 100:
        raise ValueError(f"the shares must add up to 100 %, not {sum(shares.values())} %")
    return shares


class TrafficSplit(_Part):
    """How many percent of new sessions each revision gets. A session stays with its revision."""

    shares: Annotated[Mapping[str, int], AfterValidator(_whole)] = Field(
        description="Percent by revision; together 100. What is not named gets none."
    )

    @classmethod
    def all_to(cls, revision: str) -> Self:
        """Return the split that gives one revision everything."""
        return cls(shares={revision: 100})


class Revision(_Part):
    """One version of the service, running or not."""

    name: str
    tag: str
    channel: str
    release_id: str | None = None
    image: str = Field(description="The image, or the program where there is none.")
    state: RevisionState
    traffic: int = Field(default=0, ge=0, le=100, description="Percent of new sessions.")
    url: str | None = Field(default=None, description="Address of this revision alone.")
    created_at: dt.datetime
    restarts: int = Field(default=0, description="How often it was started again after it had died.")
    problem: str | None = Field(default=None, description="What keeps it from serving, or ended it last.")


class DeploymentStatus(_Part):
    """The service as it is."""

    schema_version: Literal[1] = 1
    target: str
    service: str
    url: str | None
    revisions: tuple[Revision, ...] = Field(description="The newest first.")
    problems: tuple[str, ...] = Field(default=(), description="A sentence for each; none: all is well.")

    @property
    def serving(self) -> tuple[Revision, ...]:
        """Those that get traffic, the one with the most first."""
        found = [revision for revision in self.revisions if revision.traffic]
        return tuple(sorted(found, key=lambda revision: -revision.traffic))

    def revision(self, name: str) -> Revision | None:
        """Return a revision by its name or tag."""
        return next((one for one in self.revisions if name in (one.name, one.tag)), None)
