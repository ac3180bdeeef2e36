"""The step that reaches people: a new revision where one is needed, the channel, the traffic; undone where it fails."""

from __future__ import annotations

import logging
from functools import partial

from datacraft.contracts.delivery_run import DeliveryFacts
from datacraft.contracts.deployment import DeployRequest, Plan, Revision, TrafficSplit
from datacraft.contracts.errors import DataCraftError
from datacraft.delivery.promotion import promote_by_evidence
from datacraft.delivery.releasing.arms import try_on_a_few
from datacraft.delivery.releasing.copied import try_on_copies
from datacraft.delivery.releasing.work import StepResult, Work
from datacraft.delivery.targets import DeploymentError, DeployTarget
from datacraft.registry import Mandate
from datacraft.registry.channels import read_pointer, roll_back

log = logging.getLogger(__name__)

_SEEN_WITHIN_S = 120.0
_LOOK_S = 1.0


class NotSeen(DeploymentError):
    """What was deployed does not answer with the release that it should."""

    code = "not_seen"


def deploy(work: Work, facts: DeliveryFacts) -> StepResult:
    """Bring the release to people; what served before goes on serving where that fails.

    Raises:
        GatesRejected, WorseThanProduction, WaitsForPerson, CanaryRolledBack: it may not, or must not.
        DataCraftError: the registry or the target failed; users see what they saw before.
    """
    release = facts.release_id
    assert release is not None, "the step that waits for it goes before"
    before = read_pointer(work.store, work.wish.channel).release_id
    back_to = facts.production if before == release else before  # an interrupted try may have promoted it
    target = work.parts.target(facts.pinned)
    note = ""
    if work.wish.strategy == "canary" and before is not None and before != release:
        note = try_on_a_few(work, release, before, target) + " "
        back_to = None  # the canary has promoted it; what follows only brings the new image along
    elif work.wish.strategy == "shadow" and before is not None and before != release:
        note = try_on_copies(work, release, before) + " "
    elif work.wish.strategy != "direct":
        note = (
            f"Nothing serves that a {work.wish.strategy} could be compared with. " if before is None else ""
        )
    if before is None:
        _promote(work, release)
    facts, staged = _staged(work, facts, target, release)
    try:
        _promote(work, release)
        if staged is not None:
            work.check()
            target.traffic(TrafficSplit.all_to(staged.name))
        url = _seen(work, target, release)
    except (DataCraftError, KeyboardInterrupt):
        _undo(work, release, back_to, target, staged)
        raise
    known = facts.model_copy(update={"url": url})
    return StepResult(known, f"{note}{release} serves{f' at {url}' if url else ''}.")


def _staged(
    work: Work, facts: DeliveryFacts, target: DeployTarget, release: str
) -> tuple[DeliveryFacts, Revision | None]:
    """Return the new revision, ready and without traffic; None where what serves needs none.

    One that an interrupted try has made is gone on with.
    """
    known = target.status().revision(facts.revision) if facts.revision else None
    if known is not None and known.state in ("starting", "ready"):
        return facts, target.wait_ready(known.name, work.settings.deploy.ready_timeout_s)
    request = DeployRequest(channel=work.wish.channel, release_id=release)
    plan: Plan = target.plan(request)
    for change in plan.changes:
        work.say(f"{change.field}: {change.before or 'nothing'} -> {change.after or 'nothing'}")
    work.check()
    revision = target.apply(plan)
    is_new = revision.name == plan.revision
    if is_new:
        facts = facts.model_copy(update={"revision": revision.name})
        work.keep(facts)
    try:
        ready = target.wait_ready(revision.name, work.settings.deploy.ready_timeout_s)
    except (DataCraftError, KeyboardInterrupt):
        if is_new:
            _discard(target, revision)
        raise
    return facts, ready if is_new else None


def _promote(work: Work, release: str) -> None:
    work.check()
    pointer = read_pointer(work.store, work.wish.channel)
    mandate = Mandate(work.wish.by, work.wish.reason, work.clock.now())
    promote_by_evidence(
        work.store,
        work.config,
        pointer,
        release,
        mandate,
        signers=work.settings.registry.signers,
        again=work.wish.again,
    )


def _seen(work: Work, target: DeployTarget, release: str) -> str | None:
    """Return the address once the release answers there: services look at their channel at least every minute."""
    url = target.url()
    if url is None:
        raise NotSeen("Nothing serves, and the target does not say why.", hint="datacraft deploy status")
    end = work.clock.now().timestamp() + _SEEN_WITHIN_S
    while True:
        serves = work.parts.serves(url)
        if serves is None:
            work.say(f"{url} does not tell strangers which release answers; that is not checked.")
            return url
        if serves == release:
            return url
        if work.clock.now().timestamp() > end:
            raise NotSeen(
                f"{url} still answers with {serves} {_SEEN_WITHIN_S:g} s after {release} was promoted.",
                hint="Look at the service's log: datacraft deploy logs",
            )
        work.clock.sleep(_LOOK_S)


def _undo(
    work: Work, release: str, back_to: str | None, target: DeployTarget, staged: Revision | None
) -> None:
    """Bring back what served; what can't be brought back is said, and the error that led here stays the one to tell."""
    for what, act in (
        (f"channel {work.wish.channel}", partial(_channel_back, work, release, back_to)),
        ("traffic", partial(_traffic_back, target, staged)),
    ):
        try:
            act()
        except DataCraftError as error:
            log.warning("%s could not be brought back: %s", what, error.message)
            work.say(f"Warning: the {what} could not be brought back: {error.message}")


def _channel_back(work: Work, release: str, back_to: str | None) -> None:
    pointer = read_pointer(work.store, work.wish.channel)
    if back_to is not None and back_to != release and pointer.release_id == release:
        mandate = Mandate(work.wish.by, f"the delivery {work.run_id} failed", work.clock.now())
        roll_back(work.store, pointer, back_to, mandate)


def _traffic_back(target: DeployTarget, staged: Revision | None) -> None:
    if staged is None:
        return
    known = target.status().revision(staged.name)
    if known is not None and known.traffic:
        target.rollback()
    _discard(target, staged)


def _discard(target: DeployTarget, revision: Revision) -> None:
    try:
        target.discard(revision.name)
    except DataCraftError as error:
        log.warning("revision %s could not be taken away: %s", revision.name, error.message)
