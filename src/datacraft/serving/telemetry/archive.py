"""Days that are over, as Parquet: smaller, and read by columns.

A part is written beside its place, synced, and renamed, with the names and sizes of the files that it was made of in
its metadata; then those are removed. A crash in between leaves both: whoever reads passes over files that a part
names, and the next run removes them.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import json
import os
import shutil
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from datacraft.contracts.errors import DataCraftError
from datacraft.serving.telemetry.retention import day_of

if TYPE_CHECKING:
    import duckdb

SOURCES = "datacraft_sources"
DAMAGED = "datacraft_damaged"
KNOWN_SCHEMA = 1
_SETTLED = dt.timedelta(hours=1)  # after midnight a process may still write what it was handed before
_MEMORY = "512MB"
_LOCK = ".compacting"
_A_RECORD = "question_id IS NOT NULL AND at_us IS NOT NULL"


class TelemetryFileError(DataCraftError):
    """A file of telemetry can't be read or replaced."""

    code = "telemetry_file"


class TelemetryBusy(DataCraftError):
    """Another process rewrites files of the same telemetry."""

    code = "telemetry_busy"


@dataclass(frozen=True, slots=True)
class Compacted:
    """A day that became a Parquet file.

    Attributes:
        day: UTC.
        path: of the file.
        records: in it.
        damaged: lines that are no records; they are gone, and counted in the file.
        before: bytes of the lines.
        after: bytes of the file.
    """

    day: dt.date
    path: Path
    records: int
    damaged: int
    before: int
    after: int


def compact(folder: Path, now: dt.datetime) -> list[Compacted]:
    """Make a Parquet file of each day that is over; return what was made, the earliest first.

    Raises:
        TelemetryBusy: another process is at it.
        TelemetryFileError: a file can't be read or written; the other days are done.
    """
    if not folder.is_dir():
        return []
    with alone(folder):
        _remove_leftovers(folder)
        over: dict[dt.date, list[Path]] = defaultdict(list)
        for path in sorted(folder.glob("*.jsonl")):
            day = day_of(path)
            if day is not None and now >= _midnight_after(day) + _SETTLED:
                over[day].append(path)
        done: list[Compacted] = []
        failed: list[TelemetryFileError] = []
        for day, paths in sorted(over.items()):
            try:
                done.append(_compact_day(folder, day, paths))
            except TelemetryFileError as error:
                failed.append(error)
    if failed:
        raise failed[0]
    return done


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other processes from rewriting files of a folder at the same time.

    Raises:
        TelemetryBusy: one is at it.
        TelemetryFileError: the folder can't be written.
    """
    with told(folder):
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TelemetryBusy(
                f"Another process rewrites telemetry in {folder}.", hint="Try again once it is done."
            ) from None
        _tidy(folder)  # what a killed process left
        yield
    finally:
        _tidy(folder)
        os.close(lock)


def _tidy(folder: Path) -> None:
    for left in folder.glob(".*.tmp"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a Parquet file was made of.

    Attributes:
        sources: files of lines, with their sizes in bytes.
        damaged: lines in them that were no records.
    """

    sources: Mapping[str, int]
    damaged: int = 0


def origin_of(connection: duckdb.DuckDBPyConnection, path: Path) -> Origin:
    """Return what a Parquet file was made of; nothing, where it does not say.

    Raises:
        TelemetryFileError: it is no Parquet file.
    """
    import duckdb

    try:
        rows = connection.execute(
            "SELECT decode(key), decode(value) FROM parquet_kv_metadata(?)", [str(path)]
        ).fetchall()
    except duckdb.Error as error:
        raise unreadable(path, error) from error
    said = dict(rows)
    try:
        sources = json.loads(said.get(SOURCES, "{}"))
        return Origin({str(name): int(size) for name, size in sources.items()}, int(said.get(DAMAGED, "0")))
    except (ValueError, AttributeError, TypeError):
        return Origin({})


def archived_sources(folder: Path) -> dict[str, int]:
    """Return the files of lines whose records are in readable Parquet files, with their sizes in bytes."""
    import duckdb

    found: dict[str, int] = {}
    with duckdb.connect() as connection:
        for path in sorted(folder.glob("*.parquet")):
            with contextlib.suppress(TelemetryFileError):
                found.update(origin_of(connection, path).sources)
    return found


def write_part(
    connection: duckdb.DuckDBPyConnection,
    select: str,
    parameters: Mapping[str, object],
    path: Path,
    origin: Origin,
) -> int:
    """Write what a SELECT finds as a Parquet file, in one step: whoever reads sees the old one or the new one, whole.

    Returns:
        The records in it.

    Raises:
        TelemetryFileError: it can't be written, or what it is made of can't be read.
    """
    import duckdb

    fresh = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        with told(path):
            os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # nobody else's to read
        try:
            rows = connection.execute(
                f"COPY ({select}) TO '{str(fresh).replace(chr(39), chr(39) * 2)}' "
                "(FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false, KV_METADATA "
                "{ 'datacraft_sources': $sources, 'datacraft_damaged': $damaged })",
                {
                    **parameters,
                    "sources": json.dumps(dict(origin.sources)),
                    "damaged": str(origin.damaged),
                },
            ).fetchall()
        except duckdb.Error as error:
            raise unreadable(path, error) from error
        with told(path):
            _sync(fresh)
            fresh.replace(path)
            _sync(path.parent)
    finally:
        fresh.unlink(missing_ok=True)
    return int(rows[0][0])


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def working(folder: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection that needs little memory, whatever a day holds."""
    import duckdb

    return duckdb.connect(
        config={"memory_limit": _MEMORY, "threads": 1, "temp_directory": str(folder / ".spill.tmp")}
    )


def unreadable(path: Path, error: Exception) -> TelemetryFileError:
    """Return the error that names a file and what is wrong with it."""
    why = (str(error).splitlines() or [type(error).__name__])[0]
    return TelemetryFileError(
        f"{path} can't be read or written: {why}", hint="Move it away, or restore it; nothing was changed."
    )


def _midnight_after(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), dt.UTC)


def _remove_leftovers(folder: Path) -> None:
    for name, size in archived_sources(folder).items():
        path = folder / name
        if path.exists() and path.stat().st_size == size:
            path.unlink(missing_ok=True)


def _compact_day(folder: Path, day: dt.date, paths: Sequence[Path]) -> Compacted:
    import duckdb

    with told(folder):
        sizes = {path.name: path.stat().st_size for path in paths}
    target = _free_name(folder, day)
    with working(folder) as connection:
        try:
            load_lines(connection, paths)
            damaged = connection.execute(f"SELECT count(*) FROM archive WHERE NOT ({_A_RECORD})").fetchall()
        except duckdb.Error as error:
            raise unreadable(folder, error) from error
        origin = Origin(sizes, int(damaged[0][0]))
        in_order = (
            f"SELECT * EXCLUDE (source, line) FROM archive WHERE {_A_RECORD} "
            "ORDER BY at_us + 1000 * coalesce(total_ms, 0), source, line"
        )
        records = write_part(connection, in_order, {}, target, origin)
    for path in paths:
        with told(path):
            if path.stat().st_size == sizes[path.name]:
                path.unlink()
    return Compacted(day, target, records, origin.damaged, sum(sizes.values()), target.stat().st_size)


def _free_name(folder: Path, day: dt.date) -> Path:
    number, path = 1, folder / f"{day}.parquet"
    while path.exists():
        number += 1
        path = folder / f"{day}_{number}.parquet"
    return path


def load_lines(connection: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> None:
    """Make the table `archive` of files of lines."""
    statement = files("datacraft.serving.telemetry").joinpath("sql", "archive.sql").read_text("utf-8")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(statement, {"files": [str(path) for path in paths], "known": KNOWN_SCHEMA})


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn the system's errors into ours."""
    try:
        yield
    except OSError as error:
        raise unreadable(path, error) from error
