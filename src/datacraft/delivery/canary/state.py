"""How verdicts move a canary on. It has two ends that nothing changes, and one state that only a person ends."""

from __future__ import annotations

from datacraft.contracts.canary import CanaryPlan, CanaryState, CanaryVerdict, Decision, Status

_LEADS_TO: dict[Decision, Status] = {
    "go_on": "running",
    "next_step": "running",
    "hold": "holding",
    "promote": "promoted",
    "roll_back": "rolled_back",
    "ask_person": "waiting",
}
JUDGE = "judge"


def first_state(plan: CanaryPlan) -> CanaryState:
    """Return the state of a canary that begins."""
    return CanaryState(step_began_at=plan.started_at)


def advance(plan: CanaryPlan, state: CanaryState, verdict: CanaryVerdict) -> CanaryState:
    """Return the state after a verdict; one that comes too late changes nothing."""
    if state.final or (state.status == "waiting" and not settles(verdict)):
        return state
    moved = state.model_copy(update={"status": _LEADS_TO[verdict.decision], "verdict": verdict})
    if verdict.decision != "next_step" or state.step + 1 >= len(plan.steps):
        return moved
    return moved.model_copy(
        update={
            "step": state.step + 1,
            "step_began_at": verdict.at,
            "step_baseline": verdict.primary.baseline.requests,
            "step_canary": verdict.primary.canary.requests,
        }
    )


def settles(verdict: CanaryVerdict) -> bool:
    """Tell whether a verdict is a person's word that ends a canary."""
    return verdict.by != JUDGE and verdict.decision in ("promote", "roll_back")
