"""Every table, in what SQLite and PostgreSQL have in common."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Column as DbColumn
from sqlalchemy import (
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A moment in UTC, aware on both sides; SQLite itself keeps no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Turn an aware moment into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Give moments back in UTC, whatever the connection's zone."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


metadata = MetaData()

conversations = Table(
    "datacraft_conversations",
    metadata,
    DbColumn("id", String(64), primary_key=True),
    DbColumn("owner", String(255), nullable=False),
    DbColumn("title", String(200), nullable=False),
    DbColumn("created_at", UtcDateTime, nullable=False),
    DbColumn("updated_at", UtcDateTime, nullable=False),
    Index("datacraft_conversations_of_owner", "owner", "updated_at"),
)

turns = Table(
    "datacraft_turns",
    metadata,
    DbColumn("question_id", String(64), primary_key=True),
    DbColumn(
        "conversation_id", String(64), ForeignKey(conversations.c.id, ondelete="CASCADE"), nullable=False
    ),
    DbColumn("position", Integer, nullable=False),
    DbColumn("question", Text, nullable=False),
    DbColumn("answer", Text, nullable=False),
    DbColumn("asked_at", UtcDateTime, nullable=False),
    UniqueConstraint("conversation_id", "position", name="datacraft_turns_in_order"),
)

feedback = Table(
    "datacraft_feedback",
    metadata,
    DbColumn(
        "question_id", String(64), ForeignKey(turns.c.question_id, ondelete="CASCADE"), primary_key=True
    ),
    DbColumn("thumb", String(4), nullable=False),
    DbColumn("comment", Text),
    DbColumn("given_at", UtcDateTime, nullable=False),
)

api_keys = Table(
    "datacraft_api_keys",
    metadata,
    DbColumn("id", String(16), primary_key=True),
    DbColumn("hash", String(64), nullable=False),
    DbColumn("name", String(255), nullable=False),
    DbColumn("role", String(16), nullable=False),
    DbColumn("created_at", UtcDateTime, nullable=False),
    DbColumn("created_by", String(255), nullable=False),
    DbColumn("expires_at", UtcDateTime, nullable=False),
    DbColumn("revoked_at", UtcDateTime),
    DbColumn("last_used_at", UtcDateTime),
)

sessions = Table(
    "datacraft_sessions",
    metadata,
    DbColumn("hash", String(64), primary_key=True),
    DbColumn("how", String(8), nullable=False),
    DbColumn("subject", String(255), nullable=False),
    DbColumn("expires_at", UtcDateTime, nullable=False),
)

audit = Table(
    "datacraft_audit",
    metadata,
    DbColumn("number", Integer, primary_key=True, autoincrement=False),
    DbColumn("at", UtcDateTime, nullable=False),
    DbColumn("who", Text, nullable=False),
    DbColumn("action", String(16), nullable=False),
    DbColumn("target", Text, nullable=False),
    DbColumn("source", Text, nullable=False),
    DbColumn("outcome", String(16), nullable=False),
    DbColumn("detail", Text, nullable=False),
    DbColumn("previous", String(64), nullable=False),
    DbColumn("hash", String(64), nullable=False),
)

audit_head = Table(
    "datacraft_audit_head",
    metadata,
    DbColumn("id", Integer, primary_key=True, autoincrement=False),
    DbColumn("number", Integer, nullable=False),
    DbColumn("hash", String(64), nullable=False),
)
"""One row, the last entry of the audit log: whoever appends holds it until the entry is there."""

# What is in the audit log stays as it is, whoever else works on the database. Written for each kind of database,
# since they have no common words for it; each is safe to run again.
AUDIT_ONLY_GROWS = {
    "sqlite": (
        "CREATE TRIGGER IF NOT EXISTS datacraft_audit_no_update BEFORE UPDATE ON datacraft_audit "
        "BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END",
        "CREATE TRIGGER IF NOT EXISTS datacraft_audit_no_delete BEFORE DELETE ON datacraft_audit "
        "BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION datacraft_audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log only grows'; END $$",
        "CREATE TRIGGER datacraft_audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON datacraft_audit "
        "EXECUTE FUNCTION datacraft_audit_only_grows()",
    ),
}
