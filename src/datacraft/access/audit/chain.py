"""The hash chain of the audit log: each entry holds the SHA-256 of the entry before, and of itself.

An entry that is changed, missing, added or out of its place no longer fits what stands before or after it. The
chain has no secret: who can write to the database can write it anew from some entry on. Against that, keep the
head somewhere else, and let `find_break` look for it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from datacraft.contracts.access import GENESIS, AuditEntry, AuditRecord


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry; number 0 where there is none."""

    number: int = 0
    hash: str = GENESIS


@dataclass(frozen=True, slots=True)
class Break:
    """The first entry that is not as it was written, and what is wrong with it."""

    number: int
    problem: str


def seal(record: AuditRecord, at: dt.datetime, head: Head) -> AuditEntry:
    """Return a record as the entry that follows the head."""
    fields = record.model_dump(include=set(AuditRecord.model_fields))
    entry = AuditEntry(
        **fields, number=head.number + 1, at=at.astimezone(dt.UTC), previous=head.hash, hash=""
    )
    return entry.model_copy(update={"hash": hash_of(entry)})


def hash_of(entry: AuditEntry) -> str:
    """Return the SHA-256 of an entry: of all it holds but `hash`, as JSON with sorted keys."""
    held = entry.model_dump(exclude={"hash", "at"})
    # Microseconds are what both databases keep of a moment.
    held["at"] = entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    text = json.dumps(held, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def find_break(entries: Iterable[AuditEntry], head: Head, *, known: str | None = None) -> Break | None:
    """Return the first entry that is not as it was written; None: all is.

    Args:
        entries: all of them, by number.
        head: what the log says is its last entry.
        known: hash of an entry, kept elsewhere, that must be among them.
    """
    last, found = Head(), known is None
    for entry in entries:
        if entry.number != last.number + 1:
            return Break(last.number + 1, f"it is missing; entry {entry.number} is next")
        if entry.previous != last.hash:
            return Break(entry.number, f"it does not follow entry {last.number} as that is now")
        if entry.hash != hash_of(entry):
            return Break(entry.number, "it was changed")
        last = Head(entry.number, entry.hash)
        found = found or entry.hash == known
    if last.number < head.number:
        return Break(last.number + 1, f"it is missing, and so is all up to entry {head.number}")
    if last != head:
        return Break(last.number, f"the log's head says that entry {head.number} is the last")
    if not found:
        return Break(last.number, f"no entry has the hash {known}: the log was written anew")
    return None
