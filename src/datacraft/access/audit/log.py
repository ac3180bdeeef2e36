"""`AuditLog`: what was done, by whom, in the state database; it only grows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import Connection, Engine, RowMapping, exists, insert, select, true, update

from datacraft.access.audit.chain import Break, Head, find_break, seal
from datacraft.access.database import told_failures
from datacraft.access.database.tables import audit, audit_head
from datacraft.access.text import storable
from datacraft.config import mask_text
from datacraft.contracts.access import GENESIS, AuditAction, AuditEntry, AuditRecord, Outcome
from datacraft.contracts.errors import DataCraftError

_LONGEST = 2_000  # characters of a text
_AT_ONCE = 1_000


class AuditLog:
    """Entries that are never changed or taken away. Safe to use from several threads and processes.

    Args:
        engine: of the state database.
        clock: returns the present in UTC.
    """

    def __init__(self, engine: Engine, *, clock: Callable[[], dt.datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def append(self, record: AuditRecord) -> AuditEntry:
        """Write a record behind the last entry; once this returns, the entry stays.

        Secrets in its texts are masked.

        Raises:
            StateUnavailable: it could not be written.
        """
        with told_failures("The audit log"), self._engine.begin() as connection:
            entry = seal(_fit(record), self._clock(), _take_head(connection))
            connection.execute(insert(audit).values(**entry.model_dump()))
            connection.execute(update(audit_head).values(hash=entry.hash))
        return entry

    def latest(
        self, limit: int = 50, *, who: str | None = None, action: AuditAction | None = None
    ) -> list[AuditEntry]:
        """Return the latest entries, the latest first.

        Raises:
            StateUnavailable: they can't be read.
        """
        query = select(audit).order_by(audit.c.number.desc()).limit(limit)
        if who is not None:
            query = query.where(audit.c.who == who)
        if action is not None:
            query = query.where(audit.c.action == action)
        with told_failures("The audit log"), self._engine.connect() as connection:
            return [_entry(row) for row in connection.execute(query).mappings()]

    def verify(self, *, known: str | None = None) -> tuple[Head, Break | None]:
        """Return the last entry, and the first that is not as it was written.

        Args:
            known: hash of an entry, kept elsewhere, that must be in the log.

        Raises:
            StateUnavailable: the log can't be read.
        """
        with told_failures("The audit log"), self._engine.connect() as connection:
            # Head and entries in one statement: others may append meanwhile, and a statement sees one moment.
            heads = select(audit_head.c.number.label("head_number"), audit_head.c.hash.label("head_hash"))
            head_row = heads.where(audit_head.c.id == 1).subquery()
            query = select(audit, head_row).outerjoin(head_row, true()).order_by(audit.c.number)
            rows = iter(connection.execute(query.execution_options(yield_per=_AT_ONCE)).mappings())
            first = next(rows, None)
            if first is None:
                empty = heads.where(~exists(select(audit.c.number)))
                first_head = connection.execute(empty).mappings().one_or_none()
                head = _head(first_head) if first_head is not None else Head()
                return head, find_break((), head, known=known)
            head = _head(first)
            return head, find_break(map(_entry, chain((first,), rows)), head, known=known)


@dataclass(slots=True)
class Deed:
    """What is being done; whoever does it may say how it ends."""

    outcome: Outcome = "done"
    detail: str = ""


@contextmanager
def recorded(
    log: AuditLog, who: str, action: AuditAction, target: str, source: str, detail: str = ""
) -> Iterator[Deed]:
    """Record how what is done within ends: as it says, refused (an error of ours) or failed (any other).

    Raises:
        StateUnavailable: the log can't be written.
    """
    deed = Deed(detail=detail)
    try:
        yield deed
    except BaseException as error:
        if isinstance(error, DataCraftError):
            deed.outcome, why = "refused", error.message
        else:
            deed.outcome, why = "failed", type(error).__name__
        deed.detail = f"{deed.detail}: {why}" if deed.detail else why
        raise
    finally:
        log.append(
            AuditRecord(
                who=who,
                action=action,
                target=target,
                source=source,
                outcome=deed.outcome,
                detail=deed.detail,
            )
        )


def _take_head(connection: Connection) -> Head:
    """Return the last entry, which is this transaction's alone from now on.

    The statement writes, so that it takes the row's lock in PostgreSQL and the database's in SQLite before anything is
    read: of two writers the second waits, and then sees what the first has written.
    """
    taken = update(audit_head).values(number=audit_head.c.number + 1)
    row = connection.execute(taken.returning(audit_head.c.number, audit_head.c.hash)).one_or_none()
    if row is None:  # somebody has deleted it: `verify` tells, and a first entry would collide
        connection.execute(insert(audit_head).values(id=1, number=1, hash=GENESIS))
        return Head()
    return Head(row.number - 1, row.hash)


def _head(row: RowMapping) -> Head:
    return Head() if row["head_number"] is None else Head(row["head_number"], row["head_hash"])


def _entry(row: RowMapping) -> AuditEntry:
    return AuditEntry.model_validate({name: row[name] for name in AuditEntry.model_fields})


def _fit(record: AuditRecord) -> AuditRecord:
    """Return a record as it can be stored, without secrets."""
    texts = {
        name: storable(mask_text(getattr(record, name)))[:_LONGEST]
        for name in ("who", "target", "source", "detail")
    }
    return record.model_copy(update=texts)
