"""What the alarms ask for, and whether that may be done now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from datacraft.contracts.alarm import Act, Action, Alarm, AlarmBook, Decision
from datacraft.contracts.monitoring import DecisionPolicy
from datacraft.monitoring.health.burning import NAME as ERROR_BUDGET
from datacraft.monitoring.health.thresholds import ERROR_RATE, LATENCY, SUCCESS_RATE, THUMBS
from datacraft.monitoring.health.usual import DOUBT, ERRORS, REFUSALS, SLOW
from datacraft.monitoring.production import ACCURACY, DATA_DRIFT, TRAFFIC_DRIFT, TRAFFIC_TODAY

_WEEK = dt.timedelta(days=7)
_BY_RELEASE = {
    ERROR_BUDGET,
    ERROR_RATE,
    SUCCESS_RATE,
    LATENCY,
    THUMBS,
    ACCURACY,
    "down",
    ERRORS,
    REFUSALS,
    SLOW,
    DOUBT,
}
"""What a new release may have brought along, so that going back to the one before may mend it."""
_BY_CHOICE = {SUCCESS_RATE, THUMBS, ACCURACY, REFUSALS, DOUBT, DATA_DRIFT, TRAFFIC_DRIFT, TRAFFIC_TODAY}
"""What another choice of model may mend."""


def decide(
    book: AlarmBook,
    acts: Sequence[Act],
    policy: DecisionPolicy,
    now: dt.datetime,
    *,
    serves_since: dt.datetime | None,
    can_go_back: bool,
) -> Decision:
    """Decide what to do about the alarms that are believed and not muted.

    A release that went out lately is taken back for whatever it may have brought along; for the rest, candidates are
    evaluated anew where another choice may help. Only alarms that are new since the last act for them count.

    Args:
        book: the alarms.
        acts: that were done or wait, of the last week at least.
        policy: how often anything may be done, and what takes a person's word.
        now: UTC.
        serves_since: when the release began to serve; None: unknown, or none serves.
        can_go_back: there is a whole release that served before.
    """
    alarms = [one for one in book.open if one.clear == 0 and not book.is_muted(one.name, now)]
    if not alarms:
        return Decision(reason="Nothing is wrong that is not muted.")
    fresh = serves_since is not None and now - serves_since <= dt.timedelta(hours=policy.roll_back_h)
    guilty = [one for one in alarms if one.name in _BY_RELEASE and _since(one, serves_since)]
    action: Action | None = None
    causes: list[Alarm] = alarms
    if fresh and can_go_back and guilty:
        action, causes = "roll_back", guilty
    elif choice := [one for one in alarms if one.name in _BY_CHOICE]:
        action, causes = "re_evaluate", choice
    names = tuple(one.name for one in causes)
    reason = " ".join(one.message for one in causes)
    if action is None:
        return Decision(causes=names, reason=reason)
    return Decision(action=action, causes=names, reason=reason, held=_held(action, names, acts, policy, now))


def _since(alarm: Alarm, serves_since: dt.datetime | None) -> bool:
    return serves_since is not None and alarm.first_at >= serves_since


def _held(
    action: Action, causes: Sequence[str], acts: Sequence[Act], policy: DecisionPolicy, now: dt.datetime
) -> str | None:
    """Return why nothing may be done now; None: it may.

    Going back is held by nothing but itself: a channel that was taken back can't be taken back further anyway. An
    evaluation also waits for what was done about its cause, by whichever act, to show in the figures.
    """
    for one in acts:
        if one.state == "waiting" and one.action == action:
            return f"{one.id} waits for a person's word: datacraft monitor acts allow {one.id} --reason ..."
        if one.state == "started" and one.action == action:
            return f"{one.id} is not over yet."
    if action == "roll_back":
        return None
    cool = dt.timedelta(hours=policy.cool_down_h)
    for one in acts:
        if {*causes} & {*one.causes} and one.state != "declined" and now - one.at < cool:
            return f"{one.id} was for the same cause, less than {policy.cool_down_h:g} hours ago."
    week = [one for one in acts if now - one.at < _WEEK and one.state != "declined"]
    if len(week) >= policy.acts_per_week:
        return f"{len(week)} acts were begun in the last 7 days; {policy.acts_per_week} may be."
    return None
