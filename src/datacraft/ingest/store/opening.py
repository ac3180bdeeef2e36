"""Opening the warehouse file: one writer at a time, one transaction for all that it does."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb

from datacraft.contracts.errors import DataCraftError, DataLoadError, InputError, LimitExceeded
from datacraft.ingest.store.catalogue import (
    CATALOGUE_VERSION,
    STORE,
    catalogue,
    create_catalogue,
    has_catalogue,
    is_empty,
)
from datacraft.ingest.store.reading import Store
from datacraft.warehouse.loading.quoting import literal

PATIENCE_S = 120.0
"""How long a load waits for another one that writes at the moment."""
_POLL_S = 0.05


def store_exists(path: Path) -> bool:
    """Whether there is a warehouse file; an empty one, as a killed first load leaves, is none."""
    return path.is_file() and path.stat().st_size > 0


@contextmanager
def read_store(path: Path) -> Iterator[Store]:
    """Give the catalogue of a warehouse file, read-only.

    Raises:
        InputError: there is none.
        DataLoadError: it can't be opened, is damaged, or is no warehouse of ours.
    """
    if not store_exists(path):
        raise InputError(
            f"There is no warehouse {path} yet.",
            hint="`datacraft ingest FILE` makes it; --into names another.",
        )
    with closing(duckdb.connect()) as connection:
        _quiet(connection)
        _attach(connection, path, read_only=True)
        if not has_catalogue(connection):
            raise _not_ours(path)
        _require_known_format(connection, path)
        yield Store(connection)


@contextmanager
def writing_store(
    connection: duckdb.DuckDBPyConnection, path: Path, *, patience_s: float = PATIENCE_S
) -> Iterator[Store]:
    """Attach the warehouse file to a connection and do all that follows in one transaction.

    It is committed when the block ends, and undone where it fails. Whoever else wants to write waits.

    Raises:
        DataLoadError: the file can't be opened or is no warehouse of ours; another load took too long.
        LimitExceeded: the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _one_writer(path, patience_s):
        _attach(connection, path, read_only=False, patience_s=patience_s)
        try:
            with _transaction(connection, path):
                if has_catalogue(connection):
                    _require_known_format(connection, path)
                elif not is_empty(connection):
                    raise _not_ours(path)
                create_catalogue(connection)
                yield Store(connection)
        finally:
            connection.execute(f"DETACH {STORE}")


@contextmanager
def _transaction(connection: duckdb.DuckDBPyConnection, path: Path) -> Iterator[None]:
    connection.execute("BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException as error:
        _undo(connection)
        if isinstance(error, DataCraftError | KeyboardInterrupt):
            raise
        if isinstance(error, duckdb.OutOfMemoryException):
            raise LimitExceeded(
                f"Loading into {path} needs more memory or disk than it may have; nothing was changed.",
                hint="Free some disk, or raise warehouse.memory.",
            ) from error
        if isinstance(error, duckdb.IOException | duckdb.FatalException | duckdb.TransactionException):
            raise LimitExceeded(
                f"{path} could not be written: {_first_line(error)} Nothing was changed.",
                hint="Check that the disk has room left.",
            ) from error
        raise


def _undo(connection: duckdb.DuckDBPyConnection) -> None:
    try:
        connection.execute("ROLLBACK")
    except duckdb.Error:  # DuckDB ended the transaction itself, as it does when a commit fails
        return


@contextmanager
def _one_writer(path: Path, patience_s: float) -> Iterator[None]:
    """Hold the lock beside the file; the system lets go of it when its process dies."""
    deadline = time.monotonic() + patience_s
    try:
        lock = path.with_name(f".{path.name}.lock").open("a")
    except OSError as error:
        raise DataLoadError(
            f"The folder of {path} can't be written: {error.strerror}.", hint="Choose another with --into."
        ) from error
    with lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise DataLoadError(
                        f"Another load has been writing to {path} for {patience_s:.0f} seconds.",
                        hint="Wait until it is done, then load again.",
                    ) from None
                time.sleep(_POLL_S)
        yield


def _attach(
    connection: duckdb.DuckDBPyConnection, path: Path, *, read_only: bool, patience_s: float = 10.0
) -> None:
    """Attach the file, waiting for whoever has it open: readers hold it for moments only."""
    deadline = time.monotonic() + patience_s
    how = " (READ_ONLY)" if read_only else ""
    while True:
        try:
            connection.execute(f"ATTACH {literal(str(path))} AS {STORE}{how}")
            return
        except duckdb.IOException as error:
            if "lock" in str(error).lower() and time.monotonic() < deadline:
                time.sleep(_POLL_S)
                continue
            raise _unopenable(path, error) from error
        except duckdb.Error as error:
            raise _unopenable(path, error) from error


def _unopenable(path: Path, error: Exception) -> DataLoadError:
    return DataLoadError(
        f"{path} can't be opened as a warehouse: {_first_line(error)}",
        hint="Close the program that has it open; if it is damaged, restore a copy or load into a new file.",
    )


def _not_ours(path: Path) -> DataLoadError:
    return DataLoadError(
        f"{path} is a database that `datacraft ingest` did not make.",
        hint="Name another file with --into; this one can be asked about with --data as it is.",
    )


def _require_known_format(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    row = connection.execute(f"SELECT version FROM {catalogue('format')}").fetchone()
    if row is None or row[0] > CATALOGUE_VERSION:
        raise DataLoadError(f"{path} was written by a newer DataCraft.", hint="Upgrade DataCraft.")


def _quiet(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0]
