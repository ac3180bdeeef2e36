"""`run_delivery`: the nine steps, once, in order; killed anywhere and run again, they go on."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from datacraft.config import Settings
from datacraft.contracts.delivery_run import (
    STEP_NAMES,
    DeliveryEnd,
    DeliveryEntry,
    DeliveryFacts,
    DeliveryWish,
    StepName,
    StepRecord,
)
from datacraft.contracts.errors import DataCraftError, InputError
from datacraft.contracts.notice import NoticeStatus
from datacraft.delivery.config import DeliveryConfig
from datacraft.delivery.deliveries import (
    DeliveryJournal,
    DeliverySuperseded,
    begin_journal,
    deliveries,
    read_journal,
)
from datacraft.delivery.releasing.lock import DeliveryLock, LockLost
from datacraft.delivery.releasing.steps import STEPS
from datacraft.delivery.releasing.telling import notice_of
from datacraft.delivery.releasing.work import Clock, Parts, StepResult, SystemClock, Work
from datacraft.registry import ObjectStore

_STATUSES: dict[int, NoticeStatus] = {
    10: "rejected",
    11: "worse",
    12: "rolled_back",
    13: "waiting",
    14: "no_candidate",
}


def run_delivery(
    settings: Settings,
    config: DeliveryConfig,
    store: ObjectStore,
    parts: Parts,
    wish: DeliveryWish,
    *,
    new: bool = False,
    start: StepName | None = None,
    until: StepName | None = None,
    watch: Callable[[str, StepRecord], None] = lambda run_id, record: None,
    say: Callable[[str], None] = lambda _: None,
    clock: Clock | None = None,
    lock_ttl_s: float = 30,
) -> DeliveryJournal:
    """Take a release through the steps, or go on with the delivery that has not come to its end.

    An error leaves users with what they had, and people are told why. What was decided (accepted and deployed,
    rejected, worse, rolled back) is the end; what failed inside is gone on with by calling this again.

    Args:
        settings: that hold.
        config: gates, margins, channels, canary.
        store: of the registry, where the journal and the lock are kept.
        parts: the outside world.
        wish: what is asked for; of a delivery that is gone on with, it must be the same.
        new: begin another delivery, even if the last one has no end.
        start: this step and all after it are made again.
        until: the last step that is made; the delivery is gone on with later.
        watch: told of each record, with the delivery's name.
        say: told what goes on within steps.
        clock: of waits.
        lock_ttl_s: how long the lock holds after its holder died.

    Raises:
        InputError: the wish differs from what the unfinished delivery was asked for.
        DeliveryInUse: another one is under way.
        LockLost, DeliverySuperseded: another process has taken over; this one has stopped.
        RegistryError: the journal can't be read or written.
    """
    time = clock or SystemClock()
    with DeliveryLock(store, wish.by, ttl_s=lock_ttl_s, waiting=say) as lock:
        journal = _journal(store, wish, time.now(), new=new, start=start)
        work = Work(
            run_id=journal.run_id,
            wish=journal.wish,
            settings=settings,
            config=config,
            store=store,
            parts=parts,
            folder=_folder(settings, journal.run_id),
            keep=lambda facts: None,
            check=lock.check,
            say=say,
            clock=time,
        )
        _Run(journal, work, watch).go(start, until)
        return journal


def _folder(settings: Settings, run_id: str) -> Path:
    return settings.state_dir / "deliveries" / run_id


def _journal(
    store: ObjectStore, wish: DeliveryWish, now: dt.datetime, *, new: bool, start: StepName | None
) -> DeliveryJournal:
    latest = next(deliveries(store, now), None)
    if latest is None or new:
        if start is not None and start != STEP_NAMES[0]:
            raise InputError(
                f"There is no delivery whose step {start} could be made again.",
                hint="Leave out --from, or --new.",
            )
        return begin_journal(store, wish, now)
    journal = read_journal(store, latest)
    ended = journal.end is not None and journal.end.final
    if ended and start is None:
        return begin_journal(store, wish, now)
    differing = [
        name
        for name, value in wish
        if name not in ("by", "reason", "workflow_run_url") and getattr(journal.wish, name) != value
    ]
    if differing:
        raise InputError(
            f"The delivery {latest} has not come to its end, and was asked for with another {differing[0]}.",
            hint="Go on with the same options, or begin another one with --new.",
        )
    return journal


class _Run:
    """A delivery at work."""

    def __init__(
        self, journal: DeliveryJournal, work: Work, watch: Callable[[str, StepRecord], None]
    ) -> None:
        self._journal = journal
        self._work = work
        self._watch = watch

    def go(self, start: StepName | None, until: StepName | None) -> None:
        """Make the steps that are left; tell people how it ended."""
        first = start or self._journal.next_step()
        last = STEP_NAMES.index(until or STEP_NAMES[-1])
        names = [name for name in STEP_NAMES[STEP_NAMES.index(first) :] if STEP_NAMES.index(name) <= last]
        facts = self._facts_before(first) if start else self._journal.facts
        for name in names:
            if name == "notify":
                break
            try:
                facts = self._make(name, facts)
            except (DeliverySuperseded, LockLost):
                raise  # whoever has taken over tells how it ends
            except DataCraftError as error:
                self._end(_STATUSES.get(error.exit_code, "failed"), error)
                return
        if "notify" in names:
            self._end("deployed", None)

    def _facts_before(self, step: StepName) -> DeliveryFacts:
        earlier = STEP_NAMES[: STEP_NAMES.index(step)]
        known = [record for record in self._journal.records if record.step in earlier]
        done = {record.step for record in known if record.state in ("done", "skipped")}
        if missing := [name for name in earlier if name not in done]:
            raise InputError(
                f"The step {step} needs what {missing[0]} gives, and that was never made.",
                hint=f"Use --from {missing[0]}.",
            )
        return known[-1].facts if known else DeliveryFacts()

    def _make(self, name: StepName, facts: DeliveryFacts) -> DeliveryFacts:
        step = STEPS[name]
        latest = facts

        def keep(known: DeliveryFacts) -> None:
            nonlocal latest
            latest = known
            record = StepRecord(step=name, state="started", at=self._now(), facts=known)
            self._journal.append(DeliveryEntry(step=record))

        for attempt, pause_s in enumerate((*step.pauses_s, None), start=1):
            began = self._now()
            self._work.check()
            self._write(StepRecord(step=name, state="started", at=began, attempt=attempt, facts=latest))
            try:
                result = step.make(replace(self._work, keep=keep), latest)
            except DataCraftError as error:
                heals = isinstance(error, step.heals) and pause_s is not None
                with suppress(DeliverySuperseded):
                    self._write(self._record(name, "failed", began, attempt, latest, error))
                if not heals:
                    raise
                assert pause_s is not None
                wait_s = pause_s * random.uniform(0.8, 1.2)
                self._work.say(f"{name} is tried again in {wait_s:.0f} s.")
                self._work.clock.sleep(wait_s)
            else:
                return self._done(name, began, attempt, result)
        raise AssertionError("the last attempt raises or returns")

    def _done(self, name: StepName, began: dt.datetime, attempt: int, result: StepResult) -> DeliveryFacts:
        state = "skipped" if result.skipped else "done"
        record = self._record(name, state, began, attempt, result.facts)
        self._write(record.model_copy(update={"note": result.note}))
        return result.facts

    def _end(self, status: NoticeStatus, error: DataCraftError | None) -> None:
        """Tell people, then write the end: who is killed between tells them twice rather than never."""
        began = self._now()
        facts = self._journal.facts
        self._write(StepRecord(step="notify", state="started", at=began, facts=facts))
        notice = notice_of(self._work, facts, status, error)
        receipts = self._work.parts.notify(notice)
        missed = [one.destination for one in receipts if not one.delivered]
        note = (
            f"The notice did not reach {', '.join(missed)}."
            if missed
            else f"The notice reached {', '.join(one.destination for one in receipts)}."
        )
        record = self._record("notify", "done", began, 1, facts)
        self._write(record.model_copy(update={"note": note}))
        end = DeliveryEnd(
            status=status,
            at=self._now(),
            error=error.info() if error else None,
            exit_code=error.exit_code if error else 0,
        )
        self._journal.append(DeliveryEntry(end=end))

    def _record(
        self,
        name: StepName,
        state: str,
        began: dt.datetime,
        attempt: int,
        facts: DeliveryFacts,
        error: DataCraftError | None = None,
    ) -> StepRecord:
        now = self._now()
        return StepRecord.model_validate(
            {
                "step": name,
                "state": state,
                "at": now,
                "seconds": round(max(0.0, (now - began).total_seconds()), 3),
                "attempt": attempt,
                "facts": facts,
                "error": error.info() if error else None,
            }
        )

    def _write(self, record: StepRecord) -> None:
        self._journal.append(DeliveryEntry(step=record))
        self._watch(self._journal.run_id, record)

    def _now(self) -> dt.datetime:
        return self._work.clock.now()
