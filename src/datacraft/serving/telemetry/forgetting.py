"""Removing what is of one person, out of lines and out of Parquet."""

from __future__ import annotations

import contextlib
import fcntl
import os
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from datacraft.serving.telemetry.archive import (
    TelemetryFileError,
    alone,
    origin_of,
    told,
    unreadable,
    working,
    write_part,
)

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was removed.

    Attributes:
        records: questions and thumbs.
        files: in which they were.
        failed: what can't be read or written, so that something may be left there.
    """

    records: int
    files: int
    failed: tuple[TelemetryFileError, ...] = ()


def forget(folder: Path, sessions: Collection[str]) -> Forgotten:
    """Remove all questions of some sessions, and the thumbs on them; processes may be writing meanwhile.

    Each file is replaced in one step. What a process was handed in the last second may be written after this.

    Raises:
        TelemetryBusy: another process rewrites the same telemetry.
        TelemetryFileError: the folder can't be written.
    """
    if not folder.is_dir():
        return Forgotten(0, 0)
    failed: list[TelemetryFileError] = []
    changed = records = 0
    wanted = set(sessions)
    with alone(folder), working(folder) as connection:
        asked = _asked(connection, folder, wanted)
        for path in sorted([*folder.glob("*.parquet"), *folder.glob("*.jsonl")]):
            try:
                gone = (
                    _from_archive(connection, path, wanted, asked)
                    if path.suffix == ".parquet"
                    else _from_lines(path, wanted, asked)
                )
            except TelemetryFileError as error:
                failed.append(error)
                continue
            records += gone
            changed += gone > 0
    return Forgotten(records, changed, tuple(failed))


def _asked(connection: duckdb.DuckDBPyConnection, folder: Path, sessions: set[str]) -> set[str]:
    """Return the questions of the sessions: a thumb may name its question alone."""
    import duckdb

    found: set[str] = set()
    for path in sorted(folder.glob("*.parquet")):
        with contextlib.suppress(duckdb.Error):  # told when it is to be rewritten
            rows = connection.execute(
                "SELECT DISTINCT question_id FROM read_parquet($file) WHERE session IN (SELECT unnest($sessions))",
                {"file": str(path), "sessions": sorted(sessions)},
            ).fetchall()
            found.update(row[0] for row in rows)
    for path in sorted(folder.glob("*.jsonl")):
        with contextlib.suppress(OSError), path.open("rb") as lines:
            for line in lines:
                record = _record(line)
                if record.get("session") in sessions:
                    found.add(str(record.get("question_id")))
    return found


def _record(line: bytes) -> dict[str, Any]:
    try:
        found = from_json(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _is_theirs(record: dict[str, Any], sessions: set[str], asked: set[str]) -> bool:
    return record.get("session") in sessions or record.get("question_id") in asked


def _from_archive(
    connection: duckdb.DuckDBPyConnection, path: Path, sessions: set[str], asked: set[str]
) -> int:
    import duckdb

    given = {"file": str(path), "sessions": sorted(sessions), "asked": sorted(asked)}
    theirs = (
        "(coalesce(session IN (SELECT unnest($sessions)), false) "
        "OR coalesce(question_id IN (SELECT unnest($asked)), false))"
    )
    try:
        rows = connection.execute(
            f"SELECT count(*), count(*) FILTER ({theirs}) FROM read_parquet($file)", given
        ).fetchall()
    except duckdb.Error as error:
        raise unreadable(path, error) from error
    before, gone = rows[0]
    if not gone:
        return 0
    left = write_part(
        connection, f"FROM read_parquet($file) WHERE NOT {theirs}", given, path, origin_of(connection, path)
    )
    return int(before - left)


def _from_lines(path: Path, sessions: set[str], asked: set[str]) -> int:
    """Rewrite a file of lines while nobody appends to it: writers hold a shared lock for each batch."""
    with told(path):
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            lines = path.read_bytes().splitlines(keepends=True)
            kept = [line for line in lines if not _is_theirs(_record(line), sessions, asked)]
            if len(kept) == len(lines):
                return 0
            fresh = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.writelines(kept)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
            return len(lines) - len(kept)
        finally:
            os.close(handle)
