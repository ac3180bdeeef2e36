"""What `datacraft release status`, `list` and `decide` do."""

from __future__ import annotations

import datetime as dt
from itertools import islice
from typing import TYPE_CHECKING, Literal

import typer

from datacraft.cli.edge import EXIT_UNKNOWN
from datacraft.cli.judging import registry_of
from datacraft.cli.moving import person
from datacraft.cli.options import ListFormat
from datacraft.cli.output.tables import write_table
from datacraft.cli.output.talk import say
from datacraft.cli.recording import recorded_here
from datacraft.contracts.delivery_run import STEP_NAMES
from datacraft.contracts.errors import InputError

if TYPE_CHECKING:
    from datacraft.config import Settings
    from datacraft.delivery.releasing import DeliveryJournal

_LISTED = 50


def latest_delivery(settings: Settings, name: str | None) -> DeliveryJournal:
    """Return a delivery's journal; without a name, that of the latest one.

    Raises:
        InputError: there is none.
    """
    from datacraft.delivery.releasing import deliveries, read_journal

    store = registry_of(settings)
    name = name or next(deliveries(store, dt.datetime.now(dt.UTC)), None)
    if name is None:
        raise InputError(
            f"There is no delivery in {store.url}.", hint="Begin one: datacraft release run --data PATH"
        )
    return read_journal(store, name)


def show_delivery(settings: Settings, name: str | None) -> int:
    """Write how far a delivery is; return the code with which it ended."""
    journal = latest_delivery(settings, name)
    wish, latest = journal.wish, journal.latest()
    say(f"The delivery {journal.run_id}, by {wish.by}: {wish.reason}")
    rows = []
    for step in STEP_NAMES:
        record = latest.get(step)
        if record is None:
            rows.append((step, "to do", "", ""))
            continue
        told = record.error.message if record.error else record.note
        seconds = "" if record.seconds is None else f"{record.seconds:.1f}"
        rows.append((step, record.state, seconds, told))
    write_table(("step", "state", "seconds", "what"), rows)
    if journal.end is None:
        say("It has no end yet; `datacraft release run` goes on with it.")
        return EXIT_UNKNOWN
    say(f"It ended {journal.end.at:%Y-%m-%d %H:%M:%S} UTC: {journal.end.status.replace('_', ' ')}.")
    return journal.end.exit_code


def list_deliveries(settings: Settings, shown: ListFormat) -> None:
    """Write the deliveries, the latest first."""
    from pydantic_core import to_json

    from datacraft.delivery.releasing import deliveries, read_journal

    store = registry_of(settings)
    names = islice(deliveries(store, dt.datetime.now(dt.UTC)), _LISTED)
    found = [read_journal(store, name) for name in names]
    if shown is ListFormat.JSON:
        listed = [{"name": one.run_id, "wish": one.wish, "facts": one.facts, "end": one.end} for one in found]
        typer.echo(to_json(listed, indent=1).decode())
        return
    rows = [
        (
            one.run_id,
            one.end.status.replace("_", " ") if one.end else f"stopped before {one.next_step()}",
            one.facts.release_id or "-",
            one.wish.by,
            one.wish.reason,
        )
        for one in found
    ]
    write_table(("delivery", "how it ended", "release", "who", "why"), rows)


def decide(
    settings: Settings, decision: Literal["promote", "roll_back"], reason: str, by: str | None
) -> None:
    """Leave a person's word for whoever drives the canary or the shadow."""
    from datacraft.contracts.canary import CanaryWord
    from datacraft.delivery import canary, shadow

    if not reason.strip():
        raise InputError("The reason is empty.", hint="Write why: --reason TEXT.")
    journal = latest_delivery(settings, None)
    kind, leave = ("shadow", shadow.say) if journal.wish.strategy == "shadow" else ("canary", canary.say)
    folder = settings.state_dir / "deliveries" / journal.run_id / kind
    word = CanaryWord(decision=decision, by=person(by), reason=reason.strip(), at=dt.datetime.now(dt.UTC))
    told = f"{decision.replace('_', ' ')}: {word.reason}"
    with recorded_here(settings, word.by, "decide", f"{kind} of {journal.run_id}", told):
        leave(folder, word)
    say("Said. Where nobody drives it now, `datacraft release run` goes on with it.")
