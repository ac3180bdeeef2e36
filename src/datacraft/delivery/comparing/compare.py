"""The verdict on a release beside what serves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from datacraft.contracts.errors import InputError
from datacraft.contracts.gates import ComparisonPolicy
from datacraft.contracts.verdict import Check, ComparisonVerdict, Method, Override
from datacraft.delivery.comparing.checks import checks_of, is_superior
from datacraft.delivery.comparing.sides import AskAgain, NotComparable, find_sides
from datacraft.delivery.comparing.slices import slice_checks
from datacraft.delivery.evidence import ReleaseEvidence
from datacraft.registry import ObjectStore

_SHOWN = 3


def compare_releases(
    store: ObjectStore,
    release: ReleaseEvidence,
    production: ReleaseEvidence | None,
    policy: ComparisonPolicy,
    *,
    channel: str,
    now: dt.datetime,
    ask_again: AskAgain | None = None,
) -> ComparisonVerdict:
    """Compare a release with what serves. What can't be compared is not accepted.

    Args:
        store: of the registry.
        release: what the release shows.
        production: what the one that serves shows; None where none does.
        policy: by how much it may be worse.
        channel: whose release serves.
        now: the present in UTC.
        ask_again: asks anew where the two were not evaluated on the same cases and data; None: nobody can.

    Raises:
        RegistryError: the registry can't be read.
        DataCraftError: asking anew failed.
    """

    def verdict(
        method: Method, checks: Sequence[Check], reason: str, *, superior: bool = False
    ) -> ComparisonVerdict:
        return ComparisonVerdict(
            release_id=release.release_id,
            manifest=release.manifest,
            channel=channel,
            production=production.release_id if production else None,
            method=method,
            accepted=production is None or all(check.passed for check in checks),
            superior=superior,
            checks=tuple(checks),
            reason=reason,
            policy=policy,
            created_at=now,
        )

    if production is None:
        return verdict(
            "none", [], f"No release serves in {channel}: it is the first, and the gates alone decide."
        )
    if release.config_id is not None and release.config_id == production.config_id and not release.damage:
        same = f"It is the model config that serves in {channel} ({release.config_id})."
        return verdict("same config", [Check(check="config", passed=True, detail=same)], same)
    try:
        mine, theirs, method = find_sides(store, release, production, ask_again)
    except NotComparable as error:
        return verdict("none", [Check(check="comparable", passed=False, detail=error.message)], error.message)
    checks = [*checks_of(mine, theirs, policy), *slice_checks(mine, theirs, policy)]
    superior = is_superior(mine, theirs, policy)
    return verdict(method, checks, _reason(checks, production.release_id, superior), superior=superior)


def override_comparison(verdict: ComparisonVerdict, reason: str, by: str) -> ComparisonVerdict:
    """Return the verdict with a rejection that a named person takes upon them.

    Raises:
        InputError: it rejects nothing, or name or reason is missing.
    """
    if verdict.accepted:
        raise InputError("The comparison rejects nothing.", hint="Leave the override out.")
    if not reason.strip() or not by.strip():
        raise InputError("The override of the comparison needs a name and a reason.")
    word = Override(by=by.strip(), reason=reason.strip())
    return verdict.model_copy(update={"override": word, "accepted": True})


def _reason(checks: Sequence[Check], production: str, superior: bool) -> str:
    worse = [check.check for check in checks if not check.passed]
    if not worse:
        surely = " and surely more accurate" if superior else ""
        return f"It is not worse than {production}{surely}."
    more = f" and {len(worse) - _SHOWN} more" if len(worse) > _SHOWN else ""
    better = " It is surely more accurate on the whole, and stopped all the same." if superior else ""
    return f"It may be worse than {production}, or surely is, in {', '.join(worse[:_SHOWN])}{more}.{better}"
