"""Figures out of Cloud Monitoring, through Google's own client and gRPC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import grpc
import pytest
from cloud_monitoring_stub import CloudMonitoringStub, cloud_monitoring
from google.cloud import monitoring_v3

from datacraft.contracts.errors import AccessDenied, MetricsUnavailable, QuotaExceeded
from datacraft.contracts.metrics import Anomaly
from datacraft.monitoring.metrics.cloud import COUNT, DELAY, LATENCY, PERIOD_S, CloudMetrics

NOW = dt.datetime(2025, 6, 15, 12, 4, 31, tzinfo=dt.UTC)
END = dt.datetime(2025, 6, 15, 12, tzinfo=dt.UTC)
HOUR, DAY = 3_600, 86_400


@pytest.fixture
def stub() -> Iterator[CloudMonitoringStub]:
    with cloud_monitoring() as one:
        yield one


def series(metric: str, revision: str, response: str, points: dict[int, object]) -> monitoring_v3.TimeSeries:
    """Return a series with values by how many seconds before `END` their stretch ends."""
    return monitoring_v3.TimeSeries(
        metric={"type": metric, "labels": {"response_code_class": response}},
        resource={"type": "cloud_run_revision", "labels": {"revision_name": revision}},
        points=[
            {
                "interval": {
                    "start_time": END - dt.timedelta(seconds=ago + PERIOD_S),
                    "end_time": END - dt.timedelta(seconds=ago),
                },
                "value": {"int64_value": value} if isinstance(value, int) else {"distribution_value": value},
            }
            for ago, value in points.items()
        ],
    )


def read(stub: CloudMonitoringStub, **more: object):  # type: ignore[no-untyped-def]
    return CloudMetrics("p", "datacraft-app", stub.url).read(NOW, (HOUR, DAY), **more)  # type: ignore[arg-type]


def test_requests_are_counted_by_class_and_revision_over_all_pages(stub: CloudMonitoringStub) -> None:
    stub.series[COUNT] = [
        series(COUNT, "one", "2xx", {0: 90, 2 * HOUR: 1_000}),
        series(COUNT, "one", "4xx", {0: 5}),
        series(COUNT, "one", "5xx", {300: 3}),
        series(COUNT, "two", "2xx", {600: 7}),
        series(COUNT, "two", "3xx", {600: 1}),
    ]
    found = read(stub)
    hour, day = found.of(HOUR), found.of(DAY)
    assert (hour.requests, hour.answered, hour.rejected, hour.failed) == (106, 98, 5, 3)
    assert hour.success_rate == pytest.approx(98 / 101)
    assert hour.errors == {"4xx": 5, "5xx": 3}
    assert day.requests == 1_106
    by_revision = {
        one.release_id: one.requests
        for one in found.windows
        if one.scope == "release" and one.window_s == HOUR
    }
    assert by_revision == {"one": 98, "two": 8}
    assert hour.doubted is None  # nothing is known of answers
    assert found.last_at == END
    assert found.created_at == END <= NOW - DELAY


def test_what_is_asked_for_is_aligned_and_summed_by_google(stub: CloudMonitoringStub) -> None:
    read(stub)
    request = stub.requests[0]
    assert request.name == "projects/p"
    assert request.filter == f'metric.type = "{COUNT}" AND resource.labels.service_name = "datacraft-app"'
    assert request.aggregation.alignment_period.total_seconds() == PERIOD_S
    assert request.aggregation.per_series_aligner == monitoring_v3.Aggregation.Aligner.ALIGN_DELTA
    assert request.aggregation.cross_series_reducer == monitoring_v3.Aggregation.Reducer.REDUCE_SUM
    assert request.interval.end_time.timestamp() == END.timestamp()
    assert request.interval.start_time.timestamp() == END.timestamp() - DAY


def test_latencies_come_from_buckets(stub: CloudMonitoringStub) -> None:
    even = {
        "count": 100,
        "bucket_options": {"explicit_buckets": {"bounds": [0, 100, 200]}},
        "bucket_counts": [0, 50, 50],
    }
    late = {"count": 100, "bucket_options": {"exponential_buckets": {"num_finite_buckets": 2, "growth_factor": 2, "scale": 200}},
            "bucket_counts": [0, 0, 100]}  # fmt: skip
    linear = {"count": 4, "bucket_options": {"linear_buckets": {"num_finite_buckets": 2, "width": 10, "offset": 0}},
              "bucket_counts": [0, 0, 0, 4]}  # fmt: skip
    stub.series[COUNT] = [series(COUNT, "one", "2xx", {0: 200})]
    stub.series[LATENCY] = [
        series(LATENCY, "one", "2xx", {0: even}),
        series(LATENCY, "one", "5xx", {300: late}),
        series(LATENCY, "one", "2xx", {2 * HOUR: linear}),
    ]
    found = read(stub, within_ms=[150])
    hour = found.of(HOUR)
    assert hour.latency.p50 == pytest.approx(200)
    assert hour.latency.p95 == pytest.approx(400 + 400 * 0.9)
    assert hour.within_ms == {150: 75}  # of the good ones alone
    assert found.of(DAY).latency.p50 < 200


def test_missing_points_and_an_absent_metric_are_named(stub: CloudMonitoringStub) -> None:
    assert [one.anomaly for one in read(stub).findings] == [Anomaly.METRIC_ABSENT]
    assert read(stub).of(HOUR).requests == 0
    stub.series[COUNT] = [series(COUNT, "one", "2xx", {0: 1, 300: 1, 1_200: 1})]
    (gap,) = read(stub).findings
    assert (gap.anomaly, gap.count) == (Anomaly.MISSING_POINTS, 2)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (grpc.StatusCode.PERMISSION_DENIED, AccessDenied),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, QuotaExceeded),
        (grpc.StatusCode.INTERNAL, MetricsUnavailable),
    ],
)
def test_what_google_refuses_is_said(
    stub: CloudMonitoringStub, status: grpc.StatusCode, error: type[Exception]
) -> None:
    stub.failures = [status]
    with pytest.raises(error, match="no such luck"):
        read(stub)


def test_a_hiccup_of_google_is_tried_again(stub: CloudMonitoringStub) -> None:
    stub.failures = [grpc.StatusCode.UNAVAILABLE]
    stub.series[COUNT] = [series(COUNT, "one", "2xx", {0: 1})]
    assert read(stub).of(HOUR).requests == 1


def test_days_are_counted_back_from_the_end(stub: CloudMonitoringStub) -> None:
    took = {
        "count": 10,
        "bucket_options": {"explicit_buckets": {"bounds": [64, 128]}},
        "bucket_counts": [0, 8, 2],
    }
    stub.series[COUNT] = [
        series(COUNT, "one", "2xx", {0: 90, DAY: 70}),
        series(COUNT, "two", "5xx", {0: 3}),
        series(COUNT, "two", "4xx", {0: 2}),
    ]
    stub.series[LATENCY] = [series(LATENCY, "one", "2xx", {DAY: took})]
    now, before = read(stub, days=2).days
    assert (now.ago, now.requests, now.answered, now.failed, now.rejected) == (0, 95, 90, 3, 2)
    assert (before.ago, before.requests, before.took) == (1, 70, {26: 8, 28: 2})
    assert before.doubted is None
    assert stub.requests[-1].aggregation.alignment_period.total_seconds() == DAY
    assert read(stub).days == ()
