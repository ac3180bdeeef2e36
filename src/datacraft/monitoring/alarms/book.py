"""How a look changes the alarms: they are believed, get worse, are told again, and end.

An alarm ends when what it is about was measured and found well, so many looks in a row; a look that could not measure
it changes nothing.
"""

from __future__ import annotations

import datetime as dt

from datacraft.contracts.alarm import Alarm, AlarmBook, AlarmEvent, EventKind
from datacraft.contracts.monitoring import Alert, DecisionPolicy, ProductionReport
from datacraft.monitoring.production import DATA_DRIFT, TRAFFIC_DRIFT

_PAST = 200
_SLOWLY = {DATA_DRIFT, TRAFFIC_DRIFT}
"""Believed only when several looks have seen them; the others look at windows of time by themselves."""


def looked(
    book: AlarmBook, report: ProductionReport, policy: DecisionPolicy
) -> tuple[AlarmBook, tuple[AlarmEvent, ...]]:
    """Return the book after a look, and what is new about its alarms.

    A look that is not later than the last one changes nothing: it was taken into account, or a clock went back.
    """
    now = report.at
    if book.looked_at is not None and now <= book.looked_at:
        return book, ()
    seen = {one.name: one for one in report.alerts if one.severity != "note"}
    known = {one.name: one for one in book.alarms}
    alarms: list[Alarm] = []
    over: list[Alarm] = []
    events: list[AlarmEvent] = []
    for name in sorted({*known, *seen}):
        before, alert = known.get(name), seen.get(name)
        if alert is not None:
            alarm = _seen(before, alert, report, policy)
            kind = _news(before, alarm, policy, now)
            alarms.append(alarm)
            if kind is not None:
                events.append(AlarmEvent(kind=kind, alarm=alarm))
        elif before is not None:
            alarm = _unseen(before, name in report.measured, policy, now)
            (over if alarm.resolved_at is not None else alarms).append(alarm)
            if alarm.resolved_at is not None and alarm.opened_at is not None:
                events.append(AlarmEvent(kind="resolved", alarm=alarm))
    past = (*(one for one in over if one.opened_at is not None), *book.past)[:_PAST]
    mutes = {name: word for name, word in book.mutes.items() if word.until is None or word.until > now}
    return AlarmBook(alarms=tuple(alarms), past=past, mutes=mutes, looked_at=now), tuple(events)


def _seen(before: Alarm | None, alert: Alert, report: ProductionReport, policy: DecisionPolicy) -> Alarm:
    severity = "page" if alert.severity == "page" else "ticket"
    looks = before.looks + 1 if before is not None and before.clear == 0 else 1
    needed = policy.drift_looks if alert.name in _SLOWLY else 1
    opened = before.opened_at if before is not None else None
    if opened is None and looks >= needed:
        opened = report.at
    known = before or Alarm(
        name=alert.name, severity=severity, message=alert.message, release_id=report.release_id,
        first_at=report.at, seen_at=report.at, looks=1,
    )  # fmt: skip
    return known.model_copy(
        update={
            "severity": severity, "message": alert.message, "seen_at": report.at, "looks": looks, "clear": 0,
            "opened_at": opened,
        }
    )  # fmt: skip


def _news(before: Alarm | None, after: Alarm, policy: DecisionPolicy, now: dt.datetime) -> EventKind | None:
    if after.opened_at is None:
        return None
    if before is None or after.told_at is None:  # also where it was muted, or tickets waited
        return "opened"
    if before.severity == "ticket" and after.severity == "page":
        return "worse"
    is_due = after.acknowledged is None and now - after.told_at >= dt.timedelta(hours=policy.remind_h)
    return "reminder" if is_due else None


def _unseen(before: Alarm, measured: bool, policy: DecisionPolicy, now: dt.datetime) -> Alarm:
    if not measured:
        return before
    clear = before.clear + 1
    is_over = before.opened_at is None or clear >= policy.clear_looks
    return before.model_copy(update={"clear": clear, "resolved_at": now if is_over else None})
