"""What `datacraft ingest` does."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from datacraft.cli.edge import EXIT_ANSWERED, EXIT_REJECTED
from datacraft.cli.output.ingest import ingest_lines
from datacraft.cli.output.talk import say

if TYPE_CHECKING:
    from datacraft.config import Settings
    from datacraft.ingest import IngestOptions, IngestReport

WAREHOUSE_FILE = "warehouse.duckdb"


@dataclass(frozen=True, slots=True)
class IngestRun:
    """The options of the command."""

    paths: tuple[Path, ...]
    into: Path | None
    table: str | None
    mode: Literal["append", "replace", "upsert"]
    key: tuple[str, ...]
    on_violation: Literal["reject", "quarantine", "warn"] | None
    check: bool


def warehouse_file(settings: Settings, into: Path | None) -> Path:
    """Return the warehouse file that is meant."""
    return into or settings.state_dir / WAREHOUSE_FILE


def run_ingest(settings: Settings, run: IngestRun) -> int:
    """Load, say what was found, write what each table has now; return the exit code."""
    from datacraft.ingest import ingest

    return _tell(settings, run, ingest(run.paths, _options(settings, run)))


def run_watch(settings: Settings, run: IngestRun, every_s: float) -> int:
    """Load what lies there, and again whenever it has changed, until Ctrl-C."""
    from datacraft.contracts.errors import DataCraftError
    from datacraft.ingest.watching import watch

    def wait() -> bool:
        time.sleep(every_s)
        return True

    say(f"Watching {', '.join(map(str, run.paths))} (Ctrl-C stops it).")
    for ended in watch(run.paths, _options(settings, run), wait):
        if isinstance(ended, DataCraftError):
            say(" ".join(filter(None, (ended.message, ended.hint))))
        else:
            _tell(settings, run, ended)
    return EXIT_ANSWERED


def _options(settings: Settings, run: IngestRun) -> IngestOptions:
    from datacraft.ingest import IngestOptions
    from datacraft.serving.assembly import warehouse_settings

    return IngestOptions(
        warehouse=warehouse_file(settings, run.into),
        mode=run.mode,
        table=run.table,
        key=run.key,
        contracts=settings.data.contracts if run.check else None,
        on_violation=run.on_violation,
        settings=warehouse_settings(settings),
        say=say,
    )


def _tell(settings: Settings, run: IngestRun, report: IngestReport) -> int:
    from datacraft.ingest.report.written import write_report

    for line in ingest_lines(report):
        say(line)
    if report.status != "unchanged":
        say(f"The whole report: {write_report(report, settings.state_dir / 'ingest')}")
    if report.status == "rejected":
        say("Nothing was loaded.")
        return EXIT_REJECTED
    for table in report.tables:
        typer.echo(f"{table.name}\t{table.rows_after}")
    say(f'Ask about it: datacraft ask "..." --data {warehouse_file(settings, run.into)}')
    return EXIT_ANSWERED
