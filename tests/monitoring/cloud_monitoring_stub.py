"""Cloud Monitoring on loopback: `ListTimeSeries` over real gRPC, answered by what a test puts in."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import grpc
from google.cloud import monitoring_v3


@dataclass
class CloudMonitoringStub:
    """Serves `series` by metric, `page` at a time.

    Attributes:
        failures: statuses that the next calls end with.
        requests: that came.
    """

    series: dict[str, list[monitoring_v3.TimeSeries]] = field(default_factory=dict)
    page: int = 2
    failures: list[grpc.StatusCode] = field(default_factory=list)
    requests: list[monitoring_v3.ListTimeSeriesRequest] = field(default_factory=list)
    url: str = ""

    def answer(
        self, request: monitoring_v3.ListTimeSeriesRequest, context: grpc.ServicerContext
    ) -> monitoring_v3.ListTimeSeriesResponse:
        self.requests.append(request)
        if self.failures:
            context.abort(self.failures.pop(0), "no such luck")
        start = int(request.page_token or 0)
        metric = request.filter.split('"')[1]
        held = self.series.get(metric, [])
        more = start + self.page
        return monitoring_v3.ListTimeSeriesResponse(
            time_series=held[start:more], next_page_token=str(more) if more < len(held) else ""
        )


@contextmanager
def cloud_monitoring() -> Iterator[CloudMonitoringStub]:
    """Serve until the block ends."""
    stub = CloudMonitoringStub()
    server = grpc.server(ThreadPoolExecutor(2))
    method = grpc.unary_unary_rpc_method_handler(
        stub.answer,
        request_deserializer=monitoring_v3.ListTimeSeriesRequest.deserialize,
        response_serializer=monitoring_v3.ListTimeSeriesResponse.serialize,
    )
    server.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler("google.monitoring.v3.MetricService", {"ListTimeSeries": method})]
    )  # fmt: skip
    stub.url = f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        yield stub
    finally:
        server.stop(None).wait()
