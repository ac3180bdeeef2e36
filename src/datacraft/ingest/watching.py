"""Watching a place: what changes there is loaded, once it has stopped changing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from datacraft.contracts.errors import DataCraftError
from datacraft.ingest.loading import ingest
from datacraft.ingest.options import IngestOptions
from datacraft.ingest.report.model import IngestReport

Stamp = frozenset[tuple[str, int, int]]
"""Path, size and time of change of every file."""


def watch(
    paths: Sequence[Path], options: IngestOptions, wait: Callable[[], bool]
) -> Iterator[IngestReport | DataCraftError]:
    """Load what lies at `paths`, and again whenever that has changed; yield how each load ended.

    A file that is being written is left to its writer: a change is loaded when two looks in a row see the same. What
    can't be loaded is told once, and tried again after the next change; loading the same twice changes nothing.

    Args:
        paths: files and folders; they may be empty or missing as yet.
        options: of each load.
        wait: returns when it is time to look again; False: to stop.
    """
    done: Stamp = frozenset()
    before = look(paths)
    while wait():
        now = look(paths)
        if now and now == before and now != done:
            done = now
            try:
                yield ingest(paths, options)
            except DataCraftError as error:
                yield error
        before = now


def look(paths: Sequence[Path]) -> Stamp:
    """Return what lies at some paths at the moment."""
    found: set[tuple[str, int, int]] = set()
    for path in paths:
        members = path.rglob("*") if path.is_dir() else [path]
        for member in members:
            if member.name.startswith((".", "~$")):
                continue
            try:
                status = member.stat()
            except OSError:  # gone since it was listed
                continue
            if not member.is_dir():
                found.add((str(member), status.st_size, status.st_mtime_ns))
    return frozenset(found)
