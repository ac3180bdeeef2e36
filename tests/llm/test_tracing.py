"""Traces: every step of a question is a span of it, sent to a collector in OpenTelemetry's own format."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from clinic import answering, in_turn, sql
from llm_server import Fails
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from datacraft.config.tracing import configure_tracing, span, stop_tracing

GOOD = "SELECT kind, sum(fee) AS fees FROM visits GROUP BY kind"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    configure_tracing("http://nowhere", SimpleSpanProcessor(exporter))
    yield exporter
    stop_tracing()


def test_each_step_of_a_question_is_a_span_of_it(spans: InMemorySpanExporter, shared: Path) -> None:
    strategy = {"kind": "repair", "attempts": 1, "of": {"kind": "sql"}}
    script = in_turn(Fails(500), sql("SELECT oops FROM visits"), sql(GOOD))
    with answering(shared, strategy, script, hyperparameters={"temperature": 0.4, "top_k": 9}) as (
        handler,
        _,
    ):
        assert handler.ask("fees by kind of visit, traced").error is None
    found = spans.get_finished_spans()
    (root,) = (one for one in found if one.name == "question")
    assert root.context is not None
    assert {one.name for one in found} == {"question", "link", "chat m-1", "guard", "dry run", "run", "chart"}
    assert all(one.context and one.context.trace_id == root.context.trace_id for one in found)
    calls = [one for one in found if one.name == "chat m-1"]
    assert [one.attributes.get("error.type") for one in calls if one.attributes] == ["server", None, None]
    last = dict(calls[-1].attributes or {})
    assert last["gen_ai.request.temperature"] == 0.4
    assert last["gen_ai.request.top_k"] == 9
    assert (last["gen_ai.usage.input_tokens"], last["gen_ai.usage.output_tokens"]) == (100, 20)
    assert dict(root.attributes or {})["datacraft.repairs"] == 1


def test_a_question_that_fails_says_so_in_its_span(spans: InMemorySpanExporter, shared: Path) -> None:
    with answering(shared, "sql", in_turn(Fails(401))) as (handler, _):
        handler.ask("fees by kind of visit")
    (root,) = (one for one in spans.get_finished_spans() if one.name == "question")
    assert dict(root.attributes or {})["error.type"] == "model_access_denied"


def test_spans_reach_a_collector() -> None:
    got: list[ExportTraceServiceRequest] = []
    arrived = threading.Event()

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            got.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.end_headers()
            arrived.set()

        def log_message(self, *arguments: object) -> None:
            """Stay quiet."""

    server = HTTPServer(("127.0.0.1", 0), Collector)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        configure_tracing(f"http://127.0.0.1:{server.server_port}")
        with span("asked", datacraft__rows=3):
            pass
        assert arrived.wait(15)
    finally:
        stop_tracing()
        server.shutdown()
        thread.join()
        server.server_close()
    (sent,) = got[0].resource_spans[0].scope_spans[0].spans
    assert sent.name == "asked"
    assert {one.key: one.value.int_value for one in sent.attributes} == {"datacraft.rows": 3}


def test_without_a_collector_nothing_is_traced() -> None:
    with span("asked") as tracked:
        tracked.set(x=1)
        tracked.fail("no")
