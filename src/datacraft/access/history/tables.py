"""The tables of the history, in what SQLite and PostgreSQL have in common."""

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
