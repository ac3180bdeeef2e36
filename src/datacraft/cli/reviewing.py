"""What `datacraft data review` does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from datacraft.cli.ingesting import warehouse_file
from datacraft.cli.output.talk import say
from datacraft.cli.recording import this_user

if TYPE_CHECKING:
    from datacraft.config import Settings
    from datacraft.ingest.review import Decision, UncertainCell


def show_waiting(settings: Settings, into: Path | None, table: str | None, pictures: Path | None) -> None:
    """Write the cells that wait as JSON lines, and their pictures where a folder is named."""
    cells = _waiting(settings, into, table)
    for cell in cells:
        shown = {
            "cell": cell.item_id,
            "table": cell.table,
            "column": cell.column,
            "file": cell.path,
            "page": cell.page,
            "box": None if cell.box is None else [round(value, 1) for value in cell.box],
            "read": cell.seen,
            "confidence": round(cell.confidence, 2),
            "why": cell.doubt,
        }
        typer.echo(json.dumps(shown, ensure_ascii=False))
    if pictures is not None:
        _write_pictures(cells, pictures)
    say(f"{len(cells)} cells wait." if cells else "No cell waits.")


def run_accept(
    settings: Settings, into: Path | None, cells: Sequence[int], all_of: str | None, reason: str
) -> None:
    """Take cells as they were read."""
    from datacraft.ingest.review import Decision

    numbers = list(cells) + ([cell.item_id for cell in _waiting(settings, into, all_of)] if all_of else [])
    _decide(settings, into, [Decision(number, "accept") for number in numbers], reason)


def run_correct(settings: Settings, into: Path | None, cell: int, value: str, reason: str) -> None:
    """Give a cell the value that a person says."""
    from datacraft.ingest.review import Decision

    _decide(settings, into, [Decision(cell, "correct", value)], reason)


def run_dismiss(settings: Settings, into: Path | None, cells: Sequence[int], reason: str) -> None:
    """Leave cells empty for good."""
    from datacraft.ingest.review import Decision

    _decide(settings, into, [Decision(number, "dismiss") for number in cells], reason)


def _waiting(settings: Settings, into: Path | None, table: str | None) -> list[UncertainCell]:
    from datacraft.ingest.review import uncertain_cells
    from datacraft.ingest.store import read_store

    with read_store(warehouse_file(settings, into)) as store:
        return uncertain_cells(store, table)


def _decide(settings: Settings, into: Path | None, decisions: Sequence[Decision], reason: str) -> None:
    from datacraft.contracts.errors import InputError
    from datacraft.ingest.review import decide

    if not decisions:
        raise InputError("No cell was named.", hint="`datacraft data review list` shows their numbers.")
    for reviewed in decide(warehouse_file(settings, into), decisions, who=this_user(), reason=reason):
        say(f"{reviewed.version.table}: {reviewed.decided} cells decided, {reviewed.waiting} wait.")
        typer.echo(f"{reviewed.version.table}\t{reviewed.version.row_count}\t{reviewed.waiting}")


def _write_pictures(cells: Sequence[UncertainCell], folder: Path) -> None:
    from datacraft.contracts.errors import ConfigError, InputError
    from datacraft.ingest.review import picture_of

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for cell in cells:
            try:
                (folder / f"{cell.item_id}.png").write_bytes(picture_of(cell))
            except InputError as error:
                say(f"No picture of cell {cell.item_id}: {error.message}")
    except OSError as error:
        raise ConfigError(
            f"Pictures can't be written to {folder}: {error.strerror}.", hint="Name another folder."
        ) from error
