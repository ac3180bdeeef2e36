"""Promotion by evidence: a channel moves forward only to what the verdicts that it takes have accepted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from datacraft.contracts.errors import (
    DataCraftError,
    GatesRejected,
    MoveRefused,
    WaitsForPerson,
    WorseThanProduction,
)
from datacraft.contracts.gates import ChannelPolicy, VerdictKind
from datacraft.contracts.release import Overridden
from datacraft.contracts.verdict import ComparisonVerdict, GatesVerdict, Verdict
from datacraft.delivery.config import DeliveryConfig
from datacraft.delivery.gates import GATES
from datacraft.delivery.verdicts import verdicts_of
from datacraft.registry import Mandate, ObjectStore, Pointer, manifest_digest
from datacraft.registry.channels import promote, rollback_targets
from datacraft.registry.signing import signature_problems

_SKEW = dt.timedelta(minutes=5)
_REFUSED: dict[VerdictKind, type[DataCraftError]] = {
    "gates": GatesRejected,
    "comparison": WorseThanProduction,
}
_COMMANDS: dict[VerdictKind, str] = {"gates": "gates", "comparison": "compare"}


def promote_by_evidence(
    store: ObjectStore,
    config: DeliveryConfig,
    pointer: Pointer,
    release_id: str,
    mandate: Mandate,
    *,
    signers: Sequence[str] = (),
    again: bool = False,
) -> Pointer:
    """Let a channel name a release that the verdicts which it takes have accepted; return the channel as it is then.

    The same holds for people, API keys and CI. A channel that names the release already stays as it is.

    Args:
        store: of the registry.
        config: what the channel takes, and the thresholds of today.
        pointer: the channel as it was looked at.
        release_id: that it shall name.
        mandate: of whoever wants it.
        signers: public keys, one of which must have signed it; none: nobody need have.
        again: also go to a release that is not newer than the one that was rolled back last.

    Raises:
        GatesRejected, WorseThanProduction: the evidence is missing, or does not count.
        WaitsForPerson: somebody else must move this channel, or a person stopped it.
        MoveRefused, RegistryError: as `datacraft.registry.channels.promote`.
    """
    if pointer.release_id == release_id:
        return pointer
    policy = config.channel(pointer.name)
    if policy.movers and mandate.by not in policy.movers:
        raise WaitsForPerson(
            f"{mandate.by} may not promote to {pointer.name!r}; this is for {', '.join(policy.movers)}.",
            hint="Ask one of them.",
        )
    found = [
        _verdict(store, config, policy, kind, pointer, release_id, mandate.at) for kind in policy.evidence
    ]
    if problems := signature_problems(store, release_id, signers):
        raise MoveRefused(problems[0], hint=f"Sign it: datacraft releases sign {release_id}")
    overrides = tuple(one for _, verdict in found for one in overridden_in(verdict))
    evidence = (*mandate.evidence, *(place for place, _ in found))
    known = replace(mandate, evidence=evidence, overrides=overrides)
    return promote(store, pointer, release_id, known, again=again)


def rollback_target(pointer: Pointer) -> str:
    """Return what a channel goes back to.

    Raises:
        MoveRefused: it named nothing before.
    """
    target = next(rollback_targets(pointer.channel), None)
    if target is None:
        raise MoveRefused(
            f"Channel {pointer.name!r} named nothing before what it names.", hint="Promote another release."
        )
    return target


def overridden_in(verdict: Verdict) -> list[Overridden]:
    """Return the rejections of a verdict that people took upon them."""
    words = (
        [(gate.gate, gate.override) for gate in verdict.gates]
        if isinstance(verdict, GatesVerdict)
        else [("comparison", verdict.override)]
    )
    return [
        Overridden(check=name, by=word.by, reason=word.reason) for name, word in words if word is not None
    ]


def _verdict(
    store: ObjectStore,
    config: DeliveryConfig,
    policy: ChannelPolicy,
    kind: VerdictKind,
    pointer: Pointer,
    release_id: str,
    now: dt.datetime,
) -> tuple[str, Verdict]:
    """Return the latest verdict of a kind, which must have accepted this very release by the rules of today."""
    command = f"datacraft releases {_COMMANDS[kind]} {release_id}"
    if kind == "comparison":
        command += f" --channel {pointer.name}"
    refused = _REFUSED[kind]
    latest = next(iter(verdicts_of(store, release_id, kind)), None)
    if latest is None:
        raise refused(f"{release_id} has no verdict of the {kind}.", hint=f"Ask for one: {command}")
    place, verdict = latest
    manifest = manifest_digest(store, release_id)
    if why := _flaw(verdict, release_id, manifest, now, policy) or _outdated(verdict, config, pointer):
        raise refused(f"{place} does not count: {why}.", hint=f"Ask for another: {command}")
    if not verdict.accepted:
        raise refused(f"{release_id} was not accepted: {_why(verdict)}", hint=f"{place} says all of it.")
    return latest


def _flaw(
    verdict: Verdict, release_id: str, manifest: str | None, now: dt.datetime, policy: ChannelPolicy
) -> str | None:
    if verdict.release_id != release_id:
        return f"it is on {verdict.release_id}"
    if manifest is None or verdict.manifest != manifest:
        return "the release is not what it was then"
    if verdict.created_at.tzinfo is None or verdict.created_at > now + _SKEW:
        return "it is of the future: a clock is wrong"
    if now - verdict.created_at > dt.timedelta(days=policy.max_verdict_age_days):
        return f"it is older than {policy.max_verdict_age_days:g} days"
    return None


def _outdated(verdict: Verdict, config: DeliveryConfig, pointer: Pointer) -> str | None:
    if isinstance(verdict, GatesVerdict):
        if verdict.policy != config.gates:
            return "other thresholds hold now"
        missing = set(GATES) - {gate.gate for gate in verdict.gates}
        return f"it lacks the gates {', '.join(sorted(missing))}" if missing else None
    if verdict.policy != config.comparison:
        return "other margins hold now"
    if (verdict.channel, verdict.production) != (pointer.name, pointer.release_id):
        return (
            f"it compares with {verdict.production or 'nothing'} in {verdict.channel}, "
            f"and {pointer.release_id or 'nothing'} serves in {pointer.name}"
        )
    return None


def _why(verdict: Verdict) -> str:
    if isinstance(verdict, ComparisonVerdict):
        return verdict.reason
    rejecting = [gate for gate in verdict.gates if not gate.stands]
    more = f" (and {len(rejecting) - 1} more gates)" if len(rejecting) > 1 else ""
    return f"{rejecting[0].gate}: {rejecting[0].detail}{more}"
