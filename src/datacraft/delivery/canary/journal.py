"""`Journal`: a canary's folder: the plan as it was frozen, every verdict, and what was done about it.

`journal.jsonl` is only appended to, each line whole before anything follows from it: first the plan, then verdicts,
and after each step that changes something outside, that it is done. Whoever is killed in between is followed by
someone who reads it and goes on. `words.jsonl` holds what people say meanwhile.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from datacraft.contracts.canary import CanaryPlan, CanaryState, CanaryVerdict, CanaryWord
from datacraft.contracts.errors import DataCraftError, InputError
from datacraft.delivery.canary.state import advance, first_state

_Line = TypeVar("_Line", bound=BaseModel)


class CanaryJournalError(DataCraftError):
    """A canary's journal can't be written or read, so that it must not go on."""

    code = "canary_journal"


class CanaryInUse(InputError):
    """Another process drives this canary."""

    code = "canary_in_use"


class CanaryChanged(InputError):
    """A canary goes on by the plan that it began with, and another one was given."""

    code = "canary_changed"


class JournalEntry(BaseModel):
    """One line; exactly one of its fields is set."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    plan: CanaryPlan | None = None
    verdict: CanaryVerdict | None = None
    done: int | None = None
    """Of how many verdicts so far all consequences are there."""


class Journal:
    """The journal of one canary, for one process at a time.

    Args:
        folder: made where it is missing.

    Raises:
        CanaryInUse: another process drives it.
        CanaryJournalError: it can't be written, or is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "journal.jsonl"
        with _writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = (folder / "lock").open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._lock.close()
            raise CanaryInUse(
                f"Another process drives the canary in {folder}.", hint="Wait for it."
            ) from error
        try:
            self.plan, self.verdicts, self._done = _replay(self._path)
        except BaseException:
            self._lock.close()
            raise

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.close()

    @property
    def pending(self) -> CanaryVerdict | None:
        """The latest verdict, if not all of its consequences are there yet."""
        return self.verdicts[-1] if len(self.verdicts) > self._done else None

    def begin(self, plan: CanaryPlan) -> CanaryPlan:
        """Freeze a plan, or return the one that was frozen before.

        Raises:
            CanaryChanged: that differs, by more than when it began.
            CanaryJournalError: it can't be written.
        """
        if self.plan is None:
            self._append(JournalEntry(plan=plan))
            self.plan = plan
        elif plan != self.plan.model_copy(update={"started_at": plan.started_at}):
            changed = [
                name for name, value in plan if name != "started_at" and getattr(self.plan, name) != value
            ]
            raise CanaryChanged(
                f"{self._path} holds a canary with another plan ({', '.join(changed)}); its parameters were frozen "
                "when it began.",
                hint="Go on with the same parameters, or end it first and begin another one.",
            )
        return self.plan

    def write(self, verdict: CanaryVerdict) -> None:
        """Keep a verdict, before anything is done about it."""
        self._append(JournalEntry(verdict=verdict))
        self.verdicts.append(verdict)

    def mark_done(self) -> None:
        """Note that all consequences of the verdicts so far are there; of most verdicts there are none."""
        if self.pending is None or self.pending.decision not in ("next_step", "promote", "roll_back"):
            return
        self._append(JournalEntry(done=len(self.verdicts)))
        self._done = len(self.verdicts)

    def state(self, plan: CanaryPlan) -> CanaryState:
        """Return how far the canary is."""
        return state_after(plan, self.verdicts)

    def _append(self, entry: JournalEntry) -> None:
        append_line(self._path, entry)


def state_after(plan: CanaryPlan, verdicts: list[CanaryVerdict]) -> CanaryState:
    """Return the state that a canary's verdicts lead to."""
    state = first_state(plan)
    for verdict in verdicts:
        state = advance(plan, state, verdict)
    return state


def read_journal(folder: Path) -> tuple[CanaryPlan, list[CanaryVerdict]] | None:
    """Return a canary's plan and verdicts, for whoever looks on; None where there is none.

    Raises:
        CanaryJournalError: it is damaged.
    """
    plan, verdicts, _ = _replay(folder / "journal.jsonl", repair=False)
    return None if plan is None else (plan, verdicts)


def read_words(folder: Path) -> list[CanaryWord]:
    """Return what people said, in their order.

    Raises:
        CanaryJournalError: it can't be read.
    """
    return list(_lines(folder / "words.jsonl", CanaryWord, repair=False))


def append_line(path: Path, entry: BaseModel) -> None:
    """Append one line, whole and on disk.

    Raises:
        CanaryJournalError: it can't be written.
    """
    line = entry.model_dump_json().encode() + b"\n"
    with _writing(path):
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if os.write(handle, line) != len(line):
                raise OSError(28, os.strerror(28))  # a full disk takes a part, without an error of its own
            os.fsync(handle)
        finally:
            os.close(handle)


def _replay(path: Path, *, repair: bool = True) -> tuple[CanaryPlan | None, list[CanaryVerdict], int]:
    plan: CanaryPlan | None = None
    verdicts: list[CanaryVerdict] = []
    done = 0
    for entry in _lines(path, JournalEntry, repair=repair):
        plan = entry.plan or plan
        if entry.verdict is not None:
            verdicts.append(entry.verdict)
        done = entry.done if entry.done is not None else done
    return plan, verdicts, done


def _lines(path: Path, kind: type[_Line], *, repair: bool) -> Iterator[_Line]:
    """Yield what a file holds; a line that a crash left torn at its end does not count, and is cut off."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        raise CanaryJournalError(
            f"{path} can't be read: {error.strerror}.", hint="Allow reading it."
        ) from error
    whole = content.rfind(b"\n") + 1
    for number, line in enumerate(content[:whole].splitlines(), start=1):
        try:
            yield kind.model_validate_json(line)
        except ValidationError as error:
            raise CanaryJournalError(
                f"{path}:{number} is damaged, so that it is unknown how far the canary is.",
                hint="Roll it back by hand: datacraft releases rollback --channel canary",
            ) from error
    if repair and whole < len(content):
        with _writing(path):
            os.truncate(path, whole)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CanaryJournalError(
            f"{path} can't be written: {error.strerror}. The canary stays as it is.",
            hint="Make room, or allow writing there; then run it again: it goes on.",
        ) from error
