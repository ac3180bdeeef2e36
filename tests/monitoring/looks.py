"""Looks at production as tests make them."""

from __future__ import annotations

import datetime as dt

from datacraft.contracts.monitoring import Alert, HealthReport, MonitoringPolicy, ProductionReport
from datacraft.contracts.release import ReleaseMetadata
from datacraft.registry import ObjectStore, publish_release
from datacraft.registry.newest import format_time

START = dt.datetime(2026, 3, 2, 0, 0, tzinfo=dt.UTC)
ALL = (
    "error budget",
    "error rate",
    "success rate",
    "latency",
    "thumbs",
    "data drift",
    "traffic drift",
    "accuracy",
)


def look(
    hours: float, *wrong: str, page: bool = False, measured: tuple[str, ...] = ALL, release: str | None = "r2"
) -> ProductionReport:
    """Return a look so many hours after `START` that sees these alerts."""
    at = START + dt.timedelta(hours=hours)
    found = tuple(
        Alert(name=name, severity="page" if page else "ticket", message=f"{name} is bad.") for name in wrong
    )
    health = HealthReport(
        at=at,
        channel="production",
        status="degraded" if wrong else "healthy",
        reasons=("as told",),
        alerts=found,
        measured=measured,
        policy=MonitoringPolicy(),
    )
    return ProductionReport(
        status=health.status,
        at=at,
        channel="production",
        release_id=release,
        health=health,
        alerts=found,
        measured=measured,
    )


def published(store: ObjectStore, at: dt.datetime, **files: bytes) -> str:
    """Publish a whole release made at a time, with further files; return its id."""
    name = f"{format_time(at)}_0a1b2c3"
    metadata = {
        "release_id": name, "selected_model": "builtin", "provider": "builtin", "hyperparameters": {},
        "strategy": "semantic", "composite_score": 80, "performance_score": 90, "bias_score": 10, "success_rate": 95,
        "avg_response_time": 0.1, "deployment_ready": True, "selection_methodology": "composite",
        "question_set": {"name": "retail", "version": "1", "size": 200}, "created_at": at, "commit": "0a1b2c3",
    }  # fmt: skip
    reports = {"model_selection_report.json": b"{}", "validation_report.json": b"{}"}
    publish_release(store, ReleaseMetadata.model_validate(metadata), reports | files)
    return name
