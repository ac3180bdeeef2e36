"""`DeliveryLock`: one delivery at a time for a registry, whichever machines they run on.

The holder renews the lock while it lives. Whoever wants it takes it over once it has seen it unrenewed for as long
as it is valid, by its own clock, so that no two clocks need agree. What still reached the registry late is fenced
off by the journal, whose numbers are taken, and by channels and deployments, which refuse what they did not look
at (Kleppmann, "How to do distributed locking", 2016).
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from datacraft.contracts.errors import DataCraftError, RegistryError
from datacraft.registry import ObjectChanged, ObjectMissing, ObjectStore
from datacraft.registry.documents import parse_document, write_document

log = logging.getLogger(__name__)

PATH = "deliveries/lock.json"


class DeliveryInUse(DataCraftError):
    """Another delivery is under way."""

    code = "delivery_in_use"


class LockLost(DataCraftError):
    """The lock could not be renewed in time, so that another delivery may be under way."""

    code = "lock_lost"


class LockDocument(BaseModel):
    """Who holds the lock."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: Literal[1] = 1
    token: int = Field(ge=0, description="Rises each time that the lock is taken.")
    by: str | None = Field(description="Who; null: nobody.")
    host: str = ""
    pid: int = 0
    beat: int = Field(default=0, ge=0, description="Rises each time that the holder renews it.")
    ttl_s: float = Field(gt=0, description="How long it is valid unless it is renewed.")
    since: dt.datetime


class DeliveryLock:
    """Held while the `with` block runs, and renewed by a thread.

    Args:
        store: of the registry.
        by: who wants it.
        ttl_s: seconds after which others may take it over if it is not renewed.
        waiting: told once, where a holder that may be dead is waited for.
        sleep: waits.
    """

    def __init__(
        self,
        store: ObjectStore,
        by: str,
        *,
        ttl_s: float = 30,
        waiting: Callable[[str], None] = lambda _: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._by = by
        self._ttl_s = ttl_s
        self._waiting = waiting
        self._sleep = sleep
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._renew, daemon=True, name="delivery-lock")
        self._mine: LockDocument | None = None
        self._generation = 0
        self._renewed_at = 0.0
        self._lost = False

    def __enter__(self) -> DeliveryLock:
        """Take the lock.

        Raises:
            DeliveryInUse: somebody who lives holds it.
            RegistryError: it can't be read or written.
        """
        generation, held = self._read()
        if held is not None and held.by is not None and not _surely_dead(held):
            generation, held = self._outwait(generation, held)
        mine = LockDocument(
            token=(held.token if held else 0) + 1,
            by=self._by,
            host=socket.gethostname(),
            pid=os.getpid(),
            ttl_s=self._ttl_s,
            since=dt.datetime.now(dt.UTC),
        )
        try:
            self._write(mine, generation)
        except ObjectChanged as error:
            raise DeliveryInUse(
                "Another delivery has just begun.", hint="Look at it: datacraft release status"
            ) from error
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        if self._mine is None or self._lost:
            return
        try:
            self._write(self._mine.model_copy(update={"by": None}), self._generation)
        except RegistryError as failed:  # it runs out by itself
            log.warning("the delivery lock could not be given back: %s", failed.message)

    @property
    def token(self) -> int:
        """Which taking of the lock this is."""
        return self._mine.token if self._mine else 0

    def check(self) -> None:
        """Make sure that the lock is still held; called before anything is changed outside.

        Raises:
            LockLost: it is not, or that is unknown.
        """
        if self._lost or time.monotonic() - self._renewed_at > self._ttl_s:
            raise LockLost(
                "The delivery lock could not be renewed, so that another delivery may be under way; this one stops.",
                hint="Run it again: it goes on where it stopped.",
            )

    def _outwait(self, generation: int, held: LockDocument) -> tuple[int, LockDocument | None]:
        """Return the lock as it is once its holder has let it run out."""
        self._waiting(
            f"{_who(held)} holds the delivery lock; waiting up to {held.ttl_s:g} s to see whether it lives."
        )
        pause_s, waited_s = min(1.0, held.ttl_s / 10), 0.0
        while waited_s <= held.ttl_s:
            self._sleep(pause_s)
            waited_s += pause_s
            now, document = self._read()
            if document is None or document.by is None:
                return now, document
            if now != generation:
                raise DeliveryInUse(
                    f"{_who(document)} has a delivery under way.",
                    hint="Look at it: datacraft release status",
                )
        return generation, held

    def _renew(self) -> None:
        while not self._stop.wait(self._ttl_s / 4):
            assert self._mine is not None
            try:
                self._write(self._mine.model_copy(update={"beat": self._mine.beat + 1}), self._generation)
            except ObjectChanged:
                self._lost = True
                return
            except RegistryError as error:  # tried again until it has run out
                log.warning("the delivery lock could not be renewed: %s", error.message)

    def _write(self, document: LockDocument, generation: int) -> None:
        began = time.monotonic()
        self._generation = self._store.replace(PATH, write_document(document), generation=generation)
        self._mine, self._renewed_at = document, began

    def _read(self) -> tuple[int, LockDocument | None]:
        try:
            found = self._store.read(PATH)
        except ObjectMissing:
            return 0, None
        return found.generation, parse_document(found.data, PATH, LockDocument, 1, RegistryError)


def _who(held: LockDocument) -> str:
    return f"{held.by} (process {held.pid} on {held.host}, since {held.since:%Y-%m-%d %H:%M:%S} UTC)"


def _surely_dead(held: LockDocument) -> bool:
    """Tell whether the holder was a process of this machine that is not there any more."""
    if held.host != socket.gethostname():
        return False
    try:
        os.kill(held.pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
