"""What the figures come to: healthy, degraded, down or unknown, each with its reasons."""

from __future__ import annotations

from datacraft.contracts.metrics import Anomaly, MetricsReport, WindowMetrics
from datacraft.contracts.monitoring import Alert, Health, HealthReport, MonitoringPolicy
from datacraft.monitoring.health import burning
from datacraft.monitoring.health.thresholds import measured, missed
from datacraft.monitoring.health.usual import unusual
from datacraft.monitoring.health.windows import REPORT_H, Windows

_MOSTLY = 0.5
"""Down: surely more than this share fails."""
_BLINDING = {Anomaly.UNREADABLE_FILE, Anomaly.METRIC_ABSENT}
"""With these, what was measured is not all, so that it can't be called healthy."""


def health_of(metrics: MetricsReport, channel: str, policy: MonitoringPolicy) -> HealthReport:
    """Judge what happened on a channel.

    No data is a state of its own: `unknown`, which is not healthy. Thresholds hold from `min_requests` questions on;
    the error budget is watched with fewer, by a test that knows how few they are.

    Args:
        metrics: of all windows of `windows.needed_s`, and of the days that the policy compares.
        channel: whose figures are meant.
        policy: thresholds and service level.
    """
    windows = Windows(metrics, channel)
    judged = windows.of(policy.window_h)
    alerts = missed(judged, policy)
    if (burnt := burning.burning(windows, policy.service_level)) is not None:
        alerts.insert(0, burnt)
    changed, compared = unusual(metrics, channel, policy)
    alerts += [one for one in changed if one.severity != "note"]
    notes = [
        *(one for one in changed if one.severity == "note"),
        *(Alert(name="never fires", severity="note", message=one) for one in burning.never_fires(policy.service_level)),
        *(Alert(name=one.anomaly.value.replace("_", " "), severity="note", message=one.words) for one in metrics.findings),
    ]  # fmt: skip
    status, reasons = _status(windows, alerts, metrics, policy)
    enough = [burning.NAME] if judged.requests >= policy.min_requests else []
    return HealthReport(
        at=metrics.created_at,
        channel=channel,
        status=status,
        reasons=tuple(reasons),
        alerts=(*alerts, *notes),
        measured=(*enough, *measured(judged, policy), *compared),
        windows=tuple(windows.of(hours) for hours in sorted({*REPORT_H, policy.window_h})),
        by_release=windows.by_release(policy.window_h),
        findings=metrics.findings,
        policy=policy,
    )


def _status(
    windows: Windows, alerts: list[Alert], metrics: MetricsReport, policy: MonitoringPolicy
) -> tuple[Health, list[str]]:
    judged, last_hour = windows.of(policy.window_h), windows.of(REPORT_H[0])
    told = [alert.message for alert in alerts]
    if _is_down(last_hour, policy):
        most = f"{last_hour.failed} of {last_hour.requests} questions of the last hour failed inside."
        return "down", [most, *told]
    if told:
        return "degraded", told
    blind = [one.words for one in metrics.findings if one.anomaly in _BLINDING]
    if blind:
        return "unknown", blind
    if judged.requests == 0:
        return "unknown", [f"Nobody has asked anything in the last {policy.window_h:g} hours."]
    if judged.requests < policy.min_requests:
        return "unknown", [
            f"There were {judged.requests} questions in the last {policy.window_h:g} hours; "
            f"{policy.min_requests} are needed to tell."
        ]
    return "healthy", [_well(judged, policy)]


def _well(judged: WindowMetrics, policy: MonitoringPolicy) -> str:
    took = f"; 95 % took at most {judged.latency.p95:,.0f} ms" if judged.latency else ""
    return (
        f"{judged.answered - judged.fallback:,} of {judged.requests:,} questions of the last {policy.window_h:g} hours "
        f"were answered, {judged.failed:,} failed inside{took}."
    )


def _is_down(last_hour: WindowMetrics, policy: MonitoringPolicy) -> bool:
    chance = burning.at_least(last_hour.failed, last_hour.requests, _MOSTLY)
    return last_hour.failed > 0 and chance <= policy.service_level.alpha * 5
