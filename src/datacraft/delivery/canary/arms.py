"""What the arms of a canary did: `ArmSource`, and `TelemetryArms` that reads it from telemetry.

An arm is told by the channel that its processes follow: `canary` names the candidate, `baseline` what production
served when the canary began. The rest of production follows `production` and is no arm: it has other sessions and
has been warm for long.

A session counts once it is over, so that nothing changes any more in what was judged: it has been quiet for
`session_idle_s`, or has `session_requests`. One that saw both arms counts for the first, until it left.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from datacraft.contracts.canary import ArmWindow, CanaryPlan, CanaryWindow, SessionTotals
from datacraft.contracts.telemetry import TelemetryRecord, failed_inside
from datacraft.serving.telemetry import RecordTail

BASELINE, CANARY = "baseline", "canary"
"""The channels that the arms follow."""
_ARMS = (BASELINE, CANARY)

_SETTLED = dt.timedelta(seconds=10)
"""So long after a session is over all of it is on disk."""


class ArmSource(Protocol):
    """Where the canary's judge learns what the arms did."""

    def window(self, plan: CanaryPlan, now: dt.datetime) -> CanaryWindow:
        """Return what both arms did from the plan's start to now.

        Raises:
            DataCraftError: it can't be read.
        """


class TelemetryArms:
    """Reads the arms of one canary from telemetry files, each line once.

    Args:
        folders: of the telemetry of all processes; one, where they share it.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._tails: list[RecordTail] = []
        self._records: list[TelemetryRecord] = []

    def window(self, plan: CanaryPlan, now: dt.datetime) -> CanaryWindow:
        """Return what both arms did; see `ArmSource`."""
        self._tails = self._tails or [RecordTail(one, plan.started_at.date()) for one in self._folders]
        for tail in self._tails:
            self._records += [one for one in tail.new() if one.kind == "feedback" or one.channel in _ARMS]
        return window_of(plan, self._records, now)


def window_of(plan: CanaryPlan, records: Iterable[TelemetryRecord], now: dt.datetime) -> CanaryWindow:
    """Return what both arms did, from telemetry records in any order.

    Args:
        plan: of the canary.
        records: of all arms and of whatever else there is.
        now: UTC; what came later is not seen yet.
    """
    asked: dict[str, list[TelemetryRecord]] = defaultdict(list)
    thumbs: dict[str, list[TelemetryRecord]] = defaultdict(list)
    for record in records:
        if not plan.started_at <= record.at <= now:
            continue
        if record.kind == "feedback":
            thumbs[record.question_id].append(record)
        elif record.channel in _ARMS:
            asked[record.session or record.question_id].append(record)
    arms = {BASELINE: _Arm(plan.baseline), CANARY: _Arm(plan.candidate)}
    crossed: list[dt.datetime] = []
    for session, requests in asked.items():
        requests.sort(key=lambda one: (one.at, one.question_id))
        first = requests[0].channel or ""
        elsewhere = [place for place, one in enumerate(requests) if one.channel != first]
        if elsewhere:
            crossed.append(requests[elsewhere[-1]].at)
        arms[first].add(plan, session, requests[: elsewhere[0] if elsewhere else None], thumbs, now)
    return CanaryWindow(
        baseline=arms[BASELINE].window(),
        canary=arms[CANARY].window(),
        crossed=len(crossed),
        crossed_at=max(crossed, default=None),
    )


@dataclass
class _Arm:
    """Collects the sessions of one arm."""

    release_id: str
    sessions: list[SessionTotals] = field(default_factory=list)
    opened: int = 0
    last_at: dt.datetime | None = None
    strays: list[dt.datetime] = field(default_factory=list)

    def add(
        self,
        plan: CanaryPlan,
        session: str,
        requests: Sequence[TelemetryRecord],
        thumbs: dict[str, list[TelemetryRecord]],
        now: dt.datetime,
    ) -> None:
        self.opened += 1
        self.strays += [one.at for one in requests if one.release_id != self.release_id]
        own = [one for one in requests if one.release_id == self.release_id]
        if not own:
            return
        self.last_at = max(own[-1].at, self.last_at or own[-1].at)
        counted, closed_at = _counted(plan, own)
        if closed_at + _SETTLED <= now:
            self.sessions.append(_totals(plan, session, counted, closed_at, thumbs))

    def window(self) -> ArmWindow:
        return ArmWindow(
            sessions=tuple(sorted(self.sessions, key=lambda one: (one.closed_at, one.session))),
            opened=self.opened,
            last_at=self.last_at,
            strays=len(self.strays),
            stray_at=max(self.strays, default=None),
        )


def _counted(
    plan: CanaryPlan, requests: Sequence[TelemetryRecord]
) -> tuple[Sequence[TelemetryRecord], dt.datetime]:
    """Return the requests of a session that count, and when it is over."""
    idle = dt.timedelta(seconds=plan.session_idle_s)
    if requests[0].session is None:  # stands alone
        return requests[:1], _ended(requests[0])
    for place, one in enumerate(requests, start=1):
        if place == plan.session_requests:
            return requests[:place], _ended(one)
        if place == len(requests) or requests[place].at - one.at > idle:
            return requests[:place], _ended(one) + idle
    raise ValueError("a session has a request")


def _ended(request: TelemetryRecord) -> dt.datetime:
    return request.at + dt.timedelta(milliseconds=request.timings.total_ms)


def _totals(
    plan: CanaryPlan,
    session: str,
    requests: Sequence[TelemetryRecord],
    closed_at: dt.datetime,
    thumbs: dict[str, list[TelemetryRecord]],
) -> SessionTotals:
    def disliked(one: TelemetryRecord) -> bool:
        said = [thumb for thumb in thumbs.get(one.question_id, ()) if thumb.at <= closed_at]
        return bool(said) and max(said, key=lambda thumb: thumb.at).feedback == "down"

    return SessionTotals(
        session=session,
        requests=len(requests),
        closed_at=closed_at,
        # Where another model had to answer, the release's own did not.
        success=sum(one.error is None and not one.fallback for one in requests),
        error=sum(failed_inside(one.error) for one in requests),
        slow=sum(one.timings.total_ms > plan.slow_ms for one in requests),
        thumbs_down=sum(map(disliked, requests)),
        cost=sum(min(1.0, one.usage.cost_usd / plan.cost_cap_usd) for one in requests),
    )
