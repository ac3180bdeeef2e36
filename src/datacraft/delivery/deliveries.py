"""`DeliveryJournal`: what a delivery did, entry by entry, in the registry, so that any machine can go on with it.

`deliveries/{run_id}/{number}.json` is created and never changed. That is also the fence: who was taken for dead and
comes back finds that the number after his last one is taken, and stops.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

from datacraft.contracts.delivery_run import (
    STEP_NAMES,
    DeliveryEnd,
    DeliveryEntry,
    DeliveryFacts,
    DeliveryWish,
    StepName,
    StepRecord,
)
from datacraft.contracts.errors import DataCraftError, RegistryError
from datacraft.registry import ObjectExists, ObjectStore
from datacraft.registry.documents import parse_document, write_document
from datacraft.registry.newest import format_time, newest_first
from datacraft.registry.store import walk

FOLDER = "deliveries"


class DeliverySuperseded(DataCraftError):
    """Another process goes on with this delivery."""

    code = "delivery_superseded"


@dataclass
class DeliveryJournal:
    """The journal of one delivery. `append` writes before anything follows from what it says."""

    store: ObjectStore
    run_id: str
    entries: list[DeliveryEntry] = field(default_factory=list)

    @property
    def wish(self) -> DeliveryWish:
        """What was asked for."""
        return next(one.wish for one in self.entries if one.wish is not None)

    @property
    def end(self) -> DeliveryEnd | None:
        """How it ended, if nothing was done since."""
        return self.entries[-1].end

    @property
    def facts(self) -> DeliveryFacts:
        """What is known so far."""
        known = [one.step.facts for one in self.entries if one.step is not None]
        return known[-1] if known else DeliveryFacts()

    @property
    def records(self) -> list[StepRecord]:
        """What was said of steps, in order."""
        return [one.step for one in self.entries if one.step is not None]

    def latest(self) -> dict[StepName, StepRecord]:
        """Return the last that was said of each step."""
        return {one.step: one for one in self.records}

    def next_step(self) -> StepName:
        """Return the first step that is neither done nor skipped."""
        latest = self.latest()
        return next(
            (
                name
                for name in STEP_NAMES
                if name not in latest or latest[name].state not in ("done", "skipped")
            ),
            "notify",
        )

    def append(self, entry: DeliveryEntry) -> None:
        """Write an entry.

        Raises:
            DeliverySuperseded: somebody else has written one since.
            RegistryError: it can't be written.
        """
        path = f"{FOLDER}/{self.run_id}/{len(self.entries) + 1:05d}.json"
        try:
            self.store.create(path, write_document(entry))
        except ObjectExists as error:
            raise DeliverySuperseded(
                f"Another process goes on with the delivery {self.run_id}; this one stops.",
                hint="Look at it: datacraft release status",
            ) from error
        self.entries.append(entry)


def begin_journal(store: ObjectStore, wish: DeliveryWish, now: dt.datetime) -> DeliveryJournal:
    """Begin a delivery.

    Raises:
        RegistryError: it can't be written.
    """
    journal = DeliveryJournal(store, f"{format_time(now)}_{secrets.token_hex(3)}")
    journal.append(DeliveryEntry(wish=wish))
    return journal


def read_journal(store: ObjectStore, run_id: str) -> DeliveryJournal:
    """Return the journal of a delivery.

    Raises:
        RegistryError: there is none, or it can't be read.
    """
    folder = f"{FOLDER}/{run_id}"
    names = sorted(walk(store, folder))
    if not names:
        raise RegistryError(
            f"There is no delivery {run_id} in {store.url}.", hint="`datacraft release list` shows them."
        )
    if names != [f"{number:05d}.json" for number in range(1, len(names) + 1)]:
        raise RegistryError(
            f"{folder} lacks entries, so that it is unknown how far the delivery is.",
            hint="Begin another one: datacraft release run --new",
        )
    entries = [
        parse_document(
            store.read(f"{folder}/{name}").data, f"{folder}/{name}", DeliveryEntry, 1, RegistryError
        )
        for name in names
    ]
    if entries[0].wish is None:
        raise RegistryError(f"{folder}/{names[0]} does not say what was asked for.")
    return DeliveryJournal(store, run_id, entries)


def deliveries(store: ObjectStore, now: dt.datetime) -> Iterator[str]:
    """Yield the deliveries, the latest first."""
    yield from newest_first(store, FOLDER, now)
