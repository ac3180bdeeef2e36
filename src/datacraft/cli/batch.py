"""Answer a file of questions line by line: in order, resumable, losing nothing when stopped."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from datacraft.cli.output.record import answer_json, unasked_json
from datacraft.cli.output.talk import say
from datacraft.cli.question_file import AskedLine, finished_lines
from datacraft.contracts.errors import InputError

if TYPE_CHECKING:
    from datacraft.serving import QueryHandler


def answer_lines(handler: QueryHandler, asked: Sequence[AskedLine], out: Path) -> int:
    """Append an answer to `out` for each line that has none yet; return how many lines have an error.

    Each line is written whole, as soon as it is there.

    Raises:
        InputError: `out` can't be written, or holds answers to other questions.
    """
    done = finished_lines(out, asked)
    if done:
        say(f"{done:,} of {len(asked):,} lines are answered already.")
        _remember(handler, asked, done)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with (
            out.open("a", encoding="utf-8") as file,
            _progress(len(asked), done) as advance,
            _heeding_ctrl_c() as check,
        ):
            for line in asked[done:]:
                answered = _answered(handler, line)
                check()
                file.write(answered + "\n")
                file.flush()
                advance()
    except KeyboardInterrupt:
        say(f"Stopped. The finished lines are in {out}; the same command goes on from there.")
        raise
    except OSError as error:
        raise InputError(
            f"The answers can't be written to {out}: {error.strerror or error}.", hint="Choose another --out."
        ) from error
    return _summary(out, len(asked))


@contextmanager
def _heeding_ctrl_c() -> Iterator[Callable[[], None]]:
    """Lend a check that raises KeyboardInterrupt when Ctrl-C was pressed, wherever the first one got lost.

    A KeyboardInterrupt that is raised while native code calls back into Python can vanish there; then the check
    raises it again, before the answer that it has spoilt is written.
    """
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN or threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return
    pressed = False

    def note(_number: int, _frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True
        raise KeyboardInterrupt

    def check() -> None:
        if pressed:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, note)
    try:
        yield check
    finally:
        signal.signal(signal.SIGINT, before)


def _answered(handler: QueryHandler, line: AskedLine) -> str:
    if line.problem is not None:
        say(f"Error: {line.problem.message}")
        return unasked_json(line.identity, line.question, line.problem)
    return answer_json(handler.ask(line.question, line.session), identity=line.identity)


def _remember(handler: QueryHandler, asked: Sequence[AskedLine], done: int) -> None:
    """Ask the finished questions of sessions that go on once more: follow-ups build on them."""
    going_on = {line.session for line in asked[done:] if line.session is not None}
    for line in asked[:done]:
        if line.session in going_on and line.problem is None:
            handler.ask(line.question, line.session)


@contextmanager
def _progress(total: int, done: int) -> Iterator[Callable[[], None]]:
    """Show a progress bar on a terminal; elsewhere nothing."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Answering"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total, completed=done)
        yield lambda: progress.advance(task)


def _summary(out: Path, total: int) -> int:
    with out.open(encoding="utf-8") as file:
        errors = sum(json.loads(line)["error"] is not None for line in file)
    say(f"{total - errors:,} of {total:,} questions answered; all lines are in {out}.")
    return errors
