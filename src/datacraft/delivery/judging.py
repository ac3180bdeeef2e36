"""The gates' and the comparison's verdicts on a release, made and written beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from datacraft.contracts.verdict import ComparisonVerdict, GatesVerdict
from datacraft.delivery.comparing import compare_sides, not_comparable, nothing_to_compare
from datacraft.delivery.config import DeliveryConfig
from datacraft.delivery.evidence import ReleaseEvidence, read_evidence
from datacraft.delivery.gates import judge_release, override_gates
from datacraft.delivery.sides import Side, published_sides, questions_of
from datacraft.delivery.verdicts import write_verdict
from datacraft.registry import ObjectStore
from datacraft.registry.channels import read_pointer

AskAgain = Callable[[ReleaseEvidence, ReleaseEvidence], tuple[Side, Side]]
"""Asks the models of a release and of what serves the same cases, on the same data."""


def gate_release(
    store: ObjectStore,
    release_id: str,
    config: DeliveryConfig,
    now: dt.datetime,
    *,
    overrides: Mapping[str, str] | None = None,
    by: str = "",
) -> tuple[GatesVerdict, str]:
    """Let all gates judge a release; return the verdict and its path.

    Args:
        store: of the registry.
        release_id: to judge.
        config: thresholds.
        now: in UTC.
        overrides: reasons by gate, of whoever takes its rejection upon them.
        by: who that is.

    Raises:
        ReleaseInvalid: there is no such release.
        InputError: an override that can't be.
        RegistryError: the registry can't be read or written.
    """
    verdict = judge_release(read_evidence(store, release_id), config.gates, now)
    if overrides:
        verdict = override_gates(verdict, overrides, by)
    return verdict, write_verdict(store, verdict)


def compare_release(
    store: ObjectStore,
    release_id: str,
    channel: str,
    config: DeliveryConfig,
    now: dt.datetime,
    *,
    again: AskAgain | None = None,
) -> tuple[ComparisonVerdict, str]:
    """Compare a release with the one that a channel names; return the verdict and its path.

    Args:
        store: of the registry.
        release_id: to compare.
        channel: that names what serves.
        config: margins.
        now: in UTC.
        again: asks both again, whatever they were published with; without it, what they were published with
            decides, and different cases or data stop the release.

    Raises:
        ReleaseInvalid: there is no such release, or it does not hold its questions.
        RegistryError: the registry can't be read or written.
    """
    candidate, policy = read_evidence(store, release_id), config.comparison
    serving = read_pointer(store, channel).release_id
    production = None if serving in (None, release_id) else read_evidence(store, str(serving))
    same_model = production is not None and None is not production.config_id == candidate.config_id
    if production is None or same_model:
        verdict = nothing_to_compare(candidate, serving, channel, policy, now)
        return verdict, write_verdict(store, verdict)
    sides = published_sides(store, candidate, production) if again is None else again(candidate, production)
    if sides is None:
        verdict = not_comparable(candidate, production.release_id, channel, policy, now)
    else:
        cases = questions_of(store, release_id).of("select")
        verdict = compare_sides(
            candidate, *sides, cases, channel=channel, policy=policy, again=again is not None, now=now
        )
    return verdict, write_verdict(store, verdict)
