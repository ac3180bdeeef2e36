"""`Metrics`: what an operator watches, in Prometheus' words. Each service has a registry of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from datacraft.contracts.answer import Answer
    from datacraft.serving.telemetry import WriterFigures

Face = Literal["api", "page"]

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_STEPS = ("propose", "render", "guard", "execute", "present", "total")


class _Telemetry(Collector):
    """The telemetry of the data that is served."""

    def __init__(self, read: Callable[[], WriterFigures | None]) -> None:
        self._read = read

    def describe(self) -> Iterable[Metric]:
        """Name the metrics without reading them."""
        return self._families(None)

    def collect(self) -> Iterable[Metric]:
        """Read the metrics."""
        return self._families(self._read())

    def _families(self, now: WriterFigures | None) -> Iterable[Metric]:
        yield CounterMetricFamily(
            "datacraft_telemetry_records",
            "Telemetry records that are on disk.",
            value=now.written if now else 0,
        )
        yield CounterMetricFamily(
            "datacraft_telemetry_lost",
            "Telemetry records that never will be.",
            value=now.lost if now else 0,
        )
        yield GaugeMetricFamily(
            "datacraft_telemetry_waiting",
            "Telemetry records that wait to be written.",
            value=now.waiting if now else 0,
        )
        yield CounterMetricFamily(
            "datacraft_telemetry_busy_seconds",
            "Processor time that writing telemetry took.",
            value=now.busy_s if now else 0.0,
        )


class Metrics:
    """Counts requests and questions. Safe to use from several threads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._requests = Counter(
            "datacraft_http_requests",
            "HTTP requests.",
            ["method", "path", "status"],
            registry=self.registry,
        )
        self._request_seconds = Histogram(
            "datacraft_http_request_seconds",
            "Time until a response was complete.",
            ["path"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._questions = Counter(
            "datacraft_questions",
            'Questions by where they were asked and how they ended: "answered", or the error\'s code.',
            ["face", "outcome"],
            registry=self.registry,
        )
        self._step_seconds = Histogram(
            "datacraft_question_step_seconds",
            "Time of each step of a question's path.",
            ["step"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._errors = Counter(
            "datacraft_errors",
            "Errors by code: of answers and of requests.",
            ["code"],
            registry=self.registry,
        )
        self._feedback = Counter(
            "datacraft_feedback", "Thumbs.", ["face", "thumb"], registry=self.registry
        )  # fmt: skip

    def watch(
        self, running: Callable[[], float], waiting: Callable[[], float], ready: Callable[[], float]
    ) -> None:
        """Show what is going on right now, read whenever the metrics are."""
        for name, text, read in (
            ("datacraft_questions_in_flight", "Questions that are being answered.", running),
            ("datacraft_questions_waiting", "Questions that wait for their turn.", waiting),
            ("datacraft_ready", "1 where questions can be answered, else 0.", ready),
        ):
            Gauge(name, text, registry=self.registry).set_function(read)

    def watch_telemetry(self, read: Callable[[], WriterFigures | None]) -> None:
        """Show what telemetry has written and lost, read whenever the metrics are; None: there is none yet."""
        self.registry.register(_Telemetry(read))

    def request(self, method: str, path: str, status: int, seconds: float) -> None:
        """Count a request; `path` is the route, so that there are few of them."""
        self._requests.labels(method, path, str(status)).inc()
        self._request_seconds.labels(path).observe(seconds)

    def answer(self, answer: Answer, face: Face) -> None:
        """Count an answer, and how long its steps took."""
        outcome = answer.error.code if answer.error else "answered"
        self._questions.labels(face, outcome).inc()
        if answer.error:
            self._errors.labels(answer.error.code).inc()
        for step in _STEPS:
            milliseconds: float = getattr(answer.timings, f"{step}_ms")
            if milliseconds:
                self._step_seconds.labels(step).observe(milliseconds / 1_000)

    def error(self, code: str) -> None:
        """Count a request that did not get as far as an answer."""
        self._errors.labels(code).inc()

    def feedback(self, thumb: Literal["up", "down"], face: Face) -> None:
        """Count a thumb."""
        self._feedback.labels(face, thumb).inc()

    def text(self) -> bytes:
        """Return all figures as Prometheus reads them (text format 0.0.4)."""
        return generate_latest(self.registry)
