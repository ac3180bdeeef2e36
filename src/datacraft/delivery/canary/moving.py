"""Moving channels and traffic for a canary: `Mover`, and `ChannelMover` on a registry and any place to deploy to.

Three channels take part: `production`, `canary` (the candidate), and `baseline`, which a second fresh revision
follows, so that both arms are as young and as large as each other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Protocol

from datacraft.contracts.canary import CanaryPlan, CanaryVerdict, Decision
from datacraft.contracts.errors import DataCraftError
from datacraft.contracts.release import ChannelChange
from datacraft.delivery.canary.arms import BASELINE, CANARY
from datacraft.registry import Mandate, ObjectStore, Pointer, WaitsForPerson
from datacraft.registry.channels import promote, read_pointer, roll_back
from datacraft.registry.documents import write_document
from datacraft.registry.newest import format_time

PRODUCTION = "production"


class CanaryRefused(DataCraftError):
    """A canary can't begin: its channels are not as its plan says."""

    code = "canary_refused"


class Promotion(Protocol):
    """Moves a channel to a release, where what the channel asks for is there."""

    def __call__(
        self, store: ObjectStore, pointer: Pointer, release_id: str, mandate: Mandate, *, again: bool = False
    ) -> Pointer:
        """Return the channel as it is then; see `registry.channels.promote`."""


class Traffic(Protocol):
    """Whoever splits traffic. Sessions stay where they are."""

    def split(self, canary: int, baseline: int) -> None:
        """Give each arm so many percent of new sessions, and the rest to what follows `production`.

        To say the same again changes nothing.

        Raises:
            DataCraftError: it could not be done.
        """


class Mover(Protocol):
    """What a canary changes. Each method may be called again, and then finishes what was left undone."""

    def open(self, plan: CanaryPlan) -> None:
        """Let each arm's channel name its release; nobody is sent there yet.

        Raises:
            WaitsForPerson: a person rolled the candidate back.
            CanaryRefused: production does not serve the baseline.
        """

    def shift(self, percent: int) -> None:
        """Give each arm so many percent of the traffic."""

    def settle(self, plan: CanaryPlan, verdict: CanaryVerdict) -> None:
        """Do what a verdict that ends the canary says: promote, or roll back."""

    def overruled(self, plan: CanaryPlan) -> ChannelChange | None:
        """Return what somebody changed that ends the canary, whatever was measured; None: nothing."""


class ChannelMover:
    """Moves the channels of a registry, and traffic by whoever splits it.

    Args:
        store: of the registry.
        traffic: splits it.
        by: whose name is written beside each move that no person ordered.
        clock: returns the present in UTC.
        promotion: how `production` moves; by default as `registry.channels.promote`, without asking for evidence
            other than the canary's verdict.
    """

    def __init__(
        self,
        store: ObjectStore,
        traffic: Traffic,
        *,
        by: str = "canary",
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
        promotion: Promotion = promote,
    ) -> None:
        self._store = store
        self._traffic = traffic
        self._by = by
        self._clock = clock
        self._promotion = promotion

    def open(self, plan: CanaryPlan) -> None:
        """Let the arms' channels name their releases; see `Mover`."""
        production, canary = read_pointer(self._store, PRODUCTION), read_pointer(self._store, CANARY)
        if production.release_id != plan.baseline:
            raise CanaryRefused(
                f"Production serves {production.release_id or 'nothing'}, and the canary is to be compared with "
                f"{plan.baseline}.",
                hint="Plan it anew, with what production serves now.",
            )
        for pointer in (production, canary):
            self._refuse_rolled_back(pointer, plan)
        why = self._mandate(f"baseline of the canary of {plan.candidate}")
        promote(self._store, read_pointer(self._store, BASELINE), plan.baseline, why, again=True)
        if canary.release_id == plan.candidate:
            return
        if plan.baseline not in _named(canary):  # so that there is something to roll back to
            canary = promote(self._store, canary, plan.baseline, why, again=True)
        promote(self._store, canary, plan.candidate, self._mandate("a canary begins"), again=True)

    def shift(self, percent: int) -> None:
        """Give each arm so many percent."""
        self._traffic.split(percent, percent)

    def settle(self, plan: CanaryPlan, verdict: CanaryVerdict) -> None:
        """Promote or roll back; see `Mover`."""
        mandate = self._mandate(verdict.reasons[0], verdict.by, self._keep(plan, verdict))
        if verdict.decision == "promote":
            production = read_pointer(self._store, PRODUCTION)
            if production.release_id != plan.candidate:
                self._promotion(self._store, production, plan.candidate, mandate, again=plan.again)
            self._traffic.split(0, 0)
            return
        self._traffic.split(0, 0)  # first, as it is what people notice
        canary = read_pointer(self._store, CANARY)
        if canary.release_id == plan.candidate:
            roll_back(self._store, canary, plan.baseline, mandate)

    def overruled(self, plan: CanaryPlan) -> ChannelChange | None:
        """Return the change of a channel that ends the canary; see `Mover`."""
        canary = read_pointer(self._store, CANARY)
        if canary.release_id != plan.candidate:
            return _last_move(canary)
        production = read_pointer(self._store, PRODUCTION)
        return _last_move(production) if production.release_id != plan.baseline else None

    def _keep(self, plan: CanaryPlan, verdict: CanaryVerdict) -> str:
        """Write the verdict where releases live; return its path."""
        place = f"canaries/{plan.candidate}/{format_time(verdict.at)}.json"
        self._store.create(place, write_document(verdict))
        return place

    def _refuse_rolled_back(self, pointer: Pointer, plan: CanaryPlan) -> None:
        change = _newest_rejected(pointer)
        if change is None or change.previous is None or plan.again or plan.candidate > change.previous:
            return
        if pointer.name == CANARY and pointer.release_id == plan.candidate:
            return  # an explicit word has put it there since
        raise WaitsForPerson(
            f"Channel {pointer.name!r} was rolled back from {change.previous} by {change.by} ({change.reason}); "
            f"{plan.candidate} is not newer than that.",
            hint="Publish a newer release, or say that it shall be tried again.",
        )

    def _mandate(self, reason: str, by: str = "judge", *evidence: str) -> Mandate:
        return Mandate(self._by if by == "judge" else by, reason, self._clock(), evidence)


def decision_of(plan: CanaryPlan, change: ChannelChange) -> tuple[Decision, str]:
    """Return what somebody's change of a channel means for a canary, and why."""
    word = f"{change.by} moved {change.previous} to {change.release_id}: {change.reason}"
    if change.release_id == plan.candidate:
        return "promote", word
    if change.previous == plan.candidate:
        return "roll_back", word
    return "ask_person", f"{word}. What the canary was compared with is not production any more."


def _named(pointer: Pointer) -> Iterator[str | None]:
    for change in pointer.channel.history:
        yield from (change.previous, change.release_id)


def _newest_rejected(pointer: Pointer) -> ChannelChange | None:
    """Return the rollback that left the newest release behind: nothing up to it is tried again unasked."""
    rejected = [
        one for one in pointer.channel.history if one.action == "rollback" and one.previous is not None
    ]
    return max(rejected, key=lambda one: one.previous or "", default=None)


def _last_move(pointer: Pointer) -> ChannelChange:
    moves = [one for one in pointer.channel.history if one.action in ("promote", "rollback")]
    if moves:
        return moves[-1]
    raise CanaryRefused(
        f"Channel {pointer.name!r} names {pointer.release_id}, and its history does not say why.",
        hint="Look at it: datacraft releases history",
    )
