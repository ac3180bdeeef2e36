"""Opens the state database: SQLite or PostgreSQL, by its URL alone."""

from __future__ import annotations

import time
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.schema import CreateIndex, CreateTable

from datacraft.access.database.tables import AUDIT_ONLY_GROWS, audit, audit_head, metadata
from datacraft.contracts.access import GENESIS
from datacraft.contracts.errors import ConfigError

_BUSY_S = 10.0  # how long one writer of SQLite waits for another
_ATTEMPTS = 5
_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


def open_engine(url: str) -> Engine:
    """Open a database and make the tables that it does not have yet.

    Raises:
        ConfigError: the URL is wrong, its driver is missing, or the database can't be opened.
    """
    parsed = _parsed(url)
    shown = parsed.render_as_string(hide_password=True)
    try:
        engine = create_engine(parsed, pool_pre_ping=True)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise ConfigError(
            f"The state database {shown} needs a driver that is not installed: {error}.",
            hint="Install datacraft[postgres] for PostgreSQL, or use a sqlite:/// address.",
        ) from error
    try:
        if parsed.get_backend_name() == "sqlite":
            _prepare_sqlite(engine, parsed)
        _create_tables(engine)
    except (DatabaseError, OSError) as error:
        engine.dispose()
        raise ConfigError(
            f"The state database {shown} can't be opened: {_reason(error)}.",
            hint="Check `database_url`, and that the server or folder is there and may be written.",
        ) from error
    return engine


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigError(
            "The address of the state database can't be read.",
            hint='Write it as "sqlite:///folder/file.db" or "postgresql://user:password@host/database".',
        ) from error
    return parsed.set(drivername=_DRIVERS.get(parsed.drivername, parsed.drivername))


def _prepare_sqlite(engine: Engine, url: URL) -> None:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)

    @event.listens_for(engine, "connect")
    def on_connect(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {int(_BUSY_S * 1000)}")
        cursor.execute("PRAGMA journal_mode = WAL")  # readers never wait for a writer
        cursor.execute("PRAGMA synchronous = FULL")  # what the audit log has taken survives a power failure
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()


def _create_tables(engine: Engine) -> None:
    """Make what is missing. Where several processes start at once, who comes second finds it made."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            if set(metadata.tables) <= set(inspect(engine).get_table_names()):
                return
            with engine.begin() as connection:
                _create(connection)
        except DatabaseError:  # PostgreSQL's IF NOT EXISTS is no lock: two may try to make the same table
            if attempt == _ATTEMPTS:
                raise
            time.sleep(0.05 * attempt)
        else:
            break
    missing = set(metadata.tables) - set(inspect(engine).get_table_names())
    if missing:
        raise ConfigError(
            f"The state database lacks the tables {', '.join(sorted(missing))}.",
            hint="Let the database's user create tables.",
        )


def _create(connection: Connection) -> None:
    guarded = inspect(connection).has_table(audit.name)
    for table in metadata.sorted_tables:
        connection.execute(CreateTable(table, if_not_exists=True))
        for index in table.indexes:
            connection.execute(CreateIndex(index, if_not_exists=True))
    if not guarded:
        for statement in AUDIT_ONLY_GROWS.get(connection.dialect.name, ()):
            connection.execute(text(statement))
    if connection.execute(select(audit_head.c.id)).first() is None:
        connection.execute(insert(audit_head).values(id=1, number=0, hash=GENESIS))


def _reason(error: DatabaseError | OSError) -> str:
    cause = error.orig if isinstance(error, DatabaseError) and error.orig is not None else error
    return str(cause).strip().splitlines()[0].rstrip(".") if str(cause).strip() else type(cause).__name__
