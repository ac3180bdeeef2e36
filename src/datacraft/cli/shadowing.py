"""What `datacraft release shadow` does, and how a candidate answers copies in this process."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import typer

from datacraft.cli.delivered import latest_delivery
from datacraft.cli.options import ListFormat
from datacraft.cli.output.tables import write_table
from datacraft.cli.output.talk import say
from datacraft.contracts.errors import InputError

if TYPE_CHECKING:
    from datacraft.config import Settings
    from datacraft.contracts.proposal import Turn
    from datacraft.contracts.shadow import ShadowCopy, ShownAnswer
    from datacraft.delivery.releasing.work import ShadowSource
    from datacraft.delivery.shadow import AskCandidate
    from datacraft.registry import ObjectStore

_SHOWN_ROWS = 5
_YIELDS_TO_OTHERS = 15


def show_shadow(settings: Settings, name: str | None, shown: ListFormat, *, everything: bool) -> None:
    """Write how far a shadow is, and where its answers differ from production's."""
    from pydantic_core import to_json

    from datacraft.delivery.shadow import read_pairs, read_plan, summary

    journal = latest_delivery(settings, name)
    folder = settings.state_dir / "deliveries" / journal.run_id / "shadow"
    plan = read_plan(folder)
    if plan is None:
        raise InputError(
            f"The delivery {journal.run_id} has no shadow on this machine.",
            hint="Begin one: datacraft release run --strategy shadow",
        )
    pairs = read_pairs(folder)
    found = summary(plan, pairs)
    chosen = [one for one in pairs if everything or one.agreement != "same"]
    if shown is ListFormat.JSON:
        typer.echo(to_json({"summary": found, "pairs": chosen}, indent=1).decode())
        return
    say(f"{plan.candidate} beside {plan.baseline}, {found.asked} of {plan.questions} questions.")
    write_table(
        ("agreement", "questions"),
        [(name.replace("_", " "), str(count)) for name, count in sorted(found.counts.items())],
    )
    say(f"It was faster in {found.faster}, and cost {found.cost_usd:.4f} USD.")
    for one in chosen:
        typer.echo(f"\n{one.question}\n  {one.agreement.replace('_', ' ')}: {one.difference or 'same rows'}")
        for who, answer in (("production", one.production), ("candidate", one.candidate)):
            typer.echo(f"  {who}: {answer.sql or answer.error or 'no SQL'}")
            for line in _rows(answer):
                typer.echo(f"    {line}")


def _rows(answer: ShownAnswer) -> Iterator[str]:
    if answer.columns:
        yield " | ".join(answer.columns)
    for row in answer.rows[:_SHOWN_ROWS]:
        yield " | ".join("" if cell is None else str(cell) for cell in row)
    if answer.row_count > _SHOWN_ROWS:
        yield f"... {answer.row_count:,} rows"


def answering_copies(settings: Settings, store: ObjectStore) -> ShadowSource:
    """Return what lets a release answer copies in a thread of this process, which yields to all others."""

    @contextmanager
    def opened(release_id: str) -> Iterator[AskCandidate]:
        from datacraft.contracts.shadow import ShownAnswer
        from datacraft.registry import ServedModel
        from datacraft.registry.served import read_release
        from datacraft.serving import build_handler

        served = ServedModel(read_release(store, release_id), release_id, "channel")
        earlier: dict[str, tuple[Turn, ...]] = {}
        with ThreadPoolExecutor(1, thread_name_prefix="shadow", initializer=_yield_to_others) as thread:
            handler = thread.submit(
                build_handler, settings, restore=lambda session: earlier.get(session, ()), shadow=served
            ).result()

            def ask(copy: ShadowCopy) -> ShownAnswer:
                # Each copy is a session of its own, which begins with what was asked before it.
                earlier[copy.question_id] = copy.turns
                try:
                    answer = thread.submit(handler.ask, copy.question, copy.question_id).result()
                finally:
                    del earlier[copy.question_id]
                return ShownAnswer.of(answer)

            try:
                yield ask
            finally:
                handler.close()

    return opened


def _yield_to_others() -> None:
    """Lower this thread's priority, and that of threads which it starts, such as the warehouse's."""
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _YIELDS_TO_OTHERS)
