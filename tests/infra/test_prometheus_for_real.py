"""A real Prometheus reads /metrics by the shipped rules, and a real Alertmanager tells whoever listens."""

from __future__ import annotations

import datetime as dt
import json
import queue
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from real_parts import missing_part

from datacraft.contracts.answer import Answer, Timings
from datacraft.contracts.errors import ErrorInfo
from datacraft.http.metrics import Metrics

pytestmark = pytest.mark.e2e

RULES = Path(__file__).parents[2] / "infra" / "prometheus" / "alerts.yml"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def started(program: str, folder: Path, *arguments: str) -> Iterator[None]:
    path = shutil.which(program) or missing_part(f"{program} is not installed")
    with (folder / f"{program}.log").open("w") as log:
        process = subprocess.Popen([path, *arguments], stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait(20)


def until(ready: Any, what: str, seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := ready():
                return found
        except httpx.HTTPError:
            pass
        time.sleep(0.25)
    raise AssertionError(f"{what} did not happen within {seconds:g} s")


def answer(number: int, code: str | None) -> Answer:
    error = ErrorInfo(code=code, message="!") if code else None
    return Answer(
        question_id=f"q{number}", question="?", asked_at=dt.datetime.now(dt.UTC), error=error,
        timings=Timings(total_ms=5),
    )  # fmt: skip


def test_failing_questions_are_told_by_alertmanager(tmp_path: Path) -> None:
    metrics, told = Metrics(), queue.Queue[dict[str, Any]]()

    class Exposed(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(metrics.text())

        def log_message(self, *_: object) -> None:
            pass

    class Told(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with served(Exposed) as exposed, served(Told) as listener:
        prometheus, alertmanager = free_port(), free_port()
        routes = tmp_path / "alertmanager.yml"
        routes.write_text(yaml.safe_dump({
            "route": {"receiver": "us", "group_wait": "0s", "group_by": ["alertname"]},
            "receivers": [{"name": "us", "webhook_configs": [{"url": f"http://127.0.0.1:{listener}/"}]}],
        }))  # fmt: skip
        config = tmp_path / "prometheus.yml"
        config.write_text(yaml.safe_dump({
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(RULES)],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{alertmanager}"]}]}]},
            "scrape_configs": [{"job_name": "datacraft", "static_configs": [{"targets": [f"127.0.0.1:{exposed}"]}]}],
        }))  # fmt: skip
        with (
            started(
                "prometheus-alertmanager", tmp_path, f"--config.file={routes}", f"--storage.path={tmp_path}/am",
                f"--web.listen-address=127.0.0.1:{alertmanager}", "--cluster.listen-address=",
            ),
            started(
                "prometheus", tmp_path, f"--config.file={config}", f"--storage.tsdb.path={tmp_path}/tsdb",
                f"--web.listen-address=127.0.0.1:{prometheus}",
            ),
            httpx.Client(base_url=f"http://127.0.0.1:{prometheus}/api/v1", timeout=10) as api,
        ):  # fmt: skip

            def value(query: str) -> float | None:
                found = api.get("/query", params={"query": query}).json()["data"]["result"]
                return float(found[0]["value"][1]) if found else None

            metrics.answer(answer(0, None), "api")
            metrics.answer(answer(1, "internal"), "api")
            until(lambda: value('up{job="datacraft"}') == 1, "a scrape")
            until(lambda: value('datacraft_questions_total{outcome="internal"}') == 1, "a count")
            for number in range(2, 60):
                metrics.answer(answer(number, "internal"), "api")
            message = until(lambda: not told.empty() and told.get(), "a call of the webhook", 90)
            groups = api.get("/rules").json()["data"]["groups"]
            assert {rule["health"] for group in groups for rule in group["rules"]} == {"ok"}
    assert message["status"] == "firing"
    assert {one["labels"]["alertname"] for one in message["alerts"]} == {"DataCraftErrorBudgetBurns"}
    assert "page" in {one["labels"]["severity"] for one in message["alerts"]}
