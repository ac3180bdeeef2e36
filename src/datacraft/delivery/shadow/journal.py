"""What is kept of a shadow, in one folder: its plan, copies that wait, pairs, and people's words; each line whole."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from datacraft.contracts.canary import CanaryWord
from datacraft.contracts.errors import DataCraftError, InputError
from datacraft.contracts.shadow import ShadowCopy, ShadowPair, ShadowPlan, ShadowSummary

_Line = TypeVar("_Line", bound=BaseModel)


class ShadowJournalError(DataCraftError):
    """What a shadow keeps can't be written or read."""

    code = "shadow_journal"


def begin(folder: Path, plan: ShadowPlan) -> ShadowPlan:
    """Write a plan, or return the one that was written before.

    Raises:
        ShadowJournalError: it can't be written or read.
    """
    known = read_plan(folder)
    if known is None:
        append(folder / "plan.jsonl", plan)
    return known or plan


def read_plan(folder: Path) -> ShadowPlan | None:
    """Return a shadow's plan; None: there is no shadow.

    Raises:
        ShadowJournalError: it can't be read.
    """
    return next(_lines(folder / "plan.jsonl", ShadowPlan), None)


def read_copies(folder: Path) -> Iterator[ShadowCopy]:
    """Yield what serving processes have copied, those of each process in their order."""
    for path in sorted((folder / "copies").glob("*.jsonl")):
        yield from _lines(path, ShadowCopy)


def read_pairs(folder: Path) -> list[ShadowPair]:
    """Return the pairs so far, in their order.

    Raises:
        ShadowJournalError: they can't be read.
    """
    return list(_lines(folder / "pairs.jsonl", ShadowPair))


def read_words(folder: Path) -> list[CanaryWord]:
    """Return what people said, in their order.

    Raises:
        ShadowJournalError: it can't be read.
    """
    return list(_lines(folder / "words.jsonl", CanaryWord))


def say(folder: Path, word: CanaryWord) -> None:
    """Leave a person's word, at any time: nobody but people judges a shadow.

    Raises:
        InputError: there is no shadow, or somebody has decided already.
        ShadowJournalError: it can't be written.
    """
    if read_plan(folder) is None:
        raise InputError(f"There is no shadow in {folder}.", hint="Look at where it was begun.")
    if said := read_words(folder):
        raise InputError(
            f"{said[0].by} has decided already: {said[0].decision.replace('_', ' ')}.",
            hint="`datacraft release run` goes on with it.",
        )
    append(folder / "words.jsonl", word)


def summary(plan: ShadowPlan, pairs: list[ShadowPair]) -> ShadowSummary:
    """Return how far a shadow is."""
    return ShadowSummary(
        plan=plan,
        counts=dict(Counter(one.agreement for one in pairs)),
        cost_usd=sum(one.candidate.cost_usd for one in pairs),
        faster=sum(one.candidate.total_ms < one.production.total_ms for one in pairs),
    )


def append(path: Path, entry: BaseModel) -> None:
    """Append one line, whole and on disk.

    Raises:
        ShadowJournalError: it can't be written.
    """
    with _told(path, "written"):
        path.parent.mkdir(parents=True, exist_ok=True)
        _cut_torn_line(path)
        with path.open("ab") as file:
            file.write(entry.model_dump_json().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())


def _cut_torn_line(path: Path) -> None:
    """Cut off what a crash has left of a line."""
    if not path.exists():
        return
    content = path.read_bytes()
    if not content.endswith(b"\n"):
        os.truncate(path, content.rfind(b"\n") + 1)


def _lines(path: Path, kind: type[_Line]) -> Iterator[_Line]:
    """Yield what a file holds; a line that is not whole (yet) does not count."""
    with _told(path, "read"):
        content = path.read_bytes() if path.exists() else b""
    for number, line in enumerate(content[: content.rfind(b"\n") + 1].splitlines(), start=1):
        try:
            yield kind.model_validate_json(line)
        except ValidationError as error:
            raise ShadowJournalError(
                f"{path}:{number} is damaged.", hint="Begin another delivery: datacraft release run --new"
            ) from error


@contextmanager
def _told(path: Path, what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ShadowJournalError(
            f"{path} can't be {what}: {error.strerror}.", hint="Make room, or allow it; then run it again."
        ) from error
