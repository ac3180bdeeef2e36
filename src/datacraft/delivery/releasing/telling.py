"""What people are told at the end of a delivery."""

from __future__ import annotations

from datacraft.contracts.delivery_run import DeliveryFacts
from datacraft.contracts.errors import DataCraftError, RegistryError
from datacraft.contracts.notice import DeliveryNotice, NoticeGate, NoticeScore, NoticeStatus
from datacraft.contracts.release import ReleaseMetadata
from datacraft.contracts.verdict import GatesVerdict
from datacraft.delivery.notify import scores_beside
from datacraft.delivery.releasing.work import Work
from datacraft.delivery.verdicts import verdicts_of
from datacraft.registry.served import read_release


def notice_of(
    work: Work, facts: DeliveryFacts, status: NoticeStatus, error: DataCraftError | None
) -> DeliveryNotice:
    """Return the notice of a delivery's end. A registry that is away leaves out what it would have told."""
    hint = (error.hint,) if error is not None and error.hint else ()
    return DeliveryNotice(
        status=status,
        reason=error.message if error else "",
        release_id=facts.release_id,
        production=facts.production,
        commit=facts.release_id.rpartition("_")[2] if facts.release_id else None,
        deployment_url=facts.url,
        workflow_run_url=work.wish.workflow_run_url,
        scores=_scores(work, facts),
        gates=_gates(work, facts),
        next_steps=hint,
        created_at=work.clock.now(),
    )


def _scores(work: Work, facts: DeliveryFacts) -> tuple[NoticeScore, ...]:
    release = _metadata(work, facts.release_id)
    return scores_beside(release, _metadata(work, facts.production)) if release else ()


def _metadata(work: Work, release_id: str | None) -> ReleaseMetadata | None:
    if release_id is None:
        return None
    try:
        return read_release(work.store, release_id)
    except RegistryError:
        return None


def _gates(work: Work, facts: DeliveryFacts) -> tuple[NoticeGate, ...]:
    if facts.release_id is None:
        return ()
    try:
        found = [
            verdict
            for place, verdict in verdicts_of(work.store, facts.release_id, "gates")
            if place in facts.verdicts and isinstance(verdict, GatesVerdict)
        ]
    except RegistryError:
        return ()
    return tuple(
        NoticeGate(
            gate=gate.gate,
            passed=gate.passed,
            detail=gate.detail,
            overridden=f"{gate.override.by}: {gate.override.reason}" if gate.override else None,
        )
        for verdict in found[:1]
        for gate in verdict.gates
    )
