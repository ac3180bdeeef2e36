"""Telemetry files become one table, whatever state they are in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import duckdb

from datacraft.contracts.metrics import Anomaly, MetricFinding
from datacraft.serving.telemetry import read_writers
from datacraft.serving.telemetry.archive import Origin, TelemetryFileError, origin_of

_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}")
_CLOCK_US = 60_000_000  # threads that end at the same time may write in another order
_KNOWN_SCHEMA = 1


def statement(name: str) -> str:
    """Return one of the statements of `sql/`."""
    return files("datacraft.monitoring.metrics").joinpath("sql", f"{name}.sql").read_text("utf-8")


def load_records(
    connection: duckdb.DuckDBPyConnection, folders: Sequence[Path], since: dt.date
) -> Iterator[MetricFinding]:
    """Make the table `records` of all telemetry from a day on; yield what is wrong with it.

    Args:
        connection: gets the table.
        folders: of telemetry writers, which may be at work. One that is not there holds nothing.
        since: files of earlier days (UTC) are passed over.
    """
    connection.execute(statement("records"))
    paths = [path for folder in folders for path in sorted(folder.glob("*")) if _is_wanted(path, since)]
    archives = [path for path in paths if path.suffix == ".parquet"]
    origins = {path: origin for path in archives if (origin := _origin(connection, path)) is not None}
    # Lines that are Parquet already and that a crash has kept from being removed.
    twice = {
        (path.parent, name, size) for path, origin in origins.items() for name, size in origin.sources.items()
    }
    lines = [
        path
        for path in paths
        if path.suffix == ".jsonl" and (path.parent, path.name, _size(path)) not in twice
    ]
    yield from _load(connection, statement("lines"), [str(path) for path in lines])
    yield from _load(connection, statement("archive"), [str(path) for path in archives])
    yield from _damage(connection, {str(path): origin.damaged for path, origin in origins.items()})
    for folder in folders:
        yield from _losses(folder, since)


def _is_wanted(path: Path, since: dt.date) -> bool:
    day = _DAY.match(path.name)
    return path.suffix in {".jsonl", ".parquet"} and (day is None or day[0] >= since.isoformat())


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _origin(connection: duckdb.DuckDBPyConnection, path: Path) -> Origin | None:
    try:
        return origin_of(connection, path)
    except TelemetryFileError:  # told when it is to be loaded
        return None


def _losses(folder: Path, since: dt.date) -> Iterator[MetricFinding]:
    for one in read_writers(folder):
        if one.lost > 0 and one.lost_at is not None and one.lost_at.date() >= since:
            how = "was killed or could not write" if not one.alive else "could not write fast enough"
            yield MetricFinding(
                anomaly=Anomaly.LOST_RECORDS,
                count=one.lost,
                words=f"The process {one.writer} {how}, last at {one.lost_at:%Y-%m-%d %H:%M} UTC: {one.lost:,} of its "
                f"{one.handed_over:,} records are lost and count nowhere.",
            )


def _load(
    connection: duckdb.DuckDBPyConnection, insert: str, paths: Sequence[str]
) -> Iterator[MetricFinding]:
    """Read all files in one pass; where one is beyond reading, each by itself."""
    if not paths:
        return
    try:
        connection.execute(insert, {"files": list(paths)})
    except duckdb.Error as error:
        if len(paths) > 1:
            for path in paths:
                yield from _load(connection, insert, [path])
            return
        why = str(error).splitlines()[0]
        yield MetricFinding(
            anomaly=Anomaly.UNREADABLE_FILE,
            words=f"{paths[0]} can't be read, so that its questions count nowhere: {why}",
        )


def _damage(connection: duckdb.DuckDBPyConnection, archived: Mapping[str, int]) -> Iterator[MetricFinding]:
    lost = connection.execute(
        "SELECT file, count(*), min(line) FROM records WHERE at_us IS NULL OR question_id IS NULL "
        "GROUP BY file ORDER BY file"
    ).fetchall()
    for file, count, first in lost:
        yield MetricFinding(
            anomaly=Anomaly.UNREADABLE_LINES,
            count=count,
            words=f"{file}: {count:,} {'line is' if count == 1 else 'lines are'} no record (the first is {first}); "
            "a crash tears the last line at most.",
        )
    for file, count in archived.items():
        if count:
            yield MetricFinding(
                anomaly=Anomaly.UNREADABLE_LINES,
                count=count,
                words=f"{file}: {count:,} {'line was' if count == 1 else 'lines were'} no record when the day became "
                "Parquet; a crash tears the last line of a file at most.",
            )
    yield from _newer(connection.execute(
        "SELECT count(*), max(schema_version) FROM records WHERE schema_version > ?", [_KNOWN_SCHEMA]
    ).fetchall())  # fmt: skip
    for file, jumps, back_us in connection.execute(
        statement("clocks"), {"tolerance_us": _CLOCK_US}
    ).fetchall():
        yield MetricFinding(
            anomaly=Anomaly.CLOCK_BACKWARDS,
            count=jumps,
            words=f"{file}: the clock went back by {back_us / 1e6:,.0f} s; questions count where their clock says.",
        )


def _newer(found: Iterable[tuple[int, int]]) -> Iterator[MetricFinding]:
    for count, version in found:
        if count:
            yield MetricFinding(
                anomaly=Anomaly.NEWER_SCHEMA,
                count=count,
                words=f"{count:,} records are of schema {version}, newer than this version knows; "
                "what it knows of them is counted.",
            )
