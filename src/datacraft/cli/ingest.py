"""`datacraft ingest`: files become tables of the local warehouse."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from datacraft.cli.start import settings_for


class OnViolation(StrEnum):
    """What happens with rows that break a contract."""

    REJECT = "reject"
    QUARANTINE = "quarantine"
    WARN = "warn"


class LoadMode(StrEnum):
    """What becomes of the rows that a table has already."""

    REPLACE = "replace"
    APPEND = "append"
    UPSERT = "upsert"


IntoOption = Annotated[
    Path | None,
    typer.Option(
        "--into", metavar="FILE", help="The warehouse file.", show_default="warehouse.duckdb in state_dir"
    ),
]


def ingest(
    context: typer.Context,
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Files, folders, archives or databases.")
    ],
    into: IntoOption = None,
    table: Annotated[
        str | None,
        typer.Option(help="Load all into the table of this name.", show_default="named after the files"),
    ] = None,
    mode: Annotated[
        LoadMode, typer.Option(help="What becomes of the rows that the table has already.")
    ] = LoadMode.REPLACE,
    key: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="Identifies a row, for upsert; may be given several times."),
    ] = None,
    contracts: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where contracts are kept.", show_default="data.contracts"),
    ] = None,
    on_violation: Annotated[
        OnViolation | None,
        typer.Option(help="What happens with what breaks a contract.", show_default="as the contract says"),
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--check/--no-check", help="Check by contracts, and propose them where there are none."),
    ] = True,
    watch: Annotated[
        float | None,
        typer.Option(
            min=0.1,
            metavar="SECONDS",
            help="Look again so often, and load what has changed, until Ctrl-C.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Load files into the warehouse: all of them or none, each row traced to its line.

    CSV, TSV, text, Excel, JSON, Parquet, SQLite and DuckDB files, folders, zip and tar archives, and what gzip,
    bzip2 and xz have packed. Like files of a folder become one table. Loading the same again changes nothing.

    What rows must be stands in contracts/TABLE.yaml, proposed at the first load, for people to edit. Rows that
    break it are kept beside the table, with their lines and the reasons.

    \b
    Examples:
      datacraft ingest sales.csv
      datacraft ingest exports/ --mode append
      datacraft ingest prices.xlsx --mode upsert --key product_id
      datacraft ingest inbox/ --watch 30

    Exit codes: 0 loaded, or loaded before; 1 failed inside; 2 wrong usage, or a file can't be read;
    10 a contract does not let the load in.
    """
    from datacraft.cli.ingesting import IngestRun, run_ingest, run_watch

    run = IngestRun(tuple(paths), into, table, mode.value, tuple(key or ()),
                    on_violation.value if on_violation else None, check)  # fmt: skip
    settings = settings_for(context, data__contracts=contracts)
    raise typer.Exit(run_ingest(settings, run) if watch is None else run_watch(settings, run, watch))
