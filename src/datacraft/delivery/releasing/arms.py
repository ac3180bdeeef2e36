"""A release on a few: the revisions that a canary and its baseline run as, and what its end means for a delivery."""

from __future__ import annotations

from functools import partial

from datacraft.contracts.canary import CanaryPlan, CanaryVerdict
from datacraft.contracts.deployment import DeploymentStatus, DeployRequest, Revision, TrafficSplit
from datacraft.contracts.errors import CanaryRolledBack, ConfigError, WaitsForPerson
from datacraft.delivery.canary import ChannelMover, run_canary
from datacraft.delivery.promotion import promote_by_evidence
from datacraft.delivery.releasing.work import Work
from datacraft.delivery.targets import DeploymentError, DeployTarget
from datacraft.registry import Mandate, ObjectStore, Pointer

_LEFT_TO_PRODUCTION = 2  # percent, so that it is up when everybody comes back to it


def try_on_a_few(work: Work, release: str, baseline: str, target: DeployTarget) -> str:
    """Run the canary of a release to its end; return what it found, once the release is promoted.

    Args:
        work: of the delivery.
        release: the candidate.
        baseline: what production serves.
        target: where the candidate's revision is deployed; the baseline's runs what serves now.

    Raises:
        CanaryRolledBack: it is less successful.
        WaitsForPerson: the canary could not tell, or a person stopped it.
        ConfigError: what the arms do can't be seen from here.
        DataCraftError: as `run_canary`.
    """
    if work.parts.arms is None:
        raise ConfigError(
            "A canary is judged by what its sessions do, and their telemetry can't be read from here.",
            hint="Deploy on this machine, or use --strategy direct.",
        )
    plan = CanaryPlan(
        **dict(work.config.canary),
        candidate=release,
        baseline=baseline,
        again=work.wish.again,
        started_at=work.clock.now(),
    )
    arms = Arms(target, work.parts.target(None), work.settings.deploy.ready_timeout_s)
    mover = ChannelMover(
        work.store,
        arms,
        by=work.wish.by,
        clock=work.clock.now,
        promotion=partial(_by_evidence, work),
    )
    state = run_canary(
        plan,
        work.parts.arms,
        mover,
        work.clock,
        work.folder / "canary",
        watch=lambda verdict: work.say(_told(verdict)),
    )
    verdict = state.verdict
    reasons = " ".join(verdict.reasons) if verdict else ""
    if state.status == "rolled_back":
        raise CanaryRolledBack(
            f"The canary of {release} was rolled back. {reasons}", hint="Publish a better release."
        )
    if state.status != "promoted":
        raise WaitsForPerson(
            f"The canary of {release} waits for a person. {reasons}",
            hint="Decide: datacraft release decide promote, or datacraft release decide roll_back",
        )
    return f"The canary was promoted: {reasons}"


def _by_evidence(
    work: Work,
    store: ObjectStore,
    pointer: Pointer,
    release_id: str,
    mandate: Mandate,
    *,
    again: bool = False,
) -> Pointer:
    return promote_by_evidence(
        store, work.config, pointer, release_id, mandate, signers=work.settings.registry.signers, again=again
    )


def _told(verdict: CanaryVerdict) -> str:
    return f"{verdict.decision.replace('_', ' ')}: {' '.join(verdict.reasons)}"


class Arms:
    """Two fresh revisions beside production's, of the same age and size; see `canary.Traffic`.

    Args:
        candidate: where the candidate's revision is deployed.
        baseline: where the baseline's is; it runs what serves now.
        ready_s: how long a revision may take until it can serve.
    """

    def __init__(self, candidate: DeployTarget, baseline: DeployTarget, ready_s: float) -> None:
        self._targets = {"canary": candidate, "baseline": baseline}
        self._ready_s = ready_s

    def split(self, canary: int, baseline: int) -> None:
        """Give each arm so many percent of new sessions; without any, the arms end."""
        target = self._targets["canary"]
        stable = _stable(target.status())
        if canary == baseline == 0:
            if any(one.traffic for one in _arms_in(target.status())):
                target.traffic(TrafficSplit.all_to(stable.name))
            for one in _arms_in(target.status()):
                target.discard(one.name)
            return
        most = (100 - _LEFT_TO_PRODUCTION) // 2
        shares = {
            self._ready("canary").name: min(canary, most),
            self._ready("baseline").name: min(baseline, most),
        }
        target.traffic(TrafficSplit(shares={**shares, stable.name: 100 - sum(shares.values())}))

    def _ready(self, arm: str) -> Revision:
        """Return the revision of an arm, which is started where it is not there."""
        target = self._targets[arm]
        known = next((one for one in _arms_in(target.status()) if one.channel == arm), None)
        if known is None:
            known = target.apply(target.plan(DeployRequest(channel=arm, again=True)))
        return target.wait_ready(known.name, self._ready_s)


def _arms_in(status: DeploymentStatus) -> list[Revision]:
    return [
        one
        for one in status.revisions
        if one.channel in ("canary", "baseline") and one.state in ("starting", "ready")
    ]


def _stable(status: DeploymentStatus) -> Revision:
    found = [one for one in status.serving if one.channel not in ("canary", "baseline")]
    if not found:
        raise DeploymentError(
            "Nothing serves that people could come back to from a canary.",
            hint="Deploy what production names first: datacraft deploy apply",
        )
    return found[0]
