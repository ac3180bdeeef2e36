"""What one look leads to, done: alarms kept, people told, a release taken back or candidates evaluated anew."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass

from datacraft.contracts.alarm import Act, ActState, Alarm, AlarmBook, AlarmEvent, Decision, Word
from datacraft.contracts.errors import DataCraftError, InputError, RegistryError
from datacraft.contracts.monitoring import DecisionPolicy, ProductionReport
from datacraft.monitoring.alarms.book import looked
from datacraft.monitoring.alarms.deciding import decide
from datacraft.monitoring.alarms.keeping import MonitoringPlace
from datacraft.registry.channels import read_pointer, rollback_targets
from datacraft.registry.integrity import release_problems
from datacraft.registry.newest import format_time

log = logging.getLogger(__name__)

_DEAD = dt.timedelta(hours=24)
"""An act that began so long ago and did not say how it ended is taken for failed."""


@dataclass(frozen=True, slots=True)
class Hands:
    """Who does what is decided.

    Attributes:
        tell: people about events of alarms, and about an act and how it went.
        re_evaluate: has candidates evaluated anew; returns a reference of the run and how it ended, both for people.
        roll_back: takes the release back; returns likewise.
    """

    tell: Callable[[tuple[AlarmEvent, ...], Act | None], None]
    re_evaluate: Callable[[Act], tuple[str, str]]
    roll_back: Callable[[Act], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a look.

    Attributes:
        report: its path in the registry.
        events: that people were told of.
        decision: what it leads to.
        act: that was done, or waits.
    """

    report: str
    events: tuple[AlarmEvent, ...]
    decision: Decision
    act: Act | None


def act(place: MonitoringPlace, report: ProductionReport, policy: DecisionPolicy, hands: Hands) -> Outcome:
    """Keep a look, decide what follows from it, and do that.

    Raises:
        RegistryError: the registry can't be read or written; nothing was done then.
    """
    now = report.at
    path = place.write_report(report)
    events = place.change_book(lambda book: looked(book, report, policy))
    _bury(place, now)
    since, can_go_back = _serving(place, report)
    book = place.read_book()
    decision = decide(book, place.acts(now), policy, now, serves_since=since, can_go_back=can_go_back)
    done: Act | None = None
    if decision.action is not None and decision.held is None:
        done = _begun(place, report, decision, path, waits=decision.action in policy.approval)
    loud = tuple(one for one in events if _is_told(book, one, policy, now))
    if loud or done is not None:
        hands.tell(loud, done)
        place.change_book(lambda book: (_told(book, loud, now), None))
    if done is not None and done.state == "started":
        done = _carried_out(place, done, hands)
    return Outcome(path, loud, decision, done)


def answer_act(place: MonitoringPlace, act_id: str, word: Word, hands: Hands, *, allowed: bool) -> Act:
    """Allow or decline an act that waits for a person's word; an allowed one is done.

    Raises:
        InputError: there is no such act, or it does not wait.
        RegistryError: the registry can't be read or written.
    """

    def answered(one: Act) -> Act:
        if one.state != "waiting":
            raise InputError(f"The act {act_id} does not wait: it is {one.state}.")
        if allowed:
            return one.model_copy(update={"state": "started", "word": word})
        told = f"declined by {word.by}: {word.reason}"
        return one.model_copy(
            update={"state": "declined", "word": word, "outcome": told, "ended_at": word.at}
        )

    found = place.change_act(act_id, answered)
    return _carried_out(place, found, hands) if allowed else found


def _serving(place: MonitoringPlace, report: ProductionReport) -> tuple[dt.datetime | None, bool]:
    """Return since when the channel names its release, and whether it could go back to a whole one."""
    pointer = read_pointer(place.store, place.channel)
    if pointer.release_id is None or not pointer.channel.history or pointer.channel.pinned is not None:
        return None, False
    last = [change for change in pointer.channel.history if change.action in ("promote", "rollback")][-1]
    # What monitoring or a person has taken back already is not taken back further.
    if last.action != "promote" or last.release_id != report.release_id:
        return last.at, False
    target = next(rollback_targets(pointer.channel), None)
    return last.at, target is not None and not release_problems(place.store, target)


def _begun(
    place: MonitoringPlace, report: ProductionReport, decision: Decision, path: str, *, waits: bool
) -> Act:
    assert decision.action is not None
    one = Act(
        id=f"{format_time(report.at)}_{decision.action}",
        at=report.at,
        channel=place.channel,
        action=decision.action,
        causes=decision.causes,
        reason=decision.reason,
        release_id=report.release_id,
        evidence=path,
        state="waiting" if waits else "started",
    )
    place.begin(one)
    return one


def _carried_out(place: MonitoringPlace, one: Act, hands: Hands) -> Act:
    """Do it, and write how that ended; what goes wrong is its outcome."""
    reference: str | None = None
    state: ActState = "failed"
    try:
        reference, outcome = (hands.roll_back if one.action == "roll_back" else hands.re_evaluate)(one)
        state = "done"
    except DataCraftError as error:
        log.warning("the act %s failed: %s", one.id, error.message)
        outcome = f"{error.message} {error.hint or ''}".strip()
    update = {"state": state, "reference": reference, "outcome": outcome, "ended_at": dt.datetime.now(dt.UTC)}
    ended = place.change_act(one.id, lambda found: found.model_copy(update=update))
    hands.tell((), ended)
    return ended


def _bury(place: MonitoringPlace, now: dt.datetime) -> None:
    """Let acts whose process has died no longer hold up others."""
    for one in place.acts(now):
        if one.state == "started" and now - one.at > _DEAD:
            update = {"state": "failed", "outcome": "It never said how it ended.", "ended_at": now}
            try:
                place.change_act(one.id, lambda found, update=update: found.model_copy(update=update))  # type: ignore[misc]
            except RegistryError as error:
                log.warning("the act %s could not be closed: %s", one.id, error.message)


def _is_told(book: AlarmBook, event: AlarmEvent, policy: DecisionPolicy, now: dt.datetime) -> bool:
    if book.is_muted(event.alarm.name, now):
        return False
    if event.kind == "resolved" and event.alarm.told_at is None:
        return False  # nobody heard of it
    return event.alarm.severity == "page" or not policy.is_quiet(now)


def _told(book: AlarmBook, events: tuple[AlarmEvent, ...], now: dt.datetime) -> AlarmBook:
    names = {one.alarm.name for one in events}

    def noted(one: Alarm) -> Alarm:
        return one.model_copy(update={"told_at": now}) if one.name in names else one

    return book.model_copy(update={"alarms": tuple(noted(one) for one in book.alarms)})
