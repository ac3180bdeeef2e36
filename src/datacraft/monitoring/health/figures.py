"""The figures of the last hours."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import numpy as np

from datacraft.contracts.monitoring import WindowFigures
from datacraft.contracts.telemetry import ASKED_BACK, REFUSED, failed_inside
from datacraft.monitoring.health.traffic import STEPS, Asked, Traffic


def questions_of(traffic: Traffic, now: dt.datetime, hours: float) -> list[Asked]:
    """Return the questions of the last hours."""
    since = now - dt.timedelta(hours=hours)
    return [one for one in traffic.questions if one.at >= since]


def figures_of(traffic: Traffic, now: dt.datetime, hours: float) -> WindowFigures:
    """Return the figures of the last hours."""
    asked = questions_of(traffic, now, hours)
    since = now - dt.timedelta(hours=hours)
    thumbs = [up for at, up in traffic.thumbs if at >= since]
    return WindowFigures(
        hours=hours,
        requests=len(asked),
        answered=sum(one.error is None and not one.fallback for one in asked),
        failed=sum(failed_inside(one.error) for one in asked),
        asked_back=sum(one.error in REFUSED | ASKED_BACK for one in asked),
        fallbacks=sum(one.fallback for one in asked),
        errors=dict(sorted(Counter(one.error for one in asked if one.error is not None).items())),
        latency_ms=_percentiles([one.total_ms for one in asked]),
        step_p95_ms={
            step: round(float(np.percentile([one.steps_ms[place] for one in asked], 95)), 1)
            for place, step in enumerate(STEPS)
            if asked
        },
        thumbs_up=sum(thumbs),
        thumbs_down=len(thumbs) - sum(thumbs),
        tokens=sum(one.tokens for one in asked),
        cost_usd=round(sum(one.cost_usd for one in asked), 6),
        with_model=sum(one.calls > 0 for one in asked),
        cached=sum(one.cached > 0 for one in asked),
    )


def _percentiles(values: list[float]) -> dict[str, float]:
    if not values:
        return {}
    return {f"p{rank}": round(float(np.percentile(values, rank)), 1) for rank in (50, 95, 99)}
