"""Records of Parquet files, as they were when they were lines."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from datacraft.contracts.telemetry import TelemetryRecord
from datacraft.serving.telemetry.archive import unreadable

log = logging.getLogger(__name__)

_TIMINGS = ("propose_ms", "render_ms", "guard_ms", "execute_ms", "present_ms", "total_ms")
_USAGE = ("calls", "attempts", "cached", "input_tokens", "output_tokens", "cost_usd", "estimated_bytes")
_FEATURES = ("characters", "words", "form", "functions", "joins", "filtered", "by_time")
_BATCH = 1_000


def read_archive(path: Path) -> Iterator[TelemetryRecord]:
    """Yield the records of a Parquet file in the order in which they were answered.

    A row that is no record is passed over, with a warning.

    Raises:
        TelemetryFileError: the file can't be read.
    """
    import duckdb

    with duckdb.connect() as connection:
        try:
            cursor = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
            names = [column[0] for column in cursor.description or ()]
            while rows := cursor.fetchmany(_BATCH):
                for row in rows:
                    values = {
                        name: value for name, value in zip(names, row, strict=True) if value is not None
                    }
                    try:
                        yield TelemetryRecord.model_validate(_nested(values))
                    except ValidationError as error:
                        log.warning("%s holds a row that is no telemetry record: %s", path, error)
        except duckdb.Error as error:
            raise unreadable(path, error) from error


def _nested(values: dict[str, object]) -> dict[str, object]:
    def part(names: tuple[str, ...]) -> dict[str, object]:
        return {name: values.pop(name) for name in names if name in values}

    timings, usage, features = part(_TIMINGS), part(_USAGE), part(_FEATURES)
    found = {**values, "timings": timings, "usage": usage, "schema_version": 1}
    if values.get("has_features"):
        found["features"] = features
    microseconds = values.get("at_us")
    if isinstance(microseconds, int):
        found["at"] = microseconds / 1e6
    return found
