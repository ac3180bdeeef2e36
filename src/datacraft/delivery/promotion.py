"""Promotion by evidence: a channel moves forward only to what gates and comparison have accepted as it is now.

The rule binds whoever asks, by whatever way. Going back needs no evidence but a reason: what served before has shown it.
"""

from __future__ import annotations

import datetime as dt

from datacraft.contracts.errors import DataCraftError
from datacraft.contracts.gates import ChannelPolicy, VerdictKind
from datacraft.contracts.verdict import ComparisonVerdict, Verdict
from datacraft.delivery.config import DeliveryConfig
from datacraft.delivery.verdicts import verdicts_of
from datacraft.registry import Mandate, MoveRefused, ObjectStore, Pointer, manifest_digest
from datacraft.registry.channels import promote, read_pointer


class GatesRejected(DataCraftError):
    """The gates have not accepted the release as it is now."""

    code = "gates_rejected"
    exit_code = 10


class WorseThanProduction(DataCraftError):
    """The comparison has not shown the release to be as good as what serves now."""

    code = "worse_than_production"
    exit_code = 11


_ERRORS: dict[VerdictKind, type[DataCraftError]] = {
    "gates": GatesRejected,
    "comparison": WorseThanProduction,
}
_COMMANDS: dict[VerdictKind, str] = {"gates": "gates", "comparison": "compare"}


def promote_release(
    store: ObjectStore,
    config: DeliveryConfig,
    channel: str,
    release_id: str,
    *,
    by: str,
    reason: str,
    now: dt.datetime,
    again: bool = False,
) -> Pointer:
    """Let a channel name a release that its policy's evidence has accepted; return the channel as it is then.

    Args:
        store: of the registry.
        config: says what moving a channel takes.
        channel: to move.
        release_id: that it shall name.
        by: who wants it.
        reason: why.
        now: in UTC.
        again: also go to a release that is not newer than the one that was rolled back last.

    Raises:
        GatesRejected, WorseThanProduction: evidence is missing, rejects it, is old, or is of something else.
        MoveRefused: this person may not, or the release is not whole; `WaitsForPerson` where a person stopped it.
        ChannelMoved: the channel was changed meanwhile.
        RegistryError: the registry can't be read or written.
    """
    pointer, policy = read_pointer(store, channel), config.channel(channel)
    if policy.movers and by not in policy.movers:
        raise MoveRefused(
            f"{by} may not promote on channel {channel!r}; {', '.join(policy.movers)} may.",
            hint="Ask one of them, or change `channels` in ci_cd_config.yaml.",
        )
    evidence = tuple(_evidence(store, kind, release_id, pointer, policy, now) for kind in policy.evidence)
    return promote(store, pointer, release_id, Mandate(by, reason, now, evidence), again=again)


def _evidence(
    store: ObjectStore,
    kind: VerdictKind,
    release_id: str,
    pointer: Pointer,
    policy: ChannelPolicy,
    now: dt.datetime,
) -> str:
    """Return the path of the latest verdict of a kind, which must speak for the release as it is now."""
    option = f" --channel {pointer.name}" if kind == "comparison" else ""
    hint = f"Judge it: datacraft releases {_COMMANDS[kind]} {release_id}{option}"
    mine = [(path, one) for path, one in verdicts_of(store, release_id, kind) if _is_about(one, pointer.name)]
    if not mine:
        raise _ERRORS[kind](f"There is no verdict of the {kind} on {release_id}.", hint=hint)
    path, latest = mine[0]
    problem = _problem(latest, manifest_digest(store, release_id), pointer, policy, now)
    if problem is not None:
        raise _ERRORS[kind](f"The {kind} don't speak for {release_id}: {problem}", hint=hint)
    return path


def _is_about(verdict: Verdict, channel: str) -> bool:
    return not isinstance(verdict, ComparisonVerdict) or verdict.channel == channel


def _problem(
    verdict: Verdict, manifest: str | None, pointer: Pointer, policy: ChannelPolicy, now: dt.datetime
) -> str | None:
    if not verdict.accepted:
        if isinstance(verdict, ComparisonVerdict):
            return verdict.reason
        rejecting = [gate.gate for gate in verdict.gates if not gate.stands]
        return f"rejected by {', '.join(rejecting)}."
    if manifest is None or verdict.manifest != manifest:
        return "it was changed since it was judged."
    age = now - verdict.created_at
    if age > dt.timedelta(days=policy.max_verdict_age_days):
        return f"the verdict is {age.days} days old."
    if isinstance(verdict, ComparisonVerdict) and verdict.production != pointer.release_id:
        return f"it was compared with {verdict.production}, and {pointer.release_id} serves now."
    return None
