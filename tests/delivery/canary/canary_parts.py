"""Plans, sessions and windows for the tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from datacraft.contracts.canary import (
    ArmWindow,
    CanaryPlan,
    CanaryState,
    CanaryVerdict,
    CanaryWindow,
    SessionTotals,
)
from datacraft.delivery.canary.judge import judge
from datacraft.delivery.canary.state import advance, first_state

START = dt.datetime(2025, 6, 1, 8, 0, tzinfo=dt.UTC)
OLD, NEW = "20250501T000000Z_aaaaaaa", "20250601T000000Z_bbbbbbb"


def plan(**changes: object) -> CanaryPlan:
    return CanaryPlan.model_validate(
        {"candidate": NEW, "baseline": OLD, "started_at": START, "step_s": 0, **changes}
    )


def after(**parts: float) -> dt.datetime:
    return START + dt.timedelta(**parts)


def sessions(successes: Sequence[int], name: str = "s", **bad: Sequence[int]) -> tuple[SessionTotals, ...]:
    """Single requests, one a second, that were answered or not."""
    return tuple(
        SessionTotals(
            session=f"{name}{place}",
            requests=1,
            closed_at=after(seconds=place),
            success=success,
            **{metric: values[place] for metric, values in bad.items()},
        )
        for place, success in enumerate(successes)
    )


def arm(counted: tuple[SessionTotals, ...], **changes: object) -> ArmWindow:
    last = counted[-1].closed_at if counted else None
    window = ArmWindow(sessions=counted, opened=len(counted), last_at=last)
    return window.model_copy(update=changes)


def window(baseline: ArmWindow, canary: ArmWindow, **changes: object) -> CanaryWindow:
    return CanaryWindow(baseline=baseline, canary=canary).model_copy(update=changes)


def drawn(rate: float, requests: int, seed: int) -> ArmWindow:
    """An arm that answers so many of its requests."""
    return arm(sessions(np.random.default_rng(seed).binomial(1, rate, requests).tolist()))


def ran(
    frozen: CanaryPlan,
    seen: CanaryWindow,
    now: dt.datetime,
    state: CanaryState | None = None,
    looks: int = 10,
) -> tuple[CanaryState, list[CanaryVerdict]]:
    """Look so often at the same data."""
    state = state or first_state(frozen)
    verdicts = []
    for _ in range(looks):
        verdicts.append(judge(frozen, state, seen, now))
        state = advance(frozen, state, verdicts[-1])
    return state, verdicts
