"""`DuckDBWarehouse`: runs SELECTs on a connection that can do nothing else."""

from __future__ import annotations

import shutil
import time
import uuid
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from datacraft.contracts.errors import ConfigError, LimitExceeded, QueryFailed, UnsafeQuery
from datacraft.warehouse.deadlines import DEADLINES
from datacraft.warehouse.interrupts import ending_on_ctrl_c, is_interrupt
from datacraft.warehouse.model import ResultColumnInfo, ResultSet, TableInfo
from datacraft.warehouse.native import contract_rows, contract_type
from datacraft.warehouse.report import LoadReport
from datacraft.warehouse.settings import WarehouseSettings
from datacraft.warehouse.stored import stored_report

_EXPLAIN_TIMEOUT_S = 10.0


class DuckDBWarehouse:
    """A database file, opened read-only on a locked connection.

    The lock is a second line of defence that holds without the SQL guard: no files, network, extensions,
    settings or Python variables can be reached, exactly one SELECT is run at a time, memory, threads and
    disk are bounded, and a query that takes too long is interrupted.

    Attributes:
        report: how the data was read.
        identity: changes whenever the data does.
    """

    dialect = "duckdb"

    def __init__(
        self, database: Path, settings: WarehouseSettings, *, owned_folder: Path | None = None
    ) -> None:
        """Open `database`; `owned_folder` is removed on close.

        Raises:
            duckdb.Error: the file is not a database that this version can open.
            pydantic.ValidationError: its load report is of another version.
            ConfigError: this process has it open with other limits.
        """
        self.identity = database.stem
        self._connection = _locked_connection(database, settings)
        try:
            self.report: LoadReport = stored_report(self._connection)
        except BaseException:
            self._connection.close()
            raise
        # Also at exit, when nobody closed it.
        self._release = weakref.finalize(self, _release, self._connection, owned_folder)
        self._tables = [table.table for table in self.report.tables]

    def tables(self) -> list[TableInfo]:
        """Return every table, in the order they were given."""
        return list(self._tables)

    def execute(self, sql: str, *, timeout_s: float, max_rows: int) -> ResultSet:
        """Run one SELECT and return at most `max_rows` rows.

        Raises:
            UnsafeQuery: it is not exactly one SELECT.
            QueryFailed: the SQL is wrong for this data.
            LimitExceeded: it took more than `timeout_s` seconds, or more memory than it may.
        """
        started = time.perf_counter()
        with self._cursor(timeout_s) as cursor:

            def fetch() -> tuple[list[tuple[str, str]], list[tuple[Any, ...]]]:
                cursor.execute(_single_select(cursor, sql))
                described = [(str(column[0]), str(column[1])) for column in cursor.description or []]
                return described, cursor.fetchmany(max_rows + 1)

            described, fetched = ending_on_ctrl_c(fetch, cursor.interrupt)
        natives = [native for _, native in described]
        return ResultSet(
            columns=[ResultColumnInfo(name, contract_type(native)) for name, native in described],
            rows=contract_rows(fetched[:max_rows], natives),
            truncated=len(fetched) > max_rows,
            elapsed_ms=(time.perf_counter() - started) * 1000,
        )

    def explain(self, sql: str) -> None:
        """Check that one SELECT could run: its tables, columns, functions and types exist and fit.

        Raises:
            UnsafeQuery: it is not exactly one SELECT.
            QueryFailed: it could not run.
        """
        with self._cursor(_EXPLAIN_TIMEOUT_S) as cursor:
            # A relation binds all names and types; EXPLAIN would also optimise, which can take longer than running.
            cursor.sql(_single_select(cursor, sql))

    def close(self) -> None:
        """Close the database; without a cache, remove it."""
        self._release()

    def __enter__(self) -> DuckDBWarehouse:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _cursor(self, timeout_s: float) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend a cursor of its own, so that threads don't mix, and turn DuckDB's errors into ours."""
        cursor = self._connection.cursor()
        try:
            with DEADLINES.within(timeout_s, cursor.interrupt):
                yield cursor
        except duckdb.InterruptException as error:
            raise LimitExceeded(
                f"The query was stopped after {timeout_s:g} seconds.",
                hint="Ask about a shorter period or fewer groups, or raise the time limit.",
            ) from error
        except duckdb.OutOfMemoryException as error:
            raise LimitExceeded(
                "The query needs more memory than it may use and was stopped.",
                hint="Ask about a shorter period or fewer groups, or raise the warehouse's memory limit.",
            ) from error
        except duckdb.Error as error:
            raise QueryFailed(f"The warehouse could not run the SQL. {_summary(error)}") from error
        except RuntimeError as error:
            if is_interrupt(error):
                raise KeyboardInterrupt from error
            raise
        finally:
            cursor.close()


def _release(connection: duckdb.DuckDBPyConnection, owned_folder: Path | None) -> None:
    connection.close()
    if owned_folder is not None:
        shutil.rmtree(owned_folder, ignore_errors=True)


def _locked_connection(database: Path, settings: WarehouseSettings) -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{settings.memory_mb}MB",
        "autoload_known_extensions": "false",
        "autoinstall_known_extensions": "false",
        "allow_community_extensions": "false",
        "allow_persistent_secrets": "false",
        "python_enable_replacements": "false",
    }
    if settings.threads is not None:
        config["threads"] = settings.threads
    try:
        connection = duckdb.connect(str(database), read_only=True, config=config)
    except duckdb.ConnectionException as error:
        raise ConfigError(
            "This data is already open in this process with other limits of memory or threads.",
            hint="Close the other warehouse first, or use the same limits.",
        ) from error
    try:
        _lock(connection, database.parent / f".spill-{uuid.uuid4().hex[:12]}", settings)
    except BaseException:
        connection.close()
        raise
    return connection


def _lock(connection: duckdb.DuckDBPyConnection, spill: Path, settings: WarehouseSettings) -> None:
    """Set what can't be set on opening, then take away the means to set anything."""
    connection.execute("SET enable_progress_bar = false")
    locked = connection.execute("SELECT current_setting('lock_configuration')").fetchone()
    if locked and locked[0]:  # the same file is open in this process, and DuckDB shares its instance
        return
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    connection.execute("SET temp_directory = ?", [str(spill)])
    connection.execute(f"SET max_temp_directory_size = '{settings.spill_mb}MB'")
    # A later connection to this instance must keep its progress bar off stdout too.
    connection.execute("SET allowed_configs = ['enable_progress_bar']")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _single_select(cursor: duckdb.DuckDBPyConnection, sql: str) -> str:
    """Return the text of the only statement of `sql`, which must be a SELECT."""
    statements = cursor.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise UnsafeQuery(
            "Only one SELECT statement may be run.",
            hint="Send a single query that reads; nothing else is allowed.",
        )
    return str(statements[0].query)  # of a parsed statement the client waits without looking for Ctrl-C


def _summary(error: Exception) -> str:
    """The first line says it; the following ones quote the SQL and guess."""
    return str(error).strip().splitlines()[0]
