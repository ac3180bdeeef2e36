"""`judge`: what follows from what both arms did so far. A pure function: the same data gives the same verdict.

In this order, the first that applies decides:

1. A verdict that ended the canary, or handed it to a person, stays.
2. The comparison can't be trusted (the split is not even, too many sessions saw both arms): it holds. Otherwise a
   canary that is surely worse is rolled back.
3. The time is up: a person decides. Nothing is promoted because nothing was found.
4. Something speaks against going on (no traffic, another release in an arm, a guardrail, a signal): it holds, and
   goes on by itself once it is gone.
5. The next step, or after the last one promotion, where the canary is surely not worse by the margin.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from datacraft.contracts.canary import (
    ArmWindow,
    CanaryPlan,
    CanaryState,
    CanaryVerdict,
    CanaryWindow,
    Decision,
    Guardrail,
    MetricReading,
    Signal,
    SplitReading,
)
from datacraft.delivery.canary.readings import describe, read_guardrails, read_success
from datacraft.delivery.canary.split import read_split


def judge(
    plan: CanaryPlan,
    state: CanaryState,
    window: CanaryWindow,
    now: dt.datetime,
    signals: Sequence[Signal] = (),
) -> CanaryVerdict:
    """Return what to do next, with all the numbers that it rests on.

    Args:
        plan: as it was frozen.
        state: how far the canary is.
        window: what both arms did since the canary began.
        now: UTC.
        signals: what else speaks against going on.
    """
    if state.verdict is not None and state.status in ("promoted", "rolled_back", "waiting"):
        return state.verdict
    look = _Look(
        plan,
        state,
        window,
        now,
        tuple(signals),
        read_success(plan, window),
        read_guardrails(plan, window),
        read_split(plan, window),
    )
    decision, reasons = _decide(look)
    return CanaryVerdict(
        decision=decision,
        at=now,
        step=state.step,
        percent=plan.steps[state.step],
        reasons=tuple(reasons),
        warnings=tuple(_alarms(look, "warn")),
        elapsed_s=look.elapsed_s,
        primary=look.primary,
        guardrails=look.guardrails,
        split=look.split,
        crossed=window.crossed,
        strays=window.baseline.strays + window.canary.strays,
    )


@dataclass(frozen=True, slots=True)
class _Look:
    """All that one verdict is made of."""

    plan: CanaryPlan
    state: CanaryState
    window: CanaryWindow
    now: dt.datetime
    signals: tuple[Signal, ...]
    primary: MetricReading
    guardrails: tuple[MetricReading, ...]
    split: SplitReading

    @property
    def elapsed_s(self) -> float:
        return (self.now - self.plan.started_at).total_seconds()

    @property
    def enough(self) -> bool:
        """Whether both arms have the least sample that anything may be concluded from."""
        return all(
            arm.requests >= self.plan.min_requests and arm.sessions >= self.plan.min_sessions
            for arm in (self.primary.baseline, self.primary.canary)
        )

    @property
    def arms(self) -> tuple[tuple[str, ArmWindow], tuple[str, ArmWindow]]:
        return ("baseline", self.window.baseline), ("canary", self.window.canary)


def _decide(look: _Look) -> tuple[Decision, list[str]]:
    distrust = list(_distrust(look))
    worse = [] if distrust or not look.enough else list(_worse(look))
    if worse:
        return "roll_back", worse
    if look.elapsed_s > look.plan.max_s:
        why = f"The {look.plan.max_s / 3600:g} hours of this canary are over, and nothing is sure."
        return "ask_person", [why, describe(look.primary), *distrust]
    holding = [*distrust, *_obstacles(look), *_alarms(look, "hold")]
    holding += [f"{signal.name}: {signal.message}" for signal in look.signals]
    if holding:
        return "hold", holding
    if missing := _missing(look):
        return "go_on", [missing, describe(look.primary)]
    if look.state.step + 1 < len(look.plan.steps):
        percent = look.plan.steps[look.state.step + 1]
        return "next_step", [f"The canary goes on to {percent} %.", describe(look.primary)]
    points, needed = 100 * look.plan.margin, 1 / look.plan.promote_alpha
    evidence = (
        f"evidence that it is not worse by {points:g} points {look.primary.not_worse:,.3g} of {needed:,.3g}"
    )
    if look.primary.not_worse is not None and look.primary.not_worse >= needed:
        return "promote", [f"The canary is promoted: {evidence}.", describe(look.primary)]
    return "go_on", [f"Not sure yet: {evidence}.", describe(look.primary)]


def _distrust(look: _Look) -> Iterator[str]:
    """Yield what makes the comparison itself untrue, in either direction."""
    split = look.split
    if split.evidence >= split.needed:
        yield (
            f"Sessions are not split evenly: {split.baseline:,} for the baseline, {split.canary:,} for the canary "
            f"(evidence {split.evidence:,.3g} of {split.needed:,.3g}). What decides who gets which must be put right."
        )
    opened = split.baseline + split.canary
    if look.window.crossed > look.plan.crossed_share * opened:
        yield (
            f"{look.window.crossed:,} of {opened:,} sessions saw both arms, more than "
            f"{100 * look.plan.crossed_share:g} %: sessions do not stay where they are."
        )


def _worse(look: _Look) -> Iterator[str]:
    if look.primary.alarm:
        yield f"Surely less successful. {describe(look.primary)}"
    yield from _alarms(look, "roll_back")


def _alarms(look: _Look, action: str) -> Iterator[str]:
    """Yield the guardrails of this action that are surely passed."""
    pairs: Iterator[tuple[Guardrail, MetricReading]] = zip(look.plan.guardrails, look.guardrails, strict=True)
    for guardrail, reading in pairs:
        if guardrail.action == action and reading.alarm and look.enough:
            beyond = f" by more than {100 * guardrail.tolerance:g} points" if guardrail.tolerance else ""
            yield f"Guardrail {guardrail.metric}: surely worse{beyond}. {describe(reading)}"


def _obstacles(look: _Look) -> Iterator[str]:
    """Yield what is gone by itself once nothing new of it is seen."""
    silent = look.plan.silent_s
    for name, arm in look.arms:
        quiet = (
            look.now - max(arm.last_at or look.state.step_began_at, look.state.step_began_at)
        ).total_seconds()
        if quiet > silent:
            yield f"No request has reached the {name} for {quiet / 60:.0f} minutes; no data is no evidence."
        if arm.strays and _recent(arm.stray_at, look):
            yield f"The {name} answered {arm.strays:,} requests with another release than its own."
    if look.window.crossed and _recent(look.window.crossed_at, look):
        yield f"{look.window.crossed:,} sessions saw both arms, the last {_ago(look.window.crossed_at, look)} ago."


def _recent(moment: dt.datetime | None, look: _Look) -> bool:
    return moment is not None and (look.now - moment).total_seconds() <= look.plan.silent_s


def _ago(moment: dt.datetime | None, look: _Look) -> str:
    assert moment is not None  # `_recent` was asked
    return f"{(look.now - moment).total_seconds() / 60:.0f} minutes"


def _missing(look: _Look) -> str | None:
    """Return what the step still needs before the next one."""
    plan, state = look.plan, look.state
    here = f"Step {state.step + 1} of {len(plan.steps)} ({plan.steps[state.step]} %)"
    baseline = look.primary.baseline.requests - state.step_baseline
    canary = look.primary.canary.requests - state.step_canary
    if min(baseline, canary) < plan.step_requests or not look.enough:
        return (
            f"{here}: {canary:,} requests of the canary and {baseline:,} of the baseline count so far; each needs "
            f"{plan.step_requests:,} in this step, and {plan.min_requests:,} in {plan.min_sessions} sessions overall."
        )
    lasted = (look.now - state.step_began_at).total_seconds()
    if lasted < plan.step_s:
        return f"{here}: it lasts {lasted / 60:.0f} of at least {plan.step_s / 60:g} minutes."
    return None
