"""What `datacraft telemetry` does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from datacraft.cli.edge import EXIT_ANSWERED, EXIT_PARTLY, EXIT_UNKNOWN
from datacraft.cli.output.tables import write_table
from datacraft.cli.output.talk import say
from datacraft.cli.recording import here, opened_state
from datacraft.contracts.errors import DataCraftError, InputError

if TYPE_CHECKING:
    from datacraft.config import Settings

_EVERY_CONVERSATION = 1_000_000


def compact_days(settings: Settings) -> None:
    """Make Parquet of the days that are over, remove the old ones, and write what was done."""
    from datacraft.serving.telemetry import archive
    from datacraft.serving.telemetry.retention import remove_old_days

    folder, now = settings.state_dir / "telemetry", dt.datetime.now(dt.UTC)
    removed = 0
    if settings.telemetry.keep_days is not None and folder.is_dir():
        removed = len(remove_old_days(folder, settings.telemetry.keep_days, now))
    done = archive.compact(folder, now)
    rows = [
        (f"{one.day}", f"{one.records:,}", f"{one.damaged:,}", f"{one.before:,}", f"{one.after:,}")
        for one in done
    ]
    write_table(("day", "records", "damaged lines", "bytes before", "bytes after"), rows)
    say(f"{len(done)} days became Parquet; {removed} files were older than telemetry.keep_days and are gone.")


def forget_sessions(settings: Settings, sessions: Sequence[str], user: str | None, by: str) -> int:
    """Remove what is of some conversations, or of a person; return the exit code."""
    from datacraft.access.audit import recorded
    from datacraft.serving.telemetry.forgetting import forget

    if not sessions and user is None:
        raise InputError("Nobody is named whose questions are to go.", hint="Give --session or --user.")
    with opened_state(settings) as state:
        found = set(sessions)
        if user is not None:
            found |= {one.id for one in state.history.list_conversations(user, _EVERY_CONVERSATION)}
        if not found:
            say(
                f"The history has no conversation of {user}, so that nothing can be told to be of this person."
            )
            return EXIT_UNKNOWN
        target = f"telemetry of {user}" if user is not None else f"telemetry of {len(found)} conversations"
        with recorded(state.audit, by, "forget", target, here()) as deed:
            gone = forget(settings.state_dir / "telemetry", found)
            deed.detail = f"{gone.records} records of {len(found)} conversations in {gone.files} files"
            shared, kept = _forget_shared(settings, found)
            deed.detail += f", {shared} in the table" if shared is not None else ""
    typer.echo(gone.records)
    if shared is not None:
        say(f"{shared:,} records are gone from {settings.telemetry.table}.")
    say(f"{gone.records:,} records of {len(found):,} conversations are gone from {gone.files:,} files.")
    failed = [*gone.failed, *kept]
    for error in failed:
        say(f"Something may be left: {error.message} {error.hint or ''}".rstrip())
    return EXIT_PARTLY if failed else EXIT_ANSWERED


def _forget_shared(settings: Settings, sessions: set[str]) -> tuple[int | None, list[DataCraftError]]:
    """Remove records from the table, where telemetry has one; return how many, and what went wrong."""
    if settings.telemetry.table is None:
        return None, []
    from datacraft.serving.telemetry.table import TelemetryTable

    try:
        with TelemetryTable(settings.telemetry.table, endpoint=settings.gcp.bigquery_endpoint) as table:
            return table.forget(sessions), []
    except DataCraftError as error:
        return None, [error]
