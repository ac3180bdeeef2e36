"""`CloudMetrics`: figures of a Cloud Run service out of Cloud Monitoring.

It knows requests by class of response, and their latencies; nothing of questions. Every request counts, also those
for the page itself. Points are written once a minute, come minutes late, and are not there where nobody asked.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.api_core import exceptions as google_errors
from google.auth.exceptions import GoogleAuthError
from google.cloud import monitoring_v3
from google.cloud.monitoring_v3.services.metric_service.transports import MetricServiceGrpcTransport

from datacraft.contracts.errors import AccessDenied, MetricsUnavailable, QuotaExceeded
from datacraft.contracts.metrics import Anomaly, DayCounts, MetricFinding, MetricsReport, WindowMetrics
from datacraft.monitoring.metrics.buckets import Buckets, buckets_of, count_below, quantiles, took_of

COUNT, LATENCY = "run.googleapis.com/request_count", "run.googleapis.com/request_latencies"
PERIOD_S = 300
_DAY_S = 86_400
DELAY = dt.timedelta(minutes=4)
"""So late points may come: Google says sampled every 60 s, and not visible for up to 180 s."""
_CALL_S = 30.0
_PAGE = 10_000
_GOOD, _REFUSED, _FAILED = ("2xx", "3xx"), "4xx", "5xx"


class CloudMetrics:
    """Reads one service. See `MetricSource`.

    Args:
        project: whose metrics they are.
        service: name of the Cloud Run service.
        endpoint: of a stand-in, as `http://host:port`, instead of Google's own.
    """

    def __init__(self, project: str, service: str, endpoint: str | None = None) -> None:
        self._project, self._service = project, service
        try:
            self._client = _client(endpoint)
        except GoogleAuthError as error:
            raise AccessDenied(
                f"There are no credentials for Google Cloud: {error}",
                hint="Run: gcloud auth application-default login",
            ) from error

    def read(
        self, now: dt.datetime, windows_s: Sequence[int], within_ms: Sequence[int] = (), days: int = 0
    ) -> MetricsReport:
        """Return what happened in windows that end as late as points are sure to be there; see `MetricSource`."""
        end = (now - DELAY).replace(second=0, microsecond=0)
        counted = list(self._points(COUNT, end, max(windows_s)))
        timed = list(self._points(LATENCY, end, max(windows_s)))
        rows: list[WindowMetrics] = []
        for seconds in sorted(set(windows_s)):
            start = end - dt.timedelta(seconds=seconds)
            revisions: dict[str, _Tally] = defaultdict(_Tally)
            for point in counted:
                if point.end > start:
                    revisions[point.revision].responses[point.response] += int(point.value.int64_value)
            for point in timed:
                if point.end > start:
                    revisions[point.revision].add_latencies(point)
            whole = _Tally()
            for tally in revisions.values():
                whole.merge(tally)
            rows.append(whole.metrics(seconds, within_ms))
            rows += [tally.metrics(seconds, within_ms, name) for name, tally in sorted(revisions.items())]
        return MetricsReport(
            created_at=end,
            source=f"Cloud Monitoring, service {self._service} of {self._project}",
            windows=tuple(rows),
            days=self._days(end, days),
            findings=tuple(_findings(counted, end, max(windows_s))),
            last_at=max((one.end for one in counted), default=None),
        )

    def _days(self, end: dt.datetime, days: int) -> tuple[DayCounts, ...]:
        if not days:
            return ()
        found: dict[int, _Tally] = defaultdict(_Tally)
        for point in self._points(COUNT, end, days * _DAY_S, _DAY_S):
            found[_ago(point, end)].responses[point.response] += int(point.value.int64_value)
        for point in self._points(LATENCY, end, days * _DAY_S, _DAY_S):
            found[_ago(point, end)].add_latencies(point)
        return tuple(tally.counts(ago) for ago, tally in sorted(found.items()))

    def _points(
        self, metric: str, end: dt.datetime, longest_s: int, period_s: int = PERIOD_S
    ) -> Iterator[_Point]:
        """Yield sums over a period by revision and class of response, page by page."""
        request = monitoring_v3.ListTimeSeriesRequest(
            name=f"projects/{self._project}",
            filter=f'metric.type = "{metric}" AND resource.labels.service_name = "{self._service}"',
            interval={"start_time": end - dt.timedelta(seconds=longest_s), "end_time": end},
            aggregation={
                "alignment_period": {"seconds": period_s},
                "per_series_aligner": monitoring_v3.Aggregation.Aligner.ALIGN_DELTA,
                "cross_series_reducer": monitoring_v3.Aggregation.Reducer.REDUCE_SUM,
                "group_by_fields": ["resource.label.revision_name", "metric.label.response_code_class"],
            },
            view=monitoring_v3.ListTimeSeriesRequest.TimeSeriesView.FULL,
            page_size=_PAGE,
        )
        try:
            for series in self._client.list_time_series(request=request, timeout=_CALL_S):
                revision = series.resource.labels.get("revision_name", "")
                response = series.metric.labels.get("response_code_class", "")
                for point in series.points:
                    yield _Point(revision, response, _utc(point.interval.end_time), point.value)
        except google_errors.ResourceExhausted as error:
            raise QuotaExceeded(
                f"Cloud Monitoring turns requests away: {error.message}", hint="Ask less often."
            ) from error
        except (google_errors.PermissionDenied, google_errors.Unauthenticated, GoogleAuthError) as error:
            raise AccessDenied(
                f"Cloud Monitoring does not let {self._project} be read: {error}",
                hint="Grant roles/monitoring.viewer on the project.",
            ) from error
        except (google_errors.GoogleAPICallError, google_errors.RetryError) as error:
            raise MetricsUnavailable(
                f"Cloud Monitoring can't be read: {error.message}",
                hint="Try again later; check gcp.project_id.",
            ) from error


@dataclass(frozen=True, slots=True)
class _Point:
    revision: str
    response: str
    end: dt.datetime
    value: Any


@dataclass
class _Tally:
    """Sums over one window."""

    responses: Counter[str] = field(default_factory=Counter)
    latencies: Buckets = field(default_factory=Counter)
    good_latencies: Buckets = field(default_factory=Counter)

    def add_latencies(self, point: _Point) -> None:
        found = buckets_of(point.value.distribution_value)
        self.latencies.update(found)
        if point.response in _GOOD:
            self.good_latencies.update(found)

    def merge(self, other: _Tally) -> None:
        self.responses.update(other.responses)
        self.latencies.update(other.latencies)
        self.good_latencies.update(other.good_latencies)

    def metrics(self, seconds: int, within_ms: Sequence[int], revision: str | None = None) -> WindowMetrics:
        return WindowMetrics(
            scope="all" if revision is None else "release",
            release_id=revision,
            window_s=seconds,
            requests=self.responses.total(),
            answered=sum(self.responses[one] for one in _GOOD),
            rejected=self.responses[_REFUSED],
            failed=self.responses[_FAILED],
            errors={one: count for one in (_REFUSED, _FAILED) if (count := self.responses[one])},
            latency=quantiles(self.latencies),
            within_ms={limit: round(count_below(self.good_latencies, limit)) for limit in within_ms},
        )

    def counts(self, ago: int) -> DayCounts:
        return DayCounts(
            ago=ago,
            requests=self.responses.total(),
            answered=sum(self.responses[one] for one in _GOOD),
            rejected=self.responses[_REFUSED],
            failed=self.responses[_FAILED],
            took=took_of(self.good_latencies),
        )


def _ago(point: _Point, end: dt.datetime) -> int:
    """Return how many days lie between the end and the stretch of a day that a point ends."""
    return int((end - point.end) / dt.timedelta(days=1))


def _client(endpoint: str | None) -> monitoring_v3.MetricServiceClient:
    if endpoint is None:
        return monitoring_v3.MetricServiceClient()
    channel = grpc.insecure_channel(endpoint.split("://", 1)[-1])
    return monitoring_v3.MetricServiceClient(transport=MetricServiceGrpcTransport(channel=channel))


def _findings(points: Sequence[_Point], end: dt.datetime, longest_s: int) -> Iterator[MetricFinding]:
    if not points:
        yield MetricFinding(
            anomaly=Anomaly.METRIC_ABSENT,
            words=f"Cloud Monitoring has no {COUNT} of the last {longest_s // 3_600:,} h: nobody asked, or the service "
            "has another name.",
        )
        return
    there = {one.end for one in points}
    first = min(there)
    expected = int((end - first) / dt.timedelta(seconds=PERIOD_S)) + 1
    if (missing := expected - len(there)) > 0:
        yield MetricFinding(
            anomaly=Anomaly.MISSING_POINTS,
            count=missing,
            words=f"{missing:,} of {expected:,} stretches of {PERIOD_S // 60} min since {first:%Y-%m-%d %H:%M} UTC hold no point: "
            "nobody asked then, or it was not written.",
        )


def _utc(moment: dt.datetime) -> dt.datetime:
    return dt.datetime.fromtimestamp(moment.timestamp(), dt.UTC)
