"""`monitor_production`: one look at production: its figures, its data, its questions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from datacraft.contracts.monitoring import (
    AccuracyCheck,
    Alert,
    HealthReport,
    MonitoringPolicy,
    ProductionReport,
)
from datacraft.monitoring.health import health_of, needed_s
from datacraft.monitoring.metrics import MetricSource, TelemetryMetrics

if TYPE_CHECKING:
    from datacraft.config import Settings
    from datacraft.contracts.drift import DriftReport, TrafficDrift

DATA_DRIFT, TRAFFIC_DRIFT, TRAFFIC_TODAY, ACCURACY = (
    "data drift",
    "traffic drift",
    "unusual traffic",
    "accuracy",
)
_EXIT = {"healthy": 0, "unknown": 3, "degraded": 10, "down": 12}
_DRIFTED = {"healthy": 11, "unknown": 11, "degraded": 12, "down": 12}
_ORDER = ("page", "ticket", "note")


def monitor_production(
    settings: Settings,
    policy: MonitoringPolicy | None = None,
    now: dt.datetime | None = None,
    *,
    source: MetricSource | None = None,
    release_id: str | None = None,
    data: Callable[[], DriftReport] | str = "no data was named",
    traffic: Callable[[dt.datetime], TrafficDrift] | str = "it was not asked for",
    accuracy: AccuracyCheck | str = "it was not asked for",
) -> ProductionReport:
    """Say how the channel of the settings is doing.

    Args:
        settings: `state_dir` holds the telemetry of all processes, `channel` says whose questions are meant.
        policy: thresholds, service level and what follows; by default their defaults.
        now: UTC; by default the present.
        source: of the figures; by default the telemetry of the settings.
        release_id: that the channel names.
        data: compares the data with the release's profile; or why that is not done.
        traffic: compares what was asked by a time with the time before; or why that is not done.
        accuracy: of the release, graded lately; or why that is unknown.

    Raises:
        DataCraftError: the figures can't be read, so that nothing is known.
    """
    policy, now = policy or MonitoringPolicy(), now or dt.datetime.now(dt.UTC)
    source = source or TelemetryMetrics([settings.state_dir / "telemetry"])
    health = health_of(
        source.read(now, needed_s(policy), days=policy.usual.baseline_days + 1), settings.channel, policy
    )
    skipped: list[str] = []
    data_drift = data() if callable(data) else None
    if isinstance(data, str):
        skipped.append(f"The data were not compared: {data}.")
    traffic_drift = traffic(now) if callable(traffic) else None
    if isinstance(traffic, str):
        skipped.append(f"Questions were not compared: {traffic}.")
    elif traffic_drift is not None:
        skipped += traffic_drift.findings
    graded = accuracy if isinstance(accuracy, AccuracyCheck) else None
    if isinstance(accuracy, str):
        skipped.append(f"Answers were not graded: {accuracy}.")
    elif accuracy.estimate is not None and accuracy.estimate.disagrees is not None:
        skipped.append(f"Accuracy can't be told by confidence: {accuracy.estimate.disagrees}")
    return ProductionReport(
        at=now,
        channel=settings.channel,
        status=health.status,
        release_id=release_id,
        health=health,
        data=data_drift,
        traffic=traffic_drift,
        accuracy=graded,
        skipped=tuple(skipped),
        alerts=_alerts(health, data_drift, traffic_drift, graded),
        measured=_measured(health, data_drift, traffic_drift, graded),
    )


def exit_code(report: ProductionReport) -> int:
    """Return what a command ends with: 0 healthy, 3 unknown, 10 degraded, 11 drift, 12 both, or down."""
    return (_DRIFTED if report.drifted else _EXIT)[report.health.status]


def _alerts(
    health: HealthReport,
    data: DriftReport | None,
    traffic: TrafficDrift | None,
    accuracy: AccuracyCheck | None,
) -> tuple[Alert, ...]:
    found = list(health.alerts)
    if health.status == "down" and not any(one.severity == "page" for one in found):
        found.append(Alert(name="down", severity="page", message=health.reasons[0]))
    if data is not None and data.drifted:
        found.append(Alert(name=DATA_DRIFT, severity="ticket", message=data.words))
    if traffic is not None and traffic.window_drifted:
        found.append(Alert(name=TRAFFIC_DRIFT, severity="ticket", message=traffic.words))
    if traffic is not None and traffic.day is not None and traffic.day.drifted:
        found.append(Alert(name=TRAFFIC_TODAY, severity="ticket", message=traffic.day.words))
    if accuracy is not None and (worse := _worse(accuracy, health.policy)) is not None:
        found.append(Alert(name=ACCURACY, severity="ticket", message=worse))
    return tuple(sorted(found, key=lambda one: _ORDER.index(one.severity)))


def _worse(accuracy: AccuracyCheck, policy: MonitoringPolicy) -> str | None:
    """Say in what the graded cases are worse than they were, all at once or little by little; None: in nothing."""
    if accuracy.right < accuracy.expected and accuracy.p_value <= policy.graded_level:
        return (
            f"{accuracy.right} of {accuracy.cases} graded cases are right; {accuracy.expected} were when "
            f"{accuracy.release_id} was chosen. {accuracy.lost} were lost, {accuracy.gained} gained "
            f"(chance: {accuracy.p_value:.2g})."
        )
    gone = accuracy.decline
    if (
        gone is not None
        and gone.p_value <= policy.decline_level
        and gone.before - gone.after >= policy.grading.decline_points
    ):
        return (
            f"{gone.after:.1%} of the graded cases are right since {gone.since:%Y-%m-%d}; {gone.before:.1%} were before "
            f"(chance: {gone.p_value:.2g})."
        )
    return None


def _measured(
    health: HealthReport,
    data: DriftReport | None,
    traffic: TrafficDrift | None,
    accuracy: AccuracyCheck | None,
) -> tuple[str, ...]:
    names = [*health.measured, *(["down"] if health.measured else [])]
    names += [
        name
        for name, drift in ((DATA_DRIFT, data), (TRAFFIC_DRIFT, traffic))
        if drift is not None and drift.verdict != "unknown"
    ]
    names += [TRAFFIC_TODAY] if traffic is not None and traffic.day is not None else []
    return (*names, ACCURACY) if accuracy is not None else tuple(names)
