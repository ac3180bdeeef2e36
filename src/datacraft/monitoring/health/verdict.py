"""What the figures come to: healthy, degraded, down or unknown, each with its reasons."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from datacraft.contracts.monitoring import (
    Alert,
    Health,
    HealthReport,
    MonitoringPolicy,
    WindowFigures,
)
from datacraft.monitoring.health.burning import at_least, burning, never_fires
from datacraft.monitoring.health.figures import figures_of, questions_of
from datacraft.monitoring.health.traffic import Traffic

WINDOWS_H = (1.0, 6.0, 24.0, 168.0)
_MOSTLY = 0.5
"""Down: surely more than this share fails."""


def span_of(policy: MonitoringPolicy) -> dt.timedelta:
    """Return how far back a verdict looks."""
    longest = max(*WINDOWS_H, policy.window_h, *(tier.long_h for tier in policy.service_level.tiers))
    return dt.timedelta(hours=longest)


def health_of(traffic: Traffic, channel: str, policy: MonitoringPolicy, now: dt.datetime) -> HealthReport:
    """Judge what happened on a channel.

    No data is a state of its own: `unknown`, which is not healthy. Thresholds hold from `min_requests` questions on;
    the error budget is watched with fewer, by a test that knows how few they are.
    """
    windows = tuple(figures_of(traffic, now, hours) for hours in sorted({*WINDOWS_H, policy.window_h}))
    judged = next(one for one in windows if one.hours == policy.window_h)
    last_hour = next(one for one in windows if one.hours == WINDOWS_H[0])
    alerts = [*_beyond(judged, policy)]
    if (burnt := burning(traffic, policy.service_level, now)) is not None:
        alerts.insert(0, burnt)
    alerts += [
        Alert(name="never fires", severity="note", message=one) for one in never_fires(policy.service_level)
    ]
    alerts += _oddities(traffic)
    status, reasons = _status(judged, last_hour, alerts, policy)
    releases = Counter(one.release_id or "none" for one in questions_of(traffic, now, policy.window_h))
    return HealthReport(
        at=now,
        channel=channel,
        status=status,
        reasons=tuple(reasons),
        alerts=tuple(alerts),
        windows=windows,
        releases=dict(sorted(releases.items())),
        unreadable=traffic.unreadable,
        policy=policy,
    )


def _status(
    judged: WindowFigures, last_hour: WindowFigures, alerts: list[Alert], policy: MonitoringPolicy
) -> tuple[Health, list[str]]:
    told = [alert.message for alert in alerts if alert.severity != "note"]
    if _is_down(last_hour, policy):
        most = f"{last_hour.failed} of {last_hour.requests} questions of the last hour failed inside."
        return "down", [most, *told]
    if told:
        return "degraded", told
    if judged.requests == 0:
        return "unknown", [f"Nobody has asked anything in the last {policy.window_h:g} hours."]
    if judged.requests < policy.min_requests:
        return "unknown", [
            f"There were {judged.requests} questions in the last {policy.window_h:g} hours; "
            f"{policy.min_requests} are needed to tell."
        ]
    return "healthy", [
        f"{judged.answered} of {judged.requests} questions of the last {policy.window_h:g} hours were answered, "
        f"{judged.failed} failed inside; 95 % took at most {judged.latency_ms['p95']:,.0f} ms."
    ]


def _is_down(last_hour: WindowFigures, policy: MonitoringPolicy) -> bool:
    chance = at_least(last_hour.failed, last_hour.requests, _MOSTLY)
    return last_hour.failed > 0 and chance <= policy.service_level.alpha * 5


def _beyond(judged: WindowFigures, policy: MonitoringPolicy) -> list[Alert]:
    """Return the thresholds that are missed."""
    if judged.requests < policy.min_requests:
        return []
    found: list[Alert] = []

    def tell(name: str, is_missed: bool, message: str) -> None:
        if is_missed:
            found.append(Alert(name=name, severity="ticket", message=message))

    window = f"in the last {policy.window_h:g} hours"
    error_rate, success_rate = judged.error_rate or 0.0, judged.success_rate or 0.0
    tell(
        "error rate",
        error_rate > policy.max_error_rate,
        f"{judged.failed} of {judged.requests} questions failed inside {window} ({error_rate:.1%}); at most "
        f"{policy.max_error_rate:.1%} may.",
    )
    tell(
        "success rate",
        success_rate < policy.min_success_rate,
        f"{judged.answered} of {judged.requests} questions were answered {window} ({success_rate:.1%}); at least "
        f"{policy.min_success_rate:.1%} should be.",
    )
    p95 = judged.latency_ms.get("p95", 0.0)
    tell(
        "latency",
        p95 > policy.max_latency_p95_ms,
        f"5 % of the answers took more than {p95:,.0f} ms {window}; at most {policy.max_latency_p95_ms:,.0f} ms "
        "are wanted.",
    )
    thumbs = judged.thumbs_up + judged.thumbs_down
    tell(
        "thumbs",
        thumbs >= policy.min_requests and judged.thumbs_down / thumbs > policy.max_thumbs_down,
        f"{judged.thumbs_down} of {thumbs} thumbs point down {window}; at most {policy.max_thumbs_down:.0%} should.",
    )
    return found


def _oddities(traffic: Traffic) -> list[Alert]:
    found = []
    if traffic.unreadable:
        message = f"{traffic.unreadable} lines of telemetry are no records; they count for nothing."
        found.append(Alert(name="unreadable telemetry", severity="note", message=message))
    if traffic.ahead:
        message = f"{traffic.ahead} records are of the future: a clock is wrong; they count for nothing."
        found.append(Alert(name="clock", severity="note", message=message))
    return found
