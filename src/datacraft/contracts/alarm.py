"""`Alarm`: something wrong with production that lasts from one look to the next; and `Act`: what was done about it."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Severity = Literal["ticket", "page"]
Action = Literal["re_evaluate", "roll_back"]
ActState = Literal["waiting", "declined", "started", "done", "failed"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class Word(_Part):
    """What a person said, and until when it holds."""

    by: str
    reason: str
    at: dt.datetime
    until: dt.datetime | None = Field(default=None, description="Null: until it is over.")


class Alarm(_Part):
    """Something that is wrong. It is believed, and told, from `opened_at` on. Times are UTC."""

    name: str = Field(description="Of the alert that it comes from; there is one alarm of a name at a time.")
    severity: Severity
    message: str = Field(description="Of the last look that saw it.")
    release_id: str | None = Field(description="That served when it was first seen.")
    first_at: dt.datetime
    seen_at: dt.datetime
    looks: int = Field(ge=1, description="In a row, in which it was seen.")
    clear: int = Field(default=0, ge=0, description="Good looks in a row since.")
    opened_at: dt.datetime | None = Field(default=None, description="Null: not believed yet.")
    told_at: dt.datetime | None = None
    resolved_at: dt.datetime | None = None
    acknowledged: Word | None = Field(default=None, description="Who looks after it: reminders stop.")


class AlarmBook(_Part):
    """All alarms of a channel: those that last, the latest that are over, and what is muted."""

    schema_version: Literal[1] = 1
    alarms: tuple[Alarm, ...] = ()
    past: tuple[Alarm, ...] = Field(default=(), description="The latest first.")
    mutes: dict[str, Word] = Field(default_factory=dict, description="By name of the alarm.")
    looked_at: dt.datetime | None = None

    @property
    def open(self) -> tuple[Alarm, ...]:
        """Those that are believed."""
        return tuple(one for one in self.alarms if one.opened_at is not None)

    def is_muted(self, name: str, now: dt.datetime) -> bool:
        """Tell whether nobody wants to hear of an alarm."""
        word = self.mutes.get(name)
        return word is not None and (word.until is None or now < word.until)


EventKind = Literal["opened", "worse", "reminder", "resolved"]


class AlarmEvent(_Part):
    """What a look changed about an alarm."""

    kind: EventKind
    alarm: Alarm


class Decision(_Part):
    """What a look leads to."""

    action: Action | None = Field(default=None, description="Null: nothing is to be done but telling.")
    causes: tuple[str, ...] = Field(default=(), description="Names of the alarms that ask for it.")
    reason: str
    held: str | None = Field(default=None, description="Why it is not done all the same.")


class Act(_Part):
    """Something that monitoring did, or waits to be allowed to do: `monitoring/{channel}/acts/{id}.json`."""

    schema_version: Literal[1] = 1
    id: str
    at: dt.datetime
    channel: str
    action: Action
    causes: tuple[str, ...]
    reason: str
    release_id: str | None = Field(description="That served.")
    evidence: str = Field(description="Path of the report, in the registry.")
    state: ActState
    word: Word | None = Field(default=None, description="Who allowed or declined it.")
    reference: str | None = Field(default=None, description="Of the run that it started.")
    outcome: str = Field(default="", description="How that ended, as a sentence.")
    ended_at: dt.datetime | None = None
