"""Records of processes on other machines, brought here before anything is read."""

from __future__ import annotations

import datetime as dt

from datacraft.config import Settings

_DAYS = 36
"""Questions of 28 days before the last 7 are compared with these."""


def bring_records(settings: Settings, now: dt.datetime, *, fresh_s: float = 0.0) -> int:
    """Bring what other processes sent to `telemetry.table`; return how many records that was, 0 without a table.

    Args:
        settings: `state_dir` gets them.
        now: UTC.
        fresh_s: nothing is brought where that was done in the last so many seconds.

    Raises:
        DataCraftError: the table can't be read.
    """
    if settings.telemetry.table is None:
        return 0
    from datacraft.serving.telemetry.table import TelemetryTable, mirror, was_mirrored

    folder = settings.state_dir / "telemetry"
    if was_mirrored(folder, now, fresh_s):  # before a client is made, which looks for credentials
        return 0
    with TelemetryTable(settings.telemetry.table, endpoint=settings.gcp.bigquery_endpoint) as table:
        return mirror(table, folder, now, _DAYS)
