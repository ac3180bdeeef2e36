"""Who may do what, and what was done: roles, API keys and entries of the audit log."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Role = Literal["viewer", "analyst", "engineer", "operator"]
"""What a person or a program is; each may do all that the one before may. See `datacraft.access.permissions`."""

AuditAction = Literal[
    "login", "logout", "export", "upload", "key_created", "key_revoked",
    "promote", "rollback", "pin", "unpin", "override", "prune", "sign", "deliver", "decide", "forget",
    "acknowledge", "mute", "baseline", "deploy", "stop",
]  # fmt: skip
Outcome = Literal["done", "refused", "failed"]


GENESIS = "0" * 64
"""Stands for the hash of the entry before the first."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class AuditRecord(_Record):
    """Who did what, on what, and how it ended."""

    who: str = Field(description="E-mail address, name of an API key, or user of the machine.")
    action: AuditAction
    target: str = Field(description="On what, such as a channel, a release or a key.")
    source: str = Field(description="From where: an address, or the command line of a machine.")
    outcome: Outcome
    detail: str = Field(default="", description="The reason that was given, or why it did not work.")


class AuditEntry(AuditRecord):
    """A record in its place in the log."""

    number: int = Field(ge=1)
    at: dt.datetime = Field(description="UTC.")
    previous: str = Field(description="SHA-256 of the entry before.")
    hash: str = Field(description="SHA-256 of this entry, its number and time and `previous` included.")


class ApiKey(_Record):
    """An API key, without its secret, which is kept nowhere. Times are UTC."""

    id: str
    name: str = Field(description="Who or what uses it.")
    role: Role
    created_at: dt.datetime
    created_by: str
    expires_at: dt.datetime
    revoked_at: dt.datetime | None = None
    last_used_at: dt.datetime | None = Field(default=None, description="To the minute.")

    def state(self, now: dt.datetime) -> Literal["valid", "expired", "revoked"]:
        """Return whether it opens anything at a moment."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if now >= self.expires_at else "valid"
