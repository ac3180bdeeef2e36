"""Traces of questions for OpenTelemetry: off until `configure_tracing` is called, and then cheap to have.

Names follow OpenTelemetry's semantic conventions for generative AI where they have one (`gen_ai.*`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datacraft.contracts.errors import ConfigError

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.trace import Span, Tracer

Value = str | int | float | bool | None
_SERVICE = "datacraft"


@dataclass
class _Tracing:
    tracer: Tracer | None = None


_STATE = _Tracing()


def configure_tracing(endpoint: str, processor: SpanProcessor | None = None) -> None:
    """Send traces from now on.

    Args:
        endpoint: of an OTLP collector that takes HTTP, for example "http://localhost:4318".
        processor: takes the spans instead.

    Raises:
        ConfigError: OpenTelemetry's libraries are not installed.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise ConfigError(
            f"Sending traces needs {error.name}, which is not installed.",
            hint="Install it in the project's folder with: pip install '.[otel]', or unset telemetry.otlp_endpoint.",
        ) from error
    provider = TracerProvider(resource=Resource.create({"service.name": _SERVICE}))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(processor or BatchSpanProcessor(exporter))
    _STATE.tracer = provider.get_tracer(_SERVICE)


def stop_tracing() -> None:
    """Send no traces from now on."""
    _STATE.tracer = None


@dataclass
class Tracked:
    """Something that is being traced; what is known of it is set as it becomes known."""

    _span: Span | None = field(default=None, repr=False)

    def set(self, **values: Value) -> None:
        """Set attributes; `__` in a name stands for a dot, and None for nothing to say."""
        if self._span is not None:
            for name, value in values.items():
                if value is not None:
                    self._span.set_attribute(name.replace("__", "."), value)

    def fail(self, kind: str) -> None:
        """Say that it failed, and how."""
        if self._span is not None:
            from opentelemetry.trace import StatusCode

            self._span.set_status(StatusCode.ERROR)
            self._span.set_attribute("error.type", kind)


@contextmanager
def span(name: str, **values: Value) -> Iterator[Tracked]:
    """Trace what happens inside, as a part of what is traced around it.

    Args:
        name: of the operation.
        values: attributes, as for `Tracked.set`.
    """
    if _STATE.tracer is None:
        yield Tracked()
        return
    with _STATE.tracer.start_as_current_span(name, record_exception=False) as started:
        tracked = Tracked(started)
        tracked.set(**values)
        yield tracked


class Trace:
    """A whole question, whose parts are traced at different times and perhaps on different threads."""

    def __init__(self, name: str) -> None:
        self._span = _STATE.tracer.start_span(name) if _STATE.tracer is not None else None
        self.tracked = Tracked(self._span)

    @contextmanager
    def part(self) -> Iterator[None]:
        """Have what is traced inside be a part of this."""
        if self._span is None:
            yield
            return
        from opentelemetry import context

        token = context.attach(self._context())
        try:
            yield
        finally:
            context.detach(token)

    def end(self) -> None:
        """It is over."""
        if self._span is not None:
            self._span.end()

    def _context(self) -> Context:
        from opentelemetry.trace import set_span_in_context

        assert self._span is not None
        return set_span_in_context(self._span)
